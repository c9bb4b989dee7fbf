// Counts payloads that are no chat messages, and says when it is time to report them. Pure: time is an argument.
import type { JunkReason } from '../wire/envelope.ts'

/** Least time between two reports: a flood of junk must not become a flood of log lines. */
export const JUNK_REPORT_MS = 10_000

export interface JunkMeter {
  counts: Partial<Record<JunkReason, number>>
  reportedAt: number
}

export function newJunkMeter(): JunkMeter {
  return { counts: {}, reportedAt: Number.NEGATIVE_INFINITY }
}

/** Counts one. Returns the counts since the last report when a report is due, else null. */
export function countJunk(meter: JunkMeter, reason: JunkReason, now: number): JunkMeter['counts'] | null {
  meter.counts[reason] = (meter.counts[reason] ?? 0) + 1
  return now - meter.reportedAt < JUNK_REPORT_MS ? null : takeJunk(meter, now)
}

/** The counts since the last report, when there are any: for the end of the chat. */
export function takeJunk(meter: JunkMeter, now: number): JunkMeter['counts'] | null {
  const { counts } = meter
  if (Object.keys(counts).length === 0) return null
  meter.counts = {}
  meter.reportedAt = now
  return counts
}
