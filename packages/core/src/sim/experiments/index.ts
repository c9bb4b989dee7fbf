// All experiments, in the order of the table in docs/SIMULATION.md.
import { eclipse, eclipseFromOneNetwork } from './attack.ts'
import { type Experiment, type Row, rowsOf, type Scale } from './experiment.ts'
import { failures, vanishings } from './failures.ts'
import { atDefaults, hundredAtATime, oneByOne, paths, pathsOfFive } from './joining.ts'
import { churn, entryGone, halves, nat } from './lasting.ts'

export { type Experiment, type Metric, type Row, rowsOf, type Scale } from './experiment.ts'

export const experiments: readonly Experiment[] = [
  oneByOne,
  hundredAtATime,
  paths,
  pathsOfFive,
  atDefaults,
  ...failures,
  ...vanishings,
  churn,
  halves,
  eclipse,
  eclipseFromOneNetwork,
  nat,
  entryGone
]

export interface Table {
  readonly nodes: number
  readonly seeds: number
  readonly cycles: number
  readonly messages: number
  readonly firstSeed: number
  readonly join: Scale['join']
}

// The set-up of the HyParView and Plumtree papers.
export const fullTable: Table = { nodes: 10_000, seeds: 10, cycles: 100, messages: 1_000, firstSeed: 1, join: {} }

/** For a first look, in a few minutes. */
export const quickTable: Table = { ...fullTable, nodes: 500, seeds: 3, cycles: 6, messages: 100 }

/** Runs experiments one after the other and yields each one's rows; `onSeed` hears before each run. */
export function* tableRows(
  table: Table,
  chosen: readonly Experiment[],
  onSeed: (experiment: Experiment, seed: number) => void = () => {}
): Generator<Row[], void> {
  const { nodes, cycles, messages, join } = table
  for (const experiment of chosen) {
    const figures = Array.from({ length: table.seeds }, (_, i) => {
      const seed = table.firstSeed + i
      onSeed(experiment, seed)
      return experiment.run({ nodes, cycles, messages, join, seed })
    })
    yield rowsOf(experiment, figures)
  }
}
