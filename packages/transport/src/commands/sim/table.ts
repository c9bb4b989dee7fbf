// Formats the simulator's figures for people.
import type { Outcome, Row, RunResult, SteadyFigures, Table } from '@floodnet/core/sim'
import { outcomeObject } from './results.ts'

const COLUMNS = [26, 24, 12, 20, 5, 20, 10] as const

export function resultTable(result: RunResult): string {
  const { nodes, alive, components, reach, degree, path, healSeconds, copies, seed, traceHash } = result
  const lines: (readonly [label: string, value: string])[] = [
    ['nodes', `${nodes}, ${alive} alive`],
    ['components', String(components)],
    ['reach', `${plain(reach * 100)} %`],
    ['degree', `${degree.min} .. ${degree.max}, median ${degree.median}`],
    ['path', `mean ${plain(path.mean)}, longest ${path.max} hops`],
    ['healed after', healSeconds === null ? 'never' : `${plain(healSeconds)} s`],
    ['copies', `${plain(copies)} of each message at each node`],
    ['seed, trace', `${seed}, ${traceHash}`]
  ]
  if (result.steady) lines.push(...steadyLines(result.steady))
  return lines.map(([label, value]) => `${label.padEnd(14)}${value}\n`).join('')
}

function steadyLines(steady: SteadyFigures): [label: string, value: string][] {
  const { copies, p50Ms, p99Ms, maxMs, lastHops, controlShare, missing, due, grafts, prunes, gaps, lost } = steady
  return [
    ['busy authors', `${plain(copies)} copies of each packet, ${plain(lastHops)} hops to the last node`],
    ['delay', `${p50Ms} ms half, ${p99Ms} ms 99 %, ${Math.round(maxMs)} ms the slowest`],
    ['missing', `${missing} of ${due}; ${gaps} gaps of ${lost} packets`],
    ['control', `${plain(100 * controlShare)} % of the payload; ${grafts} grafts, ${prunes} prunes`]
  ]
}

export function tableHead({ nodes, seeds, firstSeed, cycles, messages }: Table): string {
  const head = line('experiment', 'figure', 'median', 'least .. most', 'seeds', 'published', 'goal', '')
  const last = firstSeed + seeds - 1
  return `${nodes} nodes, seeds ${firstSeed} to ${last}, ${cycles} cycles of churn, ${messages} messages after a failure\n\n${head}`
}

export function outcomeLine(outcome: Outcome): string {
  return `${JSON.stringify(outcomeObject(outcome))}\n`
}

export function rowLine({ experiment, metric, unit, median, min, max, seeds, published, goal, holds }: Row): string {
  const verdict = holds === null ? '' : holds ? 'holds' : 'FAILS'
  return line(
    experiment,
    metric,
    `${plain(median)} ${unit}`,
    `${plain(min)} .. ${plain(max)}`,
    String(seeds),
    published,
    goal,
    verdict
  )
}

function line(...cells: readonly string[]): string {
  const padded = cells.map((cell, i) => cell.padEnd(COLUMNS[i] ?? 0))
  return `${padded.join(' ').trimEnd()}\n`
}

/** Enough digits to tell 99.99 from 100, and no more. */
function plain(value: number): string {
  if (!Number.isFinite(value)) return 'never'
  if (Number.isInteger(value)) return String(value)
  // Rounded down, so that nothing short of the whole reads as the whole.
  return (Math.floor(value * 1000) / 1000).toFixed(3)
}
