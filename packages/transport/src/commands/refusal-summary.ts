// Peers that are refused, as people are told: some one by one, and then how many. Anybody can make a connection a millisecond.
import type { NetworkEvents } from '../api.ts'
import { visibleText } from './visible-text.ts'

/** So many refusals have a line of their own in each period. A guess: enough to see who it is. */
export const TOLD_REFUSALS = 5
/** After it the rest is told as numbers. A guess: no more lines than one reads. */
const PERIOD_MS = 10_000

type Refusal = Pick<NetworkEvents['refused'], 'reason' | 'by' | 'count'>

export class RefusalSummary {
  readonly #say: (line: string) => void
  readonly #untold = new Map<string, number>()
  #told = 0
  #timer: NodeJS.Timeout | null = null

  constructor(say: (line: string) => void) {
    this.#say = say
  }

  /** Whether this one is told by itself. */
  admit({ reason, by, count = 1 }: Refusal): boolean {
    this.#timer ??= setTimeout(() => this.#endPeriod(), PERIOD_MS).unref()
    if (count === 1 && this.#told++ < TOLD_REFUSALS) return true
    const kind = by === 'us' ? reason : `by the peer, ${reason}`
    this.#untold.set(kind, (this.#untold.get(kind) ?? 0) + count)
    return false
  }

  /** Tells what is untold. */
  end(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#endPeriod()
  }

  #endPeriod(): void {
    const counts = [...this.#untold].map(([kind, count]) => `${kind} (${count})`)
    if (counts.length > 0)
      this.#say(visibleText(`refused more in the last ${PERIOD_MS / 1000} s: ${counts.join(', ')}`))
    this.#untold.clear()
    this.#told = 0
    this.#timer = null
  }
}
