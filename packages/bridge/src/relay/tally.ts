// What did not arrive, counted by network and reason. The first of each reason is news, and then each doubling of their
// number.

/** Reasons may contain names that anybody can write, so we count only this many separately in one network. A guess. */
const MAX_REASONS = 256
const OTHER = 'other reasons'

export class Tally {
  readonly #counts = new Map<string, Map<string, number>>()

  /** How often it has happened now, if that is news; else null. */
  add(about: string, reason: string): { readonly reason: string; readonly count: number } | null {
    const counts = this.#counts.get(about) ?? new Map<string, number>()
    this.#counts.set(about, counts)
    const key = counts.has(reason) || counts.size < MAX_REASONS ? reason : OTHER
    const count = (counts.get(key) ?? 0) + 1
    counts.set(key, count)
    return Number.isInteger(Math.log2(count)) ? { reason: key, count } : null
  }

  /** By network and reason. */
  counts(): Readonly<Record<string, Readonly<Record<string, number>>>> {
    return Object.fromEntries([...this.#counts].map(([about, counts]) => [about, Object.fromEntries(counts)]))
  }
}
