// The order of each author's packets, whatever way they come.
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Gap, PacketOrder } from '../../src/message/packet-order.ts'

const AUTHOR = 'a'.repeat(64)
const OTHER = 'b'.repeat(64)
const REPAIR_MS = 2_000
const MANY = 1_000_000
const test = suite('packet order')

test('packets that come in order are delivered as they come', () => {
  const { feed, got } = reader()
  feed(7, 8, 9)
  assert.equal(got, [7, 8, 9])
})

test('a packet before its turn waits for those before it', () => {
  const { feed, got, order } = reader()
  feed(1, 3, 5, 4)
  assert.equal([got, order.heldBytes], [[1], 30])
  feed(2)
  assert.equal([got, order.heldBytes], [[1, 2, 3, 4, 5], 0])
})

test('what has not come in time is told as a gap by its numbers, once, and what was held goes on', () => {
  const { feed, got, gaps, at } = reader()
  feed(1, 4, 7)
  at(REPAIR_MS - 1)
  assert.equal([got, gaps], [[1], []])
  at(REPAIR_MS)
  assert.equal(got, [1, 4, 7])
  assert.equal(gaps, [gap(2, 3), gap(5, 6)])
  feed(3, 8)
  assert.equal(got, [1, 4, 7, 8])
})

test('what nobody has any more is told at once, and no more than that', () => {
  const { feed, got, gaps, order, drain } = reader()
  feed(1, 4, 7)
  order.onGone(AUTHOR, 1, 2, 2)
  order.onGone(AUTHOR, 2, 2, 3)
  order.onGone(OTHER, 1, 2, 3)
  assert.equal([got, gaps], [[1], []])
  order.onGone(AUTHOR, 1, 2, 3)
  drain()
  assert.equal([got, gaps], [[1, 4], [{ ...gap(2, 3), reason: 'gone' }]])
  feed(5, 6)
  assert.equal(got, [1, 4, 5, 6, 7])
})

test('a later gap has its own time', () => {
  const { feed, got, at, gaps } = reader()
  feed(1, 3)
  at(1_000)
  feed(5)
  at(REPAIR_MS)
  assert.equal([got, gaps], [[1, 3], [gap(2, 2)]])
  at(3_000)
  assert.equal([got, gaps.length], [[1, 3, 5], 2])
})

test('when too much is held, the oldest gap is told at once', () => {
  const { feed, got, gaps, order } = reader(25)
  feed(1, 3, 5)
  assert.equal(got, [1])
  feed(7)
  assert.equal([got, gaps], [[1, 3], [{ ...gap(2, 2), reason: 'held-full' }]])
  assert.ok(order.heldBytes <= 25)
})

test('a packet that comes twice is held once', () => {
  const { feed, got } = reader()
  feed(1, 3, 3, 2, 3, 2)
  assert.equal(got, [1, 2, 3])
})

test('before the first packet that was heard nothing is waited for, and what comes of it is delivered', () => {
  const { feed, got, gaps } = reader()
  feed(5, 4, 6)
  assert.equal([got, gaps], [[5, 4, 6], []])
})

test('a new incarnation begins with 1, after what is held of the one before', () => {
  const { feed, offer, got, gaps } = reader()
  feed(1, 3)
  offer(AUTHOR, 2, 1)
  offer(AUTHOR, 2, 3)
  offer(AUTHOR, 2, 2)
  assert.equal([got, gaps], [[1, 3, 1, 2, 3], [gap(2, 2)]])
})

test('authors do not wait for each other', () => {
  const { feed, offer, got } = reader()
  feed(1, 3)
  offer(OTHER, 1, 1)
  offer(OTHER, 1, 2)
  assert.equal(got, [1, 1, 2])
})

test('losses that the host has counted are not waited for, for each author once', () => {
  const { feed, got, gaps, order } = reader()
  feed(1, 2)
  order.onLosses()
  feed(9, 10, 12)
  assert.equal([got, gaps], [[1, 2, 9, 10], []])
})

test('what the host refused of an author is not waited for', () => {
  const { feed, got, gaps, order, drain } = reader()
  feed(1, 3)
  order.forgive(AUTHOR, 0)
  drain()
  feed(6)
  assert.equal([got, gaps], [[1, 3, 6], []])
})

test('with no time for repairs every packet is delivered when it comes', () => {
  const { feed, got, gaps } = reader(MANY, 0)
  feed(1, 3, 2)
  assert.equal([got, gaps], [[1, 3, 2], []])
})

test('any shuffle is put in order: every packet once, and nothing is held at the end', () => {
  const numbers = Array.from({ length: 60 }, (_, i) => i + 2)
  const shuffled = fc.shuffledSubarray(numbers, { minLength: numbers.length, maxLength: numbers.length })
  fc.assert(
    fc.property(shuffled, (order) => {
      const { feed, got, order: kept, gaps } = reader()
      feed(1, ...order)
      assert.equal([got, kept.heldBytes, gaps], [[1, ...numbers], 0, []])
    })
  )
})

test('any loss is told exactly: packets delivered and gaps make up all, in order', () => {
  const all = Array.from({ length: 40 }, (_, i) => i + 2)
  fc.assert(
    fc.property(fc.shuffledSubarray(all), (some) => {
      const { feed, got, gaps, at, order } = reader()
      feed(1, ...some)
      at(REPAIR_MS)
      const missing = gaps.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, i) => from + i))
      assert.equal(
        [...got, ...missing].sort((a, b) => a - b),
        [1, ...all].slice(0, Math.max(1, ...some))
      )
      assert.equal(
        got,
        got.toSorted((a, b) => a - b)
      )
      assert.equal([order.heldBytes, order.wakeMs], [0, Number.POSITIVE_INFINITY])
    })
  )
})

function gap(from: number, to: number): Gap {
  return { origin: AUTHOR, incarnation: 1, from, to, reason: 'late' }
}

/** A reader of packets of ten bytes. */
function reader(maxBytes = MANY, repairMs = REPAIR_MS) {
  const got: number[] = []
  const gaps: Gap[] = []
  let nowMs = 0
  const order = new PacketOrder<number>(repairMs, maxBytes, (gap) => gaps.push(gap))
  const drain = (): void => {
    for (let seq = order.takeReady(); seq !== null; seq = order.takeReady()) got.push(seq)
  }
  const offer = (origin: string, incarnation: number, seq: number): void => {
    const turn = order.turnOf(origin, incarnation, seq, nowMs)
    if (turn === 'now') got.push(seq)
    else if (turn === 'early') order.hold(origin, seq, seq, 10, nowMs)
    drain()
  }
  const feed = (...seqs: number[]): void => {
    for (const seq of seqs) offer(AUTHOR, 1, seq)
  }
  const at = (ms: number): void => {
    nowMs = ms
    while (order.wakeMs <= nowMs) {
      order.expire(nowMs)
      drain()
    }
  }
  return { got, gaps, order, feed, offer, drain, at }
}

test.run()
