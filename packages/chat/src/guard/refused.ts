// Sealed messages for this user that were not shown, so that none vanishes without a word: gathered by author and
// reason, and reported in one line now and then. Pure: time is an argument.

/** Least time between two such lines: keys are free, and a crowd of them must not fill the screen this way. */
export const REFUSED_REPORT_MS = 10_000
/** Authors counted separately until the next line. A guess. */
export const MAX_REFUSED_AUTHORS = 64

export interface Refused {
  readonly author: string
  count: number
  /** How far the author's clock is ahead of ours, if that is why; null: there were too many. */
  aheadMs: number | null
}

export interface Refusals {
  readonly byAuthor: Map<string, Refused>
  toldAt: number
}

export function newRefusals(): Refusals {
  return { byAuthor: new Map(), toldAt: Number.NEGATIVE_INFINITY }
}

export function noteRefused({ byAuthor }: Refusals, author: string, aheadMs: number | null): void {
  const known = byAuthor.get(author)
  if (known !== undefined) {
    known.count++
    known.aheadMs = aheadMs
  } else if (byAuthor.size < MAX_REFUSED_AUTHORS) byAuthor.set(author, { author, count: 1, aheadMs })
}

/** What to report now, the loudest first; empty if nothing is due. */
export function takeRefused(refusals: Refusals, now: number): Refused[] {
  if (refusals.byAuthor.size === 0 || now - refusals.toldAt < REFUSED_REPORT_MS) return []
  const all = [...refusals.byAuthor.values()].sort((a, b) => b.count - a.count)
  refusals.byAuthor.clear()
  refusals.toldAt = now
  return all
}
