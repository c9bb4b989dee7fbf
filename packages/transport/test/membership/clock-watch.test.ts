// The clock is doubted when most neighbours have another time, and it is said once.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { CLOCK_TOLERANCE_S, ClockWatch } from '../../src/membership/clock-watch.ts'

const NOW_MS = 1_790_000_000_000
const NOW_S = NOW_MS / 1_000

function startWatch() {
  const told: string[] = []
  return { told, watch: new ClockWatch(({ message }) => told.push(message)) }
}

test('a clock hours ahead of the only neighbour is told once, with what it means', () => {
  const { told, watch } = startWatch()
  for (let i = 0; i < 3; i++) watch.heard(1, NOW_S - 3 * 3_600 + 5 * i, NOW_MS + 5_000 * i)
  assert.equal(told, [
    "this machine's clock is 3 hours ahead of 1 of 1 neighbours, and they refuse what this node writes: set the clock"
  ])
})

test('a clock behind means that others are refused here', () => {
  const { told, watch } = startWatch()
  watch.heard(1, NOW_S + 15 * 60, NOW_MS)
  assert.match(told[0] ?? '', /15 minutes behind 1 of 1 neighbours, and this node refuses what they write/)
})

test('one neighbour of three that has another time says nothing about ours', () => {
  const { told, watch } = startWatch()
  for (const link of [1, 2]) watch.heard(link, NOW_S, NOW_MS)
  watch.heard(3, NOW_S - 90_000, NOW_MS)
  watch.heard(4, null, NOW_MS)
  assert.equal(told, [])
  watch.forget(1)
  watch.forget(2)
  watch.heard(3, NOW_S - 90_000, NOW_MS)
  assert.is(told.length, 1)
})

test('it is told again when the clock was right in between, and not for what packets forgive', () => {
  const { told, watch } = startWatch()
  for (const aheadS of [CLOCK_TOLERANCE_S, CLOCK_TOLERANCE_S + 1, 0, CLOCK_TOLERANCE_S + 1])
    watch.heard(1, NOW_S - aheadS, NOW_MS)
  assert.is(told.length, 2)
})

test.run()
