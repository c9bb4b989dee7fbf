// What an experiment is, and how its figures become medians over seeds beside the published ones and the goal.
import type { JoinOptions } from '../../join/index.ts'
import type { Sim } from '../state.ts'

/** PeerSim's cycle in the HyParView paper, as the Plumtree paper puts it in seconds. */
export const cycleMs = 10_000

export interface Scale {
  readonly nodes: number
  /** Cycles of 10 s, for experiments that count in them. */
  readonly cycles: number
  /** Messages after a failure. */
  readonly messages: number
  readonly seed: number
  /** Options of every actor, over the defaults: for trials. */
  readonly join: Partial<JoinOptions>
  /** Grown networks of this seed. Experiments take copies. */
  readonly nursery: Map<string, Sim>
}

/** By the metric's name. */
export type Figures = Readonly<Record<string, number>>

export interface Metric {
  readonly name: string
  readonly unit: '%' | 's' | 'links' | 'hops' | 'parts' | 'cycles' | 'copies' | 'ms' | 'times' | 'deliveries' | 'trees'
  readonly published: string
  readonly goal: string
  /** Whether the median meets the goal; absent if the figure is only for reading. */
  holds?(value: number): boolean
}

export interface Experiment {
  readonly name: string
  readonly about: string
  readonly metrics: readonly Metric[]
  run(scale: Scale): Figures
}

export interface Row {
  readonly experiment: string
  readonly metric: string
  readonly unit: Metric['unit']
  readonly median: number
  readonly min: number
  readonly max: number
  readonly seeds: number
  readonly published: string
  readonly goal: string
  readonly holds: boolean | null
}

/** The rows of one experiment from its figures, one record for each seed. */
export function rowsOf(experiment: Experiment, figures: readonly Figures[]): Row[] {
  return experiment.metrics.map((metric) => {
    const values = figures.map((figure) => figure[metric.name] ?? Number.NaN).sort((a, b) => a - b)
    const median = medianOf(values)
    const { name, unit, published, goal } = metric
    return {
      ...{ experiment: experiment.name, metric: name, unit, median },
      ...{ min: values[0] ?? Number.NaN, max: values.at(-1) ?? Number.NaN, seeds: values.length, published, goal },
      holds: metric.holds?.(median) ?? null
    }
  })
}

/** Of sorted values. With an even count, the mean of the middle two. */
export function medianOf(values: readonly number[]): number {
  const middle = values.length >> 1
  const upper = values[middle] ?? Number.NaN
  return values.length % 2 === 1 ? upper : (upper + (values[middle - 1] ?? Number.NaN)) / 2
}

export const wholeParts: Metric = {
  ...{ name: 'parts', unit: 'parts', published: '-', goal: '1' },
  holds: (value) => value === 1
}

export function percent(share: number): number {
  return share * 100
}
