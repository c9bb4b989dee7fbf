// Peers that this node refuses, reported one by one while they are few: strangers may knock as fast as they like, and
// each would be an event.
import type { NetworkEvents } from '../api.ts'

type Refusal = NetworkEvents['refused']

/**
 * Refusals for one reason that are reported one by one between two summaries. A guess: a person who tries things out is
 * slower.
 */
export const REFUSALS_TOLD = 5

/** The event for a worker's report. */
export function refusalOf({ address, peer, reason, by }: Omit<Refusal, 'id'> & { peer: string | null }): Refusal {
  return { address, id: peer, reason, by }
}

interface Sum {
  told: number
  held: number
  last: Refusal
}

export class RefusalSums {
  readonly #tell: (refusal: Refusal) => void
  /** By reason: there are as many as the protocol has. */
  readonly #sums = new Map<string, Sum>()

  constructor(tell: (refusal: Refusal) => void) {
    this.#tell = tell
  }

  add(refusal: Refusal): void {
    // We dialled the peer that refuses us, and dials have their own limit.
    if (refusal.by === 'peer') return this.#tell(refusal)
    const sum = this.#sums.get(refusal.reason) ?? { told: 0, held: 0, last: refusal }
    this.#sums.set(refusal.reason, sum)
    if (sum.told === REFUSALS_TOLD) {
      sum.held++
      sum.last = refusal
      return
    }
    sum.told++
    this.#tell(refusal)
  }

  /** Reports the sums of what was held back since the last call. Call it once a second. */
  report(): void {
    for (const { held, last } of this.#sums.values()) if (held > 0) this.#tell({ ...last, count: held })
    this.#sums.clear()
  }
}
