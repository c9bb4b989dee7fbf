// Every experiment of docs/SIMULATION.md in small, so that it runs with every change and its goal is held. Those of
// busy authors: stream.test.ts.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { experiments as all, fullTable, outcomesOf, rowsOfAll } from '../../src/sim/index.ts'
import { seededTest, seedOr } from '../support/replay.ts'

const firstSeed = seedOr(fullTable.firstSeed)
const experiments = all.filter(({ name }) => !name.startsWith('busy authors'))
const small = { ...fullTable, nodes: 100, seeds: 1, cycles: 3, messages: 50, firstSeed }

const outcomes = outcomesOf(small, experiments)

for (const experiment of experiments) {
  seededTest('sim-experiments', firstSeed, `${experiment.name}: the goals hold for 100 nodes`, () => {
    const outcome = outcomes.next().value
    assert.is(outcome?.experiment, experiment.name)
    for (const { metric, median, goal, holds } of rowsOfAll([experiment], outcome ? [outcome] : [])) {
      const command = `floodnet sim --experiments --only '${experiment.name}' --nodes ${small.nodes} --seeds 1 --seed ${firstSeed} --cycles ${small.cycles} --messages ${small.messages}`
      assert.ok(holds !== false, `${metric} is ${median}, the goal is ${goal}; as a command: ${command}`)
    }
  })
}

seededTest(
  'sim-experiments',
  firstSeed,
  'leaves out what is done, and gives the same figures with and without networks that are shared',
  () => {
    const [first, second] = experiments.filter(({ name }) => /^[58]0 % fail/.test(name))
    if (!first || !second) return assert.unreachable()
    const both = [...outcomesOf(small, [first, second])]
    const alone = [...outcomesOf(small, [first, second], both.slice(0, 1))]
    assert.equal(alone, both.slice(1))
  }
)

test.run()
