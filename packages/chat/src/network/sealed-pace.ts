// How fast this user's sealed messages go out, and under which keys. While there are few, each has its own key. A
// neighbour accepts only so many new keys a second from us, counting ours and all that we pass on (rates.ts), and
// silently drops the rest. So many lines in a row share keys, and wait.
import { setTimeout as sleep } from 'node:timers/promises'
import { TokenBucket } from '@floodnet/core'
import { newOneTimeOrigin, type OneTimeOrigin } from '@floodnet/transport'

/**
 * Keys for one message alone, at once and in a second: a fifth of what a neighbour accepts from us
 * (maxNeighbourOriginsPerSecond).
 */
export const OWN_KEYS_BURST = 100
export const OWN_KEYS_PER_SECOND = 20
/** Messages that share a key once those are used up. A guess: a page of lines. */
export const MESSAGES_PER_KEY = 64
/**
 * How long they share it: a shared key reveals that its messages belong together, so only those of one moment share
 * one. A guess.
 */
export const SHARED_KEY_MS = 10_000
/**
 * Messages at once and in a second: half of what a room accepts from one author, and a fifth of what a reader tries
 * (sealed-mail.ts).
 */
export const PACED_BURST = 400
export const PACED_PER_SECOND = 200

/** One timer for several messages: a timer for each would be late for each. */
const WAKE_FOR = 20

export class SealedPace {
  readonly #now: () => number
  readonly #keys: TokenBucket
  readonly #messages: TokenBucket
  #shared: { readonly origin: OneTimeOrigin; left: number; readonly until: number } | null = null

  /** `now`: ms of a clock that never goes back. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now
    this.#keys = new TokenBucket(OWN_KEYS_BURST, OWN_KEYS_PER_SECOND, now())
    this.#messages = new TokenBucket(PACED_BURST, PACED_PER_SECOND, now())
  }

  /** How long the next message has to wait, in ms. */
  get waitMs(): number {
    return this.#messages.waitMs(this.#now(), WAKE_FOR)
  }

  /** Resolves when the next message may go. */
  async ready(signal?: AbortSignal): Promise<void> {
    const ms = this.waitMs
    if (ms > 0) await sleep(Math.ceil(ms), undefined, signal && { signal }).catch(() => undefined)
  }

  /** The key of the next message; true: one of its own. */
  next(): true | OneTimeOrigin {
    const now = this.#now()
    this.#messages.take(now)
    if (this.#keys.take(now)) return true
    if (this.#shared === null || this.#shared.left === 0 || now > this.#shared.until)
      this.#shared = { origin: newOneTimeOrigin(), left: MESSAGES_PER_KEY, until: now + SHARED_KEY_MS }
    this.#shared.left--
    return this.#shared.origin
  }
}
