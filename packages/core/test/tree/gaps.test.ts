// The reader's order: what waits, for how long, and what is told of what never comes.
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type GapOptions, Gaps } from '../../src/tree/index.ts'

function stage(options: Partial<GapOptions> = {}) {
  const log: (number | string)[] = []
  const gaps = new Gaps<number>(
    {
      deliver: (seq) => void log.push(seq),
      onGap: (key, from, to, reason) => void log.push(`${key}: ${from}-${to} ${reason}`)
    },
    options
  )
  return { gaps, log }
}

test('holds back what comes after a gap until it is filled', () => {
  const { gaps, log } = stage()
  const order = gaps.begin('a', 1)
  for (const seq of [1, 3, 4, 2, 5]) gaps.take(order, seq, seq, 100, 0)
  assert.equal(log, [1, 2, 3, 4, 5])
  assert.is(gaps.heldBytes, 0)
  assert.is(gaps.wakeMs, Number.POSITIVE_INFINITY)
})

test('tells of what does not come in time, and goes on behind it', () => {
  const { gaps, log } = stage({ repairMs: 2_000 })
  const order = gaps.begin('a', 1)
  for (const seq of [1, 4, 5, 8]) gaps.take(order, seq, seq, 100, 1_000)
  gaps.expire(2_999)
  assert.equal(log, [1])
  assert.is(gaps.wakeMs, 3_000)
  gaps.expire(3_000)
  assert.equal(log, [1, 'a: 2-3 not-repaired', 4, 5])
  gaps.expire(5_000)
  assert.equal(log.slice(4), ['a: 6-7 not-repaired', 8])
})

test('refuses a packet whose place has passed', () => {
  const { gaps, log } = stage({ repairMs: 10 })
  const order = gaps.begin('a', 1)
  gaps.take(order, 1, 1, 100, 0)
  gaps.take(order, 3, 3, 100, 0)
  gaps.expire(10)
  assert.is(gaps.take(order, 2, 2, 100, 20), false)
  assert.equal(log, [1, 'a: 2-2 not-repaired', 3])
})

test('gives up the oldest gap when what waits has no room', () => {
  const { gaps, log } = stage({ heldBytes: 250 })
  const [a, b] = [gaps.begin('a', 1), gaps.begin('b', 1)]
  gaps.take(a, 2, 2, 100, 0)
  gaps.take(b, 7, 7, 100, 1)
  gaps.take(b, 9, 9, 100, 2)
  assert.equal(log, ['a: 1-1 no-room', 2])
  assert.is(gaps.heldBytes, 200)
})

test('begins with what comes first of an author who has spoken long, and waits a moment for the first ones of one who has not', () => {
  const { gaps, log } = stage()
  gaps.take(gaps.begin('old', 0), 500, 500, 100, 0)
  assert.equal(log, [500])
  const young = gaps.begin('young', 0)
  gaps.take(young, 2, 2, 100, 0)
  gaps.take(young, 1, 1, 100, 3)
  assert.equal(log, [500, 1, 2])
  const started = gaps.begin('started', 0)
  gaps.take(started, 5, 5, 100, 0)
  gaps.expire(250)
  assert.equal(log, [500, 1, 2, 5], 'nothing is missing of what was before')
})

test('delivers every packet once and in order, whatever order they come in', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray(Array.from({ length: 40 }, (_, i) => i + 1)), fc.nat(3), (seqs, everyMs) => {
      const { gaps, log } = stage({ repairMs: 20 })
      const order = gaps.begin('a', 1)
      seqs.forEach((seq, i) => {
        gaps.expire(i * everyMs)
        gaps.take(order, seq, seq, 1, i * everyMs)
      })
      gaps.end(order, 1_000)
      const delivered = log.filter((one) => typeof one === 'number')
      assert.equal(
        delivered,
        [...new Set(delivered)].sort((a, b) => a - b)
      )
      assert.is(gaps.heldBytes, 0)
      if (everyMs === 0)
        assert.equal(
          delivered,
          [...seqs].sort((a, b) => a - b)
        )
    })
  )
})

test.run()
