// What the windows of a table have grown by, and for which link. Bounded: when it is too much, windows of the link that
// has taken most go back to their smallest span.
import { grownBytes, type Origin } from './origin.ts'

/** For each author of the table. A guess: twice what the windows of a fast author take. */
const WINDOW_SHARE_BYTES = 2_048

/** Memory for the windows of `maxOrigins` authors: 32 MiB by default. */
export function windowBytesFor(maxOrigins: number): number {
  return maxOrigins * WINDOW_SHARE_BYTES
}

export class WindowMemory {
  readonly #maxBytes: number
  /** By the link that brought the author first. */
  readonly #broughtBy = new Map<number, number>()
  #bytes = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  get bytes(): number {
    return this.#bytes
  }

  get isOver(): boolean {
    return this.#bytes > this.#maxBytes
  }

  of(source: number): number {
    return this.#broughtBy.get(source) ?? 0
  }

  /** Windows of an author that `source` brought have taken, or given back, so many bytes. */
  add(source: number, bytes: number): void {
    if (bytes === 0) return
    this.#bytes += bytes
    const left = this.of(source) + bytes
    if (left === 0) this.#broughtBy.delete(source)
    else this.#broughtBy.set(source, left)
  }

  /**
   * Narrows the windows of one author, of `count` looked at after the one at `hand`: whichever has most memory of the
   * link that has most, and those who are known last. Returns the last one looked at.
   */
  narrow(origins: readonly Origin[], hand: number, count: number): number {
    let victim: Origin | null = null
    let at = hand
    for (let i = 0; i < Math.min(count, origins.length); i++) {
      at = (at + 1) % origins.length
      const origin = origins[at]!
      if (grownBytes(origin) === 0) continue
      if (victim === null || this.#goesBefore(origin, victim)) victim = origin
    }
    if (victim === null) return at
    const bytes = grownBytes(victim)
    victim.window.narrow()
    victim.earlier?.window.narrow()
    this.add(victim.source, -bytes)
    return at
  }

  #goesBefore(origin: Origin, other: Origin): boolean {
    if (origin.isKnown !== other.isKnown) return other.isKnown
    const more = this.of(origin.source) - this.of(other.source)
    return more > 0 || (more === 0 && grownBytes(origin) > grownBytes(other))
  }
}
