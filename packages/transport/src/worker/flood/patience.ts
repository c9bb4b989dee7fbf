// How long others wait for a full link. A link that has kept up for long may stall a few times in a row. Each time it
// lags, we halve that number, until nobody waits for it at all. A link that lags all the time is closed.
import { TokenBucket } from '@floodnet/core'

/**
 * Waits that may run out before an outlet counts as lagging, if it still takes something or only local messages wait. A
 * guess: a healthy peer may be held up itself, once by its program and once by its own neighbours.
 */
export const MAX_STALLS = 4
/**
 * After this time without lagging, we forget one lag; a link of this age is no stranger. A guess: a slow moment is
 * over, and a peer that stalls on purpose delays others once a minute.
 */
const PATIENCE_BACK_MS = 60_000
/** We remember no more than this: by then nobody waits. */
const LAGS_AT_MOST = Math.log2(MAX_STALLS) + 1
/** We close a link that lags this often without such a pause. A guess: a slow path lags some five times a minute. */
const MAX_LAGS = 32
/**
 * Waits that may run out in the whole worker for links that are new or lagged recently: how many at once, and how many
 * a second. At 250 ms each, an eighth of the time. A guess: nodes that have just begun to write at full speed stall
 * several times.
 */
const SHARED_STALLS = 16
const SHARED_STALLS_PER_SECOND = 0.5

/**
 * The waits that new and recently lagging links share. Without it, each new link could hold up all others for a while.
 */
export function sharedStalls(): TokenBucket {
  return new TokenBucket(SHARED_STALLS, SHARED_STALLS_PER_SECOND)
}

export class Patience {
  readonly #sinceMs: number
  /** Lags that we have not forgotten. */
  #lags = 0
  /** Lags without a pause between them. */
  #inARow = 0
  #lastMs = Number.NEGATIVE_INFINITY
  #forgottenMs = 0

  constructor(nowMs: number) {
    this.#sinceMs = nowMs
  }

  /** Whether it rarely keeps others waiting. */
  isProven(nowMs: number): boolean {
    this.#forget(nowMs)
    return this.#lags === 0 && nowMs - this.#sinceMs >= PATIENCE_BACK_MS
  }

  /** Waits for it that may run out in a row: 4, 2, 1 or 0. */
  stalls(nowMs: number): number {
    this.#forget(nowMs)
    return MAX_STALLS >> this.#lags
  }

  onLag(nowMs: number): void {
    this.#forget(nowMs)
    this.#inARow = nowMs - this.#lastMs >= PATIENCE_BACK_MS ? 1 : this.#inARow + 1
    this.#lags = Math.min(this.#lags + 1, LAGS_AT_MOST)
    this.#lastMs = nowMs
    this.#forgottenMs = nowMs
  }

  /** Whether it lags all the time. */
  get isOver(): boolean {
    return this.#inARow >= MAX_LAGS
  }

  #forget(nowMs: number): void {
    const times = Math.floor((nowMs - this.#forgottenMs) / PATIENCE_BACK_MS)
    if (this.#lags === 0 || times <= 0) return
    this.#lags = Math.max(0, this.#lags - times)
    this.#forgottenMs += times * PATIENCE_BACK_MS
  }
}
