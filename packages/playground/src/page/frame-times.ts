// How long the page works on a frame: `floodnetPlayground.frames()` in the console.

/** The last ones. */
const KEPT = 600

export interface FrameFigures {
  readonly drawn: number
  readonly perSecond: number
  readonly medianMs: number
  readonly p95Ms: number
  readonly maxMs: number
}

export class FrameTimes {
  #drawn = 0
  readonly #works: number[] = []
  readonly #ends: number[] = []

  get drawn(): number {
    return this.#drawn
  }

  note(beganMs: number, endMs: number): void {
    this.#drawn++
    this.#works.push(endMs - beganMs)
    this.#ends.push(endMs)
    if (this.#works.length <= KEPT) return
    this.#works.shift()
    this.#ends.shift()
  }

  /** Figures of the frames since the last call. */
  take(): FrameFigures {
    const works = this.#works.splice(0).sort((a, b) => a - b)
    const ends = this.#ends.splice(0)
    const spanMs = (ends.at(-1) ?? 0) - (ends[0] ?? 0)
    const at = (share: number) => works[Math.floor(share * (works.length - 1))] ?? 0
    const perSecond = (1_000 * (ends.length - 1)) / Math.max(1, spanMs)
    return { drawn: this.#drawn, perSecond, medianMs: at(0.5), p95Ms: at(0.95), maxMs: at(1) }
  }
}
