// Results for people.
import type { Outcome } from '../run/rounds.ts'
import { type ResultLine, resultLines } from './lines.ts'

const COLUMNS = ['benchmark', 'median', 'min .. max', 'CPU s/M', 'RSS MiB', 'lost', 'dup', 'also'] as const
/** Metrics with a column, or of interest only in JSON. */
const NOT_BESIDES =
  /^(cpu_s_per_million_msgs|cores_[RW]\d+|peak_rss.*|lost|duplicates|p90_us|rss_at_.*|rss_(first|last)_.*)$/

export function table(outcomes: readonly Outcome[]): string {
  const rows = [[...COLUMNS], ...outcomes.map(rowOf)]
  const widths = COLUMNS.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)))
  return rows
    .map((row) =>
      row
        .map((cell, i) => pad(cell, widths[i]!, i))
        .join('  ')
        .trimEnd()
    )
    .join('\n')
}

export function markdownTable(outcomes: readonly Outcome[]): string {
  return markdownRows(COLUMNS, outcomes.map(rowOf))
}

export function markdownRows(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  return [columns, columns.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

/** A figure as short as it can be read: 1.74 M, 12.3 k, 85.1. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return '-'
  if (Math.abs(value) >= 1e6) return `${(value / 1e6).toPrecision(3)} M`
  if (Math.abs(value) >= 1e4) return `${(value / 1e3).toPrecision(3)} k`
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(3)))
}

function rowOf(outcome: Outcome): string[] {
  const { bench, skipped, failures } = outcome
  const lines = resultLines(outcome)
  const headline = lines.find(({ metric }) => metric === bench.headline)
  if (headline === undefined) {
    const why = skipped === null ? `failed: ${failures[0]?.split('\n')[0] ?? 'no run'}` : `skipped: ${skipped}`
    return [bench.name, why, ...COLUMNS.slice(2).map(() => '')]
  }
  const value = (metric: string): string => {
    const line = lines.find((each) => each.metric === metric)
    return line === undefined ? '' : short(line.value)
  }
  return [
    bench.name,
    `${short(headline.value)} ${unitOf(bench.headline)}`,
    `${short(headline.min)} .. ${short(headline.max)}`,
    value('cpu_s_per_million_msgs'),
    value('peak_rss_mib'),
    value('lost'),
    value('duplicates'),
    [...besides(bench.headline, lines), ...(failures.length > 0 ? [`${failures.length} runs failed`] : [])].join(', ')
  ]
}

function besides(headline: string, lines: readonly ResultLine[]): string[] {
  return lines
    .filter(({ metric, value }) => {
      if (metric === headline || NOT_BESIDES.test(metric)) return false
      return value !== 0 || !/^(disordered|damaged)$/.test(metric)
    })
    .map(({ metric, value }) => `${metric} ${short(value)}`)
}

function unitOf(metric: string): string {
  const units: Record<string, string> = {
    msgs_per_s: 'msg/s',
    ns_per_op: 'ns',
    p50_us: 'us p50',
    rss_peak_mib: 'MiB',
    bytes_per_origin: 'B/origin'
  }
  return units[metric] ?? metric
}

function pad(cell: string, width: number, column: number): string {
  const isNumber = column > 0 && column < COLUMNS.length - 1
  return isNumber ? cell.padStart(width) : cell.padEnd(width)
}
