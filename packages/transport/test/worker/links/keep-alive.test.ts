// Probes and their echoes on a clock of the test's own.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { KeepAlive } from '../../../src/worker/links/keep-alive.ts'

const [PING_MS, DEAD_MS] = [1_000, 2_500]

test('an echo is measured once: repeated ones, those of earlier probes and invented ones are ignored', () => {
  const keepAlive = new KeepAlive(PING_MS, DEAD_MS, 0)
  const first = keepAlive.nextProbe(0)
  assert.is(keepAlive.roundTrip(first + 1, 10), null)
  assert.is(keepAlive.roundTrip(first, 20), 20)
  for (const nowMs of [21, 500, 900]) assert.is(keepAlive.roundTrip(first, nowMs), null)
  const second = keepAlive.nextProbe(1_000)
  assert.is(keepAlive.roundTrip(first, 1_010), null)
  assert.is(keepAlive.roundTrip(second, 1_030), 30)
  assert.is(keepAlive.roundTrip(second, 1_031), null)
})

test('echoes that take longer than the pause between probes are measured, each by its own probe', () => {
  const keepAlive = new KeepAlive(PING_MS, DEAD_MS, 0)
  const [first, second, third] = [0, 1_000, 2_000].map((atMs) => keepAlive.nextProbe(atMs))
  assert.is(keepAlive.roundTrip(first ?? 0, 2_100), 2_100)
  assert.is(keepAlive.roundTrip(third ?? 0, 4_200), 2_200)
  assert.is(keepAlive.roundTrip(second ?? 0, 4_300), null)
})

test('probes that are never answered are not kept without end', () => {
  const keepAlive = new KeepAlive(PING_MS, DEAD_MS, 0)
  const first = keepAlive.nextProbe(0)
  for (let probe = 0; probe < 100; probe++) keepAlive.nextProbe(1)
  assert.is(keepAlive.roundTrip(first, 2), null)
})

test('an echo before any probe is ignored', () => {
  assert.is(new KeepAlive(PING_MS, DEAD_MS, 0).roundTrip(0, 5), null)
})

test('probes are due by the last one sent, death by what was heard', () => {
  const keepAlive = new KeepAlive(PING_MS, DEAD_MS, 0)
  assert.not.ok(keepAlive.isProbeDue(PING_MS - 1))
  assert.ok(keepAlive.isProbeDue(PING_MS))
  keepAlive.nextProbe(PING_MS)
  assert.not.ok(keepAlive.isProbeDue(2 * PING_MS - 1))
  assert.not.ok(keepAlive.isDead(DEAD_MS - 1))
  assert.ok(keepAlive.isDead(DEAD_MS))
  keepAlive.heard(DEAD_MS)
  assert.not.ok(keepAlive.isDead(2 * DEAD_MS - 1))
  assert.not.ok(keepAlive.isSilent(DEAD_MS + PING_MS + 99, 100))
  assert.ok(keepAlive.isSilent(DEAD_MS + PING_MS + 100, 100))
})

test.run()
