// Every experiment of docs/SIMULATION.md in small, so that it runs with every change and its goal is held.
// runs: early
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { experiments, fullTable, tableRows } from '../src/sim/index.ts'

const small = { ...fullTable, nodes: 120, seeds: 1, cycles: 3, messages: 50 }

for (const experiment of experiments) {
  test(`${experiment.name}: the goals hold for 120 nodes`, () => {
    for (const rows of tableRows(small, [experiment])) {
      for (const { metric, median, goal, holds } of rows) {
        const replay = `floodnet sim --experiments --only '${experiment.name}' --nodes ${small.nodes} --seeds 1`
        assert.ok(holds !== false, `${metric} is ${median}, the goal is ${goal}; replay: ${replay}`)
      }
    }
  })
}

test.run()
