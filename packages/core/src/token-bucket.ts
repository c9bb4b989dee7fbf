// A rate limit: a burst, then a rate a second. Time is an argument, in ms, from any clock that never goes back.

export class TokenBucket {
  readonly #burst: number
  readonly #perMs: number
  #tokens: number
  /** Null: nobody has asked yet, and the bucket is full. */
  #atMs: number | null

  /** `tokens`: how many there are at first. */
  constructor(burst: number, perSecond: number, nowMs: number | null = null, tokens = burst) {
    this.#burst = burst
    this.#perMs = perSecond / 1_000
    this.#tokens = tokens
    this.#atMs = nowMs
  }

  /** Whether one more is within the limit now; if it is, counts it. */
  take(nowMs: number): boolean {
    this.#refill(nowMs)
    if (this.#tokens < 1) return false
    this.#tokens--
    return true
  }

  /** Counts `count` even beyond the limit: the excess is paid back later. */
  spend(nowMs: number, count: number): void {
    this.#refill(nowMs)
    this.#tokens -= count
  }

  /** How long until `wanted` are within the limit, in ms; 0 while at least one is. */
  waitMs(nowMs: number, wanted = 1): number {
    this.#refill(nowMs)
    return this.#tokens >= 1 ? 0 : (wanted - this.#tokens) / this.#perMs
  }

  #refill(nowMs: number): void {
    // A clock that was set back earns nothing and takes nothing.
    const elapsedMs = Math.max(0, nowMs - (this.#atMs ?? nowMs))
    this.#tokens = Math.min(this.#burst, this.#tokens + elapsedMs * this.#perMs)
    this.#atMs = nowMs
  }
}
