// What a reader has got: every message's length, writer, place and last byte are checked, and all bytes of every 61st.
import { HEAD_BYTES, isWhole, PATTERNS, patternByte, placeOf, writerOf } from './content.ts'

/** Prime to PATTERNS, so that each pattern has its turn. */
const FULL_CHECK_EVERY = 61
/** Messages missing at one time. Beyond it they are lost for good and need not be remembered. */
const MAX_MISSING = 1_000_000

export interface TallyCounts {
  received: number
  duplicates: number
  /** Came after a later one of the same writer. */
  disordered: number
  /** Wrong length, or bytes that are not those of its place. */
  damaged: number
}

export class Tally {
  readonly counts: TallyCounts = { received: 0, duplicates: 0, disordered: 0, damaged: 0 }
  readonly #bytes: number
  readonly #next: number[]
  readonly #missing: Set<number>[]
  readonly #lastBytes: number[]

  constructor(writers: number, bytes: number) {
    this.#bytes = bytes
    this.#next = Array.from({ length: writers }, () => 0)
    this.#missing = Array.from({ length: writers }, () => new Set())
    this.#lastBytes = Array.from({ length: PATTERNS }, (_, pattern) => patternByte(pattern, bytes - 1))
  }

  shortRun(payload: Uint8Array): void {
    const { counts } = this
    counts.received++
    const writer = writerOf(payload)
    const place = placeOf(payload)
    if (payload.length !== this.#bytes || this.#next[writer] === undefined) return void counts.damaged++
    if (payload.length > HEAD_BYTES && payload[payload.length - 1] !== this.#lastBytes[place % PATTERNS])
      counts.damaged++
    else if (counts.received % FULL_CHECK_EVERY === 0 && !isWhole(payload, place)) counts.damaged++
    if (place === this.#next[writer]) this.#next[writer]++
    else this.#onOutOfTurn(writer, place)
  }

  #onOutOfTurn(writer: number, place: number): void {
    const missing = this.#missing[writer]!
    const next = this.#next[writer]!
    if (place < next) {
      if (missing.delete(place)) this.counts.disordered++
      else this.counts.duplicates++
      return
    }
    for (let i = Math.max(next, place - MAX_MISSING); i < place; i++) missing.add(i)
    this.#next[writer] = place + 1
  }
}
