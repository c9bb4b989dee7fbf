// Whole runs of the simulator: the same seed is the same run, and a network of two thousand holds together.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { copySim, crashShare, createSim, growNetwork, runFor, runSimulation } from '../../src/sim/index.ts'
import { seededTest, seedOr } from '../support/replay.ts'

const seed = seedOr(1)

const faults = { lossRate: 0.02, cutRate: 0.001, natShare: 0.2, slowShare: 0.1, refuseRate: 0.01, vanishRate: 0.01 }

function check(name: string, body: () => void): void {
  seededTest('sim-run', seed, name, body)
}

check('makes the same run of the same seed, event by event, with every fault there is', () => {
  const run = (seed: number) => runSimulation({ nodes: 120, fail: 0.3, messages: 20, sim: { ...faults, seed } }).result
  const first = run(seed)
  assert.equal(run(seed), first)
  assert.is.not(run(seed + 1).traceHash, first.traceHash)
})

check('a copy of a network goes on exactly as the original, and leaves it alone', () => {
  const sim = createSim({ ...faults, seed: seed + 4, join: { maxLinks: 8 } })
  growNetwork(sim, { nodes: 150, batch: 20, everyMs: 1_000, settleMs: 3_000 })
  const [before, hash] = [copySim(sim), sim.trace.hash]
  const [first, second] = [copySim(before), copySim(before)]
  for (const copy of [first, second]) {
    crashShare(copy, 0.4, 'vanished')
    runFor(copy, 60_000)
  }
  assert.is(first.trace.hash, second.trace.hash)
  assert.is.not(first.trace.hash, hash)
  assert.equal([sim.trace.hash, sim.now, sim.queue.size], [hash, before.now, before.queue.size])
  for (const world of [sim, before]) runFor(world, 60_000)
  assert.equal([sim.trace.hash, sim.counts], [before.trace.hash, before.counts])
})

check('joins 1,000 nodes through one entry, 100 at a time, into one network within its limits', () => {
  const { result } = runSimulation({ nodes: 1_000, messages: 20, sim: { seed } })
  const told = `${JSON.stringify(result)}; as a command: floodnet sim --nodes 1000 --seed ${seed}`
  assert.is(result.components, 1, told)
  assert.is(result.reach, 1, told)
  assert.ok(result.degree.min >= 4 && result.degree.max <= 12, told)
  assert.ok(result.path.mean < 4, told)
})

check('holds every step to the invariants while half of the nodes vanish', () => {
  const { result } = runSimulation({
    nodes: 150,
    fail: 0.5,
    crash: 'vanished',
    messages: 20,
    sim: { check: true, seed }
  })
  const told = `${JSON.stringify(result)}; as a command: floodnet sim --nodes 150 --fail 50 --vanish --check --seed ${seed}`
  assert.is(result.components, 1, told)
  assert.is(result.alive, 75, told)
  assert.ok(result.healSeconds !== null && result.healSeconds <= 60, told)
})

test.run()
