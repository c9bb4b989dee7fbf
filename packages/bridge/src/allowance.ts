// A rate: so many at once, then so many a second. Its time is an argument.

export class Allowance {
  readonly #burst: number
  readonly #perMs: number
  #left: number
  #atMs: number | null = null

  constructor(burst: number, perSecond: number) {
    this.#burst = burst
    this.#perMs = perSecond / 1_000
    this.#left = burst
  }

  take(nowMs: number): boolean {
    this.#left = Math.min(this.#burst, this.#left + (nowMs - (this.#atMs ?? nowMs)) * this.#perMs)
    this.#atMs = nowMs
    if (this.#left < 1) return false
    this.#left--
    return true
  }
}
