// All experiments, in the order of the table in docs/SIMULATION.md.

import { eclipse, eclipseFromOneNetwork } from './attack.ts'
import { busyAuthors } from './busy-authors.ts'
import { type Experiment, type Figures, type Row, rowsOf, type Scale } from './experiment.ts'
import { failures, vanishings } from './failures.ts'
import { atDefaults, hundredAtATime, oneByOne, paths, pathsOfFive } from './joining.ts'
import { churn, entryGone, halves, nat } from './lasting.ts'

export type { Experiment, Figures, Metric, Row } from './experiment.ts'

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
  entryGone,
  ...busyAuthors
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

/** One experiment with one seed, done. */
export interface Outcome {
  readonly experiment: string
  readonly seed: number
  readonly figures: Figures
}

/**
 * Runs what is not among `done`, one seed after the other, so that the experiments of a seed share the networks from
 * which they start. Calls `onStart` before each.
 */
export function* outcomesOf(
  { nodes, cycles, messages, join, seeds, firstSeed }: Table,
  chosen: readonly Experiment[],
  done: readonly Outcome[] = [],
  onStart: (experiment: Experiment, seed: number) => void = () => {}
): Generator<Outcome, void> {
  for (let seed = firstSeed; seed < firstSeed + seeds; seed++) {
    const nursery = new Map()
    for (const experiment of chosen) {
      if (done.some((outcome) => outcome.experiment === experiment.name && outcome.seed === seed)) continue
      onStart(experiment, seed)
      yield {
        experiment: experiment.name,
        seed,
        figures: experiment.run({ nodes, cycles, messages, join, seed, nursery })
      }
    }
  }
}

/** The rows of the experiments that have an outcome. */
export function rowsOfAll(chosen: readonly Experiment[], outcomes: readonly Outcome[]): Row[] {
  return chosen.flatMap((experiment) => {
    const own = outcomes.filter((outcome) => outcome.experiment === experiment.name)
    return own.length === 0
      ? []
      : rowsOf(
          experiment,
          own.map(({ figures }) => figures)
        )
  })
}
