// Newcomers that know one entry: whether the network is one, within its limits, and whether anybody was left alone.
import { copySim } from '../copy.ts'
import { componentsOf, degreesOf, graphOf, spreadOn } from '../graph.ts'
import { growNetwork, longestAlone } from '../growth.ts'
import { runFor } from '../host.ts'
import { createSim, type Sim } from '../state.ts'
import { cycleMs, type Experiment, type Metric, percent, type Scale, wholeParts } from './experiment.ts'

const metrics: readonly Metric[] = [
  wholeParts,
  { name: 'reach', unit: '%', published: '85.7 (tutorial)', goal: '100', holds: (value) => value === 100 },
  { name: 'alone at most', unit: 's', published: '-', goal: '<= 30', holds: (value) => value <= 30 },
  { name: 'degree min', unit: 'links', published: '-', goal: '>= 1', holds: (value) => value >= 1 },
  { name: 'degree mean', unit: 'links', published: '-', goal: '-' },
  { name: 'degree max', unit: 'links', published: '-', goal: '<= 12', holds: (value) => value <= 12 }
]

export const oneByOne: Experiment = {
  name: 'join one by one',
  about: 'newcomers through one entry, one every 100 ms',
  metrics,
  run: (scale) => join(scale, 1, 100)
}

export const hundredAtATime: Experiment = {
  name: 'join 100 at a time',
  about: 'newcomers through one entry, 100 at the same moment every second',
  metrics,
  run: (scale) => join(scale, 100, 1_000)
}

export const paths = pathsWith('paths at degree 5', 'shortest paths in a network with a mean degree near 5', {
  desiredLinks: 3,
  maxLinks: 6
})

export const pathsOfFive = pathsWith(
  'paths with 5 links',
  'shortest paths with 5 links and walks of 6 hops, as in HyParView',
  {
    desiredLinks: 5,
    maxLinks: 5,
    walkHops: 6
  }
)

function pathsWith(name: string, about: string, join: Scale['join']): Experiment {
  return {
    ...{ name, about },
    metrics: [
      wholeParts,
      { name: 'degree mean', unit: 'links', published: '5', goal: '-' },
      { name: 'path mean', unit: 'hops', published: '6.385', goal: '<= 6.385', holds: (value) => value <= 6.385 },
      { name: 'path max', unit: 'hops', published: '9.0', goal: '<= 9', holds: (value) => value <= 9 }
    ],
    run(scale) {
      const sim = aged(scale, join)
      const { 'degree mean': mean = 0, parts = 0 } = figuresOf(sim)
      const { path } = spreadOn(graphOf(sim), scale.messages, sim.random)
      return { parts, 'degree mean': mean, 'path mean': path.mean, 'path max': path.max }
    }
  }
}

export const atDefaults: Experiment = {
  name: 'paths at our defaults',
  about: 'shortest paths, and what a flood costs, with the options as they come',
  metrics: [
    { name: 'degree mean', unit: 'links', published: '-', goal: '-' },
    { name: 'path mean', unit: 'hops', published: '-', goal: '-' },
    { name: 'path max', unit: 'hops', published: '-', goal: '-' },
    { name: 'copies', unit: 'copies', published: '4 (fan-out 4)', goal: '-' }
  ],
  run(scale) {
    const sim = grown(scale, 100, 1_000)
    const { path, copies } = spreadOn(graphOf(sim), scale.messages, sim.random)
    const { mean } = degreesOf(graphOf(sim))
    return { 'degree mean': mean, 'path mean': path.mean, 'path max': path.max, copies }
  }
}

/** A network that has come to rest. */
export function grown(scale: Scale, batch = 100, everyMs = 1_000, join = {}, options = {}): Sim {
  const name = JSON.stringify([scale.nodes, batch, everyMs, join, options])
  return nursed(scale, name, () => {
    const sim = createSim({ seed: scale.seed, join: { ...scale.join, ...join }, ...options })
    growNetwork(sim, { nodes: scale.nodes, batch, everyMs, settleMs: 30_000 })
    return sim
  })
}

/** The same after the fifty cycles that the papers let pass before they measure. */
export function aged(scale: Scale, join = {}): Sim {
  return nursed(scale, JSON.stringify(['aged', scale.nodes, join]), () => {
    const sim = grown(scale, 100, 1_000, join)
    runFor(sim, 50 * cycleMs)
    return sim
  })
}

/** A copy, also for the first caller: the original must stay as it is. */
function nursed({ nursery }: Scale, name: string, grow: () => Sim): Sim {
  const kept = nursery.get(name) ?? grow()
  nursery.set(name, kept)
  return copySim(kept)
}

/** The share of the nodes in the largest part is the mean reach of a flood, except for the authors elsewhere. */
export function figuresOf(sim: Sim): Record<string, number> {
  const graph = graphOf(sim)
  const parts = componentsOf(graph)
  const { min, mean, max } = degreesOf(graph)
  const reach = parts.reduce((sum, size) => sum + size * size, 0) / graph.nodes.length ** 2
  return { parts: parts.length, reach: percent(reach), 'degree min': min, 'degree mean': mean, 'degree max': max }
}

function join(scale: Scale, batch: number, everyMs: number): Record<string, number> {
  const sim = grown(scale, batch, everyMs)
  return { ...figuresOf(sim), 'alone at most': longestAlone(sim) / 1000 }
}
