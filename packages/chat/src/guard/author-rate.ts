// Keeps one author from filling the screen: beyond a burst and a rate, messages of one key are counted instead of
// shown. This comes on top of the transport's own limits, which keep the author from filling the network. Pure: time is
// an argument. Bounded: it forgets the authors that were quiet longest.
import { TokenBucket } from '@floodnet/core'

/** Messages of one author shown at once: a pasted page of code. A guess. */
export const BURST_MESSAGES = 50
/** Authors watched. A forgotten one starts with a full burst again. */
export const MAX_WATCHED = 4_096
/** Least time between two reports about one author. */
export const REPORT_MS = 2_000

interface Watched {
  readonly shown: TokenBucket
  suppressed: number
  reportedAt: number
  name: string
}

export interface Suppression {
  /** Messages a second of one author that are shown in the long run; 0: all. */
  readonly perSecond: number
  readonly authors: Map<string, Watched>
  /** Authors with something to report. */
  readonly noisy: Set<string>
}

export function newSuppression(perSecond: number): Suppression {
  return { perSecond, authors: new Map(), noisy: new Set() }
}

/** Whether to show a message of `id`; counts it if not. `name` is for the report. */
export function admits(suppression: Suppression, id: string, name: string, now: number): boolean {
  if (suppression.perSecond === 0) return true
  const author = watch(suppression, id)
  author.name = name
  if (author.shown.take(now)) return true
  author.suppressed++
  suppression.noisy.add(id)
  return false
}

export interface SuppressionReport {
  readonly id: string
  readonly name: string
  /** Messages since the previous report. */
  readonly count: number
}

/** The reports that are due. */
export function takeReports(suppression: Suppression, now: number): SuppressionReport[] {
  const reports: SuppressionReport[] = []
  for (const id of suppression.noisy) {
    const author = suppression.authors.get(id)
    if (author !== undefined && now - author.reportedAt < REPORT_MS) continue
    suppression.noisy.delete(id)
    if (author === undefined) continue
    reports.push({ id, name: author.name, count: author.suppressed })
    Object.assign(author, { suppressed: 0, reportedAt: now })
  }
  return reports
}

// The map is in the order of the last message: each speaker moves to its end.
function watch({ authors, perSecond }: Suppression, id: string): Watched {
  const known = authors.get(id)
  if (known !== undefined) {
    authors.delete(id)
    authors.set(id, known)
    return known
  }
  if (authors.size >= MAX_WATCHED) authors.delete(authors.keys().next().value ?? '')
  const shown = new TokenBucket(BURST_MESSAGES, perSecond)
  const fresh = { shown, suppressed: 0, reportedAt: Number.NEGATIVE_INFINITY, name: '' }
  authors.set(id, fresh)
  return fresh
}
