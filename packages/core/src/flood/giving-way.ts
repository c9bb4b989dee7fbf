// Who gives way in a full table of authors: first those on probation, then those whose link has brought most, then the
// one that has been silent for longest.

/**
 * Until it is heard again after this time, in seconds, an author is on probation: in a full table it gives way to a new
 * one before others do. A guess: nobody can keep up a flood of keys for longer unnoticed.
 */
export const PROBATION_S = 60

// The criteria; each outweighs all that follow.
const PROBATION_RANK = 2 ** 42
const SHARE_RANK = 2 ** 21
const MAX_SILENCE_RANK = SHARE_RANK - 1
/** It does not give way. */
export const STAYS = -1

/** What is kept of an author for this decision: the link that brought it first, and when, in seconds. */
interface Standing {
  readonly source: number
  readonly sinceS: number
}

/** The number of authors in the table, by the link that brought them first. */
export class OriginShares {
  readonly #broughtBy = new Map<number, number>()

  of(source: number): number {
    return this.#broughtBy.get(source) ?? 0
  }

  add(source: number): void {
    this.#broughtBy.set(source, this.of(source) + 1)
  }

  remove(source: number): void {
    const left = this.of(source) - 1
    if (left === 0) this.#broughtBy.delete(source)
    else this.#broughtBy.set(source, left)
  }

  /** The author with the highest rank gives way to one that a link with `share` authors brings; or STAYS. */
  rank({ source, sinceS }: Standing, heardS: number, nowS: number, share: number): number {
    const own = this.of(source)
    const onProbation = heardS - sinceS < PROBATION_S
    if (!onProbation && own < share) return STAYS
    const silence = Math.min(MAX_SILENCE_RANK, Math.max(0, nowS - heardS))
    return (onProbation ? PROBATION_RANK : 0) + own * SHARE_RANK + silence
  }
}
