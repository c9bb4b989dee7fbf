// Results as lines of JSON, one for each benchmark and metric: a contract, others read them.
import type { Outcome } from '../run/rounds.ts'
import { spreadOf } from './statistics.ts'

export interface ResultLine {
  readonly bench: string
  readonly metric: string
  /** The runs' median; of what should not be (see FAULTS) the largest. */
  readonly value: number
  readonly min: number
  readonly max: number
  readonly runs: readonly number[]
  readonly node: string
}

/** A median would hide a loss in one run of three. */
const FAULTS = new Set(['lost', 'duplicates', 'disordered', 'damaged'])

export function resultLines(outcome: Outcome): ResultLine[] {
  const metrics = [...new Set(outcome.rounds.flatMap((figures) => Object.keys(figures ?? {})))]
  return metrics.map((metric) => {
    const runs = runsOf(outcome, metric)
    const { median, min, max } = spreadOf(runs)
    const value = FAULTS.has(metric) || metric.startsWith('told_') ? max : median
    return { bench: outcome.bench.name, metric, value, min, max, runs, node: process.version }
  })
}

/** The metric's figures of the rounds in which it was taken. */
export function runsOf({ rounds }: Outcome, metric: string): number[] {
  return rounds.flatMap((figures) => figures?.[metric] ?? [])
}

/** Lines for benchmarks without figures. */
export function otherLines({ bench, skipped, failures }: Outcome): object[] {
  const lines = failures.map((failed) => ({ bench: bench.name, failed, node: process.version }))
  return skipped === null ? lines : [...lines, { bench: bench.name, skipped, node: process.version }]
}
