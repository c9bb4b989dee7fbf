// Clocks that were wrong and are set right: who was ahead is heard again, and nothing that was heard before is heard
// twice.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { NOW_S, oneTime, Stage } from '../support/flood-stage.ts'

const HOURS_S = 3 * 3_600

test('an author that was ahead together with us is heard again as soon as the clocks are right', () => {
  const stage = new Stage()
  assert.is(stage.takes({ incarnation: NOW_S - 100, seq: 1 }), true)
  stage.nowS = NOW_S + HOURS_S
  for (const late of [0, 600]) assert.is(stage.takes({ incarnation: stage.nowS + late, seq: 1 }), true)
  stage.nowS = NOW_S + 60
  assert.is(stage.takes({ incarnation: stage.nowS, seq: 1 }), true)
  assert.is(stage.takes({ incarnation: stage.nowS, seq: 1 }), false)
  assert.is(stage.takes({ incarnation: stage.nowS, seq: 2 }), true)
})

test('what was recorded before the clocks went back is not heard again', () => {
  const stage = new Stage()
  const before = { incarnation: NOW_S - 100, seq: 1 }
  const ahead = { incarnation: NOW_S + HOURS_S, seq: 1 }
  stage.takes(before)
  stage.nowS = NOW_S + HOURS_S
  stage.takes(ahead)
  stage.nowS = NOW_S + 60
  for (const recorded of [before, ahead]) assert.is(stage.takes(recorded), false)
  assert.is(stage.takes({ incarnation: stage.nowS, seq: 1 }), true)
  for (const recorded of [before, ahead]) assert.is(stage.takes(recorded), false)
})

test('authors not heard before are taken after a step back, also where some were forgotten while the clock was ahead', () => {
  const stage = new Stage({ maxOrigins: 1 })
  stage.nowS = NOW_S + HOURS_S
  stage.steadyS = 0
  assert.is(stage.takes({ origin: 1, incarnation: stage.nowS }), true)
  stage.steadyS = 1_000
  assert.is(stage.takes({ origin: 2, incarnation: stage.nowS + 100 }), true)
  stage.nowS = NOW_S
  stage.steadyS = 2_000
  assert.is(stage.takes({ origin: 3, incarnation: NOW_S + 1 }), true)
})

test('a step ahead makes nobody idle, and a step back keeps nobody for ever: silences are measured by a clock that only runs', () => {
  const stage = new Stage({ maxOrigins: 1 })
  stage.steadyS = 0
  stage.takes({ origin: 1 })
  stage.nowS += HOURS_S
  stage.steadyS = 1
  // It gives way, but is not forgotten altogether: else the floor would rise.
  assert.is(stage.takes({ origin: 2, incarnation: stage.nowS }), true)
  assert.is(stage.origins.incarnationFloor, 0)
  stage.nowS = NOW_S + 1_000
  stage.steadyS = 1_000
  assert.is(stage.takes({ origin: 3, incarnation: stage.nowS }), true)
  // What is remembered of one that was ahead does not speak against it now that its clock is right.
  assert.is(stage.takes({ origin: 2, incarnation: NOW_S }), false)
  assert.is(stage.takes({ origin: 2, incarnation: stage.nowS }), true)
})

test('one-time messages are taken after a step back, and none of them twice', () => {
  const stage = new Stage()
  assert.is(stage.takes(oneTime(1, { incarnation: NOW_S })), true)
  stage.nowS = NOW_S + HOURS_S
  assert.is(stage.takes(oneTime(2, { incarnation: stage.nowS })), true)
  stage.nowS += 1_000
  assert.is(stage.takes(oneTime(3, { incarnation: stage.nowS })), true)
  stage.nowS = NOW_S + 120
  assert.is(stage.takes(oneTime(4, { incarnation: stage.nowS })), true)
  assert.is(stage.takes(oneTime(1, { incarnation: NOW_S })), false)
})

test.run()
