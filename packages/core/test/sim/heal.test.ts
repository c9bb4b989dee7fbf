// Small networks: where most others are neighbours already, most walks end at one of them, and a search must not depend
// on luck.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { aliveNodes, crashNode, createSim, joinNode, runFor, type Sim } from '../../src/sim/index.ts'
import { seededTest, seedOr } from '../support/replay.ts'

const DESIRED = 5
const FORM_MS = 30_000
const HEAL_MS = 15_000
const firstSeed = seedOr(1)

for (const [latencyMs, where] of [
  [1, 'one network'],
  [20, 'the Internet']
] as const) {
  seededTest('sim-heal', firstSeed, `fourteen nodes on ${where} heal within 15 s whenever three are killed`, () => {
    for (let seed = firstSeed; seed < firstSeed + 80; seed++) {
      const sim = createSim({ seed, minLatencyMs: latencyMs, maxLatencyMs: 3 * latencyMs, jitterMs: latencyMs })
      const entry = joinNode(sim, [])
      runFor(sim, 50)
      for (let i = 1; i < 14; i++) joinNode(sim, [entry.address])
      assert.ok(isWholeWithin(sim, FORM_MS), `seed ${seed}: not whole in time after joining`)
      for (const round of [1, 2, 3]) {
        runFor(sim, 500 + 1_500 * sim.random())
        killThree(sim)
        assert.ok(isWholeWithin(sim, HEAL_MS), `seed ${seed}: not healed in time, round ${round}`)
      }
    }
  })
}

function killThree(sim: Sim): void {
  for (let i = 0; i < 3; i++) {
    const alive = aliveNodes(sim)
    crashNode(sim, alive[Math.floor(sim.random() * alive.length)]!)
  }
}

function isWholeWithin(sim: Sim, limitMs: number): boolean {
  const until = sim.now + limitMs
  // The kills are noticed first: who has lost nobody yet looks whole.
  runFor(sim, 200)
  while (!isWhole(sim) && sim.now < until) runFor(sim, 100)
  return isWhole(sim)
}

function isWhole(sim: Sim): boolean {
  const nodes = aliveNodes(sim)
  const desired = Math.min(DESIRED, nodes.length - 1)
  return nodes.every(({ state }) => state !== null && state.neighbours.size >= desired)
}

test.run()
