// How far a run of benchmarks has come, and when it will be done.
import type { Bench } from './bench.ts'

const MS_PER_MINUTE = 60_000

export class Progress {
  readonly #total: number
  #begun = 0
  #startedMs = 0

  constructor(benches: readonly Pick<Bench, 'once'>[], rounds: number) {
    this.#total = benches.reduce((total, { once }) => total + (once === true ? 1 : rounds), 0)
  }

  /**
   * To be called before each run: its number, and the time that is left when the others take as long as those before.
   */
  next(nowMs: number): string {
    if (this.#begun === 0) this.#startedMs = nowMs
    const left = this.#begun === 0 ? '' : `, ${this.#left((nowMs - this.#startedMs) / this.#begun)}`
    return `[${++this.#begun}/${this.#total}${left}]`
  }

  #left(msEach: number): string {
    const minutes = (msEach * (this.#total - this.#begun)) / MS_PER_MINUTE
    return minutes < 1 ? 'less than a minute left' : `about ${Math.round(minutes)} min left`
  }
}
