// Goals, each met or not by the figures of one run. Ratios are taken round by round, then the median of them.
import type { Figures } from '../run/bench.ts'
import type { Outcome } from '../run/rounds.ts'
import { medianOf } from './statistics.ts'
import { short } from './table.ts'

export interface Goal {
  readonly what: string
  readonly sense: '>=' | '<=' | '<'
  readonly goal: number
  /** Figures of a round by benchmark; undefined: it has none. */
  readonly value: (round: RoundFigures) => number | undefined
}

export type RoundFigures = (bench: string, metric: string) => number | undefined

export interface Verdict {
  readonly goal: Goal
  /** Null: a benchmark that it needs was not run. */
  readonly value: number | null
  readonly met: boolean
}

export function ratio(over: string, under: string, metric = 'msgs_per_s'): Goal['value'] {
  return (round) => divide(round(over, metric), round(under, metric))
}

export function figure(bench: string, metric: string): Goal['value'] {
  return (round) => round(bench, metric)
}

export function judge(goals: readonly Goal[], outcomes: readonly Outcome[]): Verdict[] {
  const rounds = outcomes[0]?.rounds.length ?? 0
  return goals.map((goal) => {
    const values = Array.from({ length: rounds }, (_, i) => goal.value(roundFigures(outcomes, i))).filter(
      (value) => value !== undefined
    )
    if (values.length === 0) return { goal, value: null, met: false }
    const value = medianOf(values)
    return { goal, value, met: isMet(goal, value) }
  })
}

export function describeVerdict({ goal: { what, sense, goal }, value, met }: Verdict): string {
  const head = `${what}  goal ${sense} ${short(goal)}`
  if (value === null) return `${head}  not measured`
  if (met) return `${head}  met: ${short(value)}`
  return `${head}  here: ${short(value)}, ${short(Math.abs(value / goal - 1) * 100)} % ${value < goal ? 'below' : 'above'}`
}

/** What, goal, figure and whether it is met: the cells of a row. */
export function verdictCells({ goal: { what, sense, goal }, value, met }: Verdict): string[] {
  return [what, `${sense} ${short(goal)}`, value === null ? '' : short(value), met ? 'met' : 'not met']
}

function isMet({ sense, goal }: Goal, value: number): boolean {
  if (sense === '>=') return value >= goal
  return sense === '<=' ? value <= goal : value < goal
}

function roundFigures(outcomes: readonly Outcome[], round: number): RoundFigures {
  const byName = new Map<string, Figures | null>(
    outcomes.map(({ bench, rounds }) => [bench.name, rounds[round] ?? null])
  )
  return (bench, metric) => byName.get(bench)?.[metric]
}

function divide(over: number | undefined, under: number | undefined): number | undefined {
  return over === undefined || under === undefined ? undefined : over / under
}
