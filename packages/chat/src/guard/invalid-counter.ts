// Counts payloads that are not chat messages, and says when it is time to report them. Pure: time is an argument.
import type { InvalidReason } from '../wire/envelope.ts'

/** Least time between two reports: a flood of invalid messages must not become a flood of log lines. */
export const JUNK_REPORT_MS = 10_000

export interface InvalidCounter {
  counts: Partial<Record<InvalidReason, number>>
  reportedAt: number
}

export function newInvalidCounter(): InvalidCounter {
  return { counts: {}, reportedAt: Number.NEGATIVE_INFINITY }
}

/** Counts one. Returns the counts since the last report if one is due, else null. */
export function countInvalid(
  meter: InvalidCounter,
  reason: InvalidReason,
  now: number
): InvalidCounter['counts'] | null {
  meter.counts[reason] = (meter.counts[reason] ?? 0) + 1
  return now - meter.reportedAt < JUNK_REPORT_MS ? null : takeInvalid(meter, now)
}

/** The counts since the last report, if any: for the end of the chat. */
export function takeInvalid(meter: InvalidCounter, now: number): InvalidCounter['counts'] | null {
  const { counts } = meter
  if (Object.keys(counts).length === 0) return null
  meter.counts = {}
  meter.reportedAt = now
  return counts
}
