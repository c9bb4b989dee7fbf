// Packets in parts, numbers of what a bridge says, and queues with limits: the pure parts of a NATS bridge.
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { BoundedQueue } from '../../src/nats/bounded-queue.ts'
import { Numbers } from '../../src/nats/numbers.ts'
import { PartJoiner, partNameIn, partsOf, partText } from '../../src/nats/parts.ts'
import { matches } from '../../src/nats/stream.ts'

const test = suite('pure parts of a NATS bridge')
const MUCH = 1_000_000

test('what was cut is whole again, in whatever order its parts come, and however often', () => {
  const anyCut = fc.record({
    body: fc.uint8Array({ maxLength: 200 }),
    max: fc.integer({ min: 2, max: 50 }),
    seed: fc.nat()
  })
  fc.assert(
    fc.property(anyCut, ({ body, max, seed }) => {
      const parts = partsOf(body, max).map((part, index, all) => ({ part, name: { index, count: all.length } }))
      if (parts.length > 100) return
      const joiner = new PartJoiner(MUCH)
      const shuffled = parts.toSorted((one, other) => ((one.name.index * seed) % 7) - ((other.name.index * seed) % 7))
      const first = shuffled.slice(0, -1)
      for (const { part, name } of [...first, ...first]) assert.is(joiner.add('id', name, part), null)
      const last = shuffled.at(-1)
      assert.ok(last)
      assert.equal(Uint8Array.from(joiner.add('id', last.name, last.part) ?? []), body)
      assert.equal([joiner.bytes, joiner.incomplete], [0, 0])
    })
  )
})

test('packets whose parts do not come give way to others, counted', () => {
  const joiner = new PartJoiner(10)
  for (const id of ['a', 'b', 'c']) assert.is(joiner.add(id, { index: 0, count: 2 }, new Uint8Array(4)), null)
  assert.equal([joiner.bytes, joiner.incomplete], [8, 1])
  assert.is(joiner.add('c', { index: 1, count: 2 }, new Uint8Array(4))?.length, 8)
  for (let id = 0; id < 200; id++) joiner.add(`${id}`, { index: 0, count: 2 }, new Uint8Array(0))
  assert.ok(joiner.incomplete > 100)
})

test('the name of a part is read only when it can be one', () => {
  assert.equal(partNameIn(partText({ index: 1, count: 3 })), { index: 1, count: 3 })
  for (const text of ['', '0/2', '3/2', '1/129', '1/2/3', '-1/2', '1/0', 'a/b']) assert.is(partNameIn(text), null, text)
})

test('what is missing between the numbers of a bridge is counted, and nothing else', () => {
  const numbers = new Numbers()
  const missed = (bridge: string, ...heard: number[]): number[] =>
    heard.map((number) => numbers.missedBefore(bridge, number))
  assert.equal(missed('a', 5, 6, 6, 9, 7, 10), [0, 0, 0, 2, 0, 0])
  assert.equal(missed('b', 100, 102), [0, 1])
  for (let bridge = 0; bridge < 2_000; bridge++) missed(`${bridge}`, 1)
  assert.equal(missed('a', 20), [0])
})

test('a queue makes who fills it wait while it is full, and who empties it while it is empty', async () => {
  const queue = new BoundedQueue<{ readonly bytes: number }>(10)
  const log: string[] = []
  void queue.whenItem().then(() => log.push('item'))
  await turn()
  assert.equal(log, [])
  queue.push({ bytes: 25 })
  await turn()
  assert.equal([log.join(), queue.isFull, queue.bytes], ['item', true, 25])
  void queue.whenRoom().then(() => log.push('room'))
  await turn()
  assert.equal(log, ['item'])
  queue.drop(1)
  await turn()
  assert.equal([log.join(), queue.length, queue.bytes], ['item,room', 0, 0])
})

test('a closed queue makes nobody wait', async () => {
  const [full, empty] = [
    new BoundedQueue<{ readonly bytes: number }>(1),
    new BoundedQueue<{ readonly bytes: number }>(1)
  ]
  full.push({ bytes: 1 })
  const waiting = Promise.all([full.whenRoom(), empty.whenItem()])
  full.close()
  empty.close()
  await waiting
  await Promise.all([full.whenRoom(), empty.whenItem()])
})

test('a stream takes a subject when one of its patterns does', () => {
  for (const [pattern, subject, does] of [
    ['a.b', 'a.b', true],
    ['a.*', 'a.b', true],
    ['*.b', 'a.b', true],
    ['>', 'a.b', true],
    ['a.>', 'a.b.c', true],
    ['a.>', 'a', false],
    ['a.*', 'a.b.c', false],
    ['a', 'a.b', false],
    ['a.b', 'a', false],
    ['A', 'a', false]
  ] as const)
    assert.is(matches(pattern, subject), does, `${pattern} ${subject}`)
})

test.run()

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
