// Whole runs of the simulator: the same seed is the same run, and a network of two thousand holds together.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { runSimulation } from '../src/sim/index.ts'

const faults = { lossRate: 0.02, cutRate: 0.001, natShare: 0.2, slowShare: 0.1, refuseRate: 0.01, vanishRate: 0.01 }

test('makes the same run of the same seed, event by event, with every fault there is', () => {
  const run = (seed: number) => runSimulation({ nodes: 120, fail: 0.3, messages: 20, sim: { ...faults, seed } }).result
  const first = run(1)
  assert.equal(run(1), first)
  assert.is.not(run(2).traceHash, first.traceHash)
})

test('joins 2,000 nodes through one entry, 100 at a time, into one network within its limits', () => {
  const { result } = runSimulation({ nodes: 2_000, messages: 20 })
  assert.is(result.components, 1)
  assert.is(result.reach, 1)
  assert.ok(result.degree.min >= 4 && result.degree.max <= 12, JSON.stringify(result.degree))
  assert.ok(result.path.mean < 4.5, String(result.path.mean))
})

test('holds every step to the invariants while half of the nodes vanish', () => {
  const { result } = runSimulation({ nodes: 150, fail: 0.5, crash: 'vanished', messages: 20, sim: { check: true } })
  assert.is(result.components, 1)
  assert.is(result.alive, 75)
  assert.ok(result.healSeconds !== null && result.healSeconds <= 60)
})

test.run()
