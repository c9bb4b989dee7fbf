// What this worker has passed on lately, kept in the memory where it already is. A lagging link gets from here what it
// missed, and a neighbour what it asks for. Bounded by bytes and by age, whichever is reached first.
import type { BufferPool } from './buffer-pool.ts'

/**
 * What a run costs besides its bytes: the objects around it. A guess from the heap's sizes of a view, a buffer and this
 * record.
 */
const RUN_BYTES = 320
/** Runs used up at the front before the array is cut. */
const MAX_USED = 1_024

/** Whole frames that arrived together over one link. */
export interface RecentRun {
  readonly bytes: Uint8Array
  readonly frames: number
  /** The link that brought them. */
  readonly source: number
  /** A mask of the links that it did not go to, because they had pruned its author. */
  readonly pruned: number
  readonly atMs: number
  /** Memory that is held for it, beyond what is held for the run before. */
  readonly heldBytes: number
  /** See `keysIn`; null until needed. */
  keys: number | ReadonlySet<number> | null
}

/** Runs by position: each gets the next number, forever. */
export class RecentFrames {
  readonly #memory: BufferPool
  readonly #maxBytes: number
  readonly #maxMs: number
  readonly #onGone: (run: RecentRun, position: number) => void
  #runs: RecentRun[] = []
  /** Runs at the front of the array that are gone already. */
  #used = 0
  /** Position of the first one in the array. */
  #base = 0
  #bytes = 0

  /** `onGone` is called for each run that is no longer held. */
  constructor(memory: BufferPool, maxBytes: number, maxMs: number, onGone: (run: RecentRun, position: number) => void) {
    this.#memory = memory
    this.#maxBytes = maxBytes
    this.#maxMs = maxMs
    this.#onGone = onGone
  }

  /** Position of the oldest run that is held. */
  get begin(): number {
    return this.#base + this.#used
  }

  /** Position that the next run will have. */
  get end(): number {
    return this.#base + this.#runs.length
  }

  /** Memory held, including the bookkeeping. */
  get bytes(): number {
    return this.#bytes
  }

  /** The run at a position from `begin` up to, but not including, `end`. */
  at(position: number): RecentRun | undefined {
    return this.#runs[position - this.#base]
  }

  /** Holds whole frames that nobody changes any more. */
  add(bytes: Uint8Array, frames: number, source: number, pruned: number, nowMs: number): void {
    this.#memory.retain(bytes)
    const heldBytes = RUN_BYTES + (this.#runs.at(-1)?.bytes.buffer === bytes.buffer ? 0 : bytes.buffer.byteLength)
    this.#runs.push({ bytes, frames, source, pruned, atMs: nowMs, heldBytes, keys: null })
    this.#bytes += heldBytes
    this.expire(nowMs)
  }

  /** Lets go of what is too old or too much. */
  expire(nowMs: number): void {
    for (let oldest = this.#runs[this.#used]; oldest !== undefined; oldest = this.#runs[this.#used]) {
      if (this.#bytes <= this.#maxBytes && nowMs - oldest.atMs < this.#maxMs) break
      this.#used++
      this.#bytes -= oldest.heldBytes
      this.#memory.release(oldest.bytes)
      this.#onGone(oldest, this.begin - 1)
    }
    this.#compact()
  }

  /** Shifts the array only when most of it is used up. */
  #compact(): void {
    if (this.#used < this.#runs.length && (this.#used < MAX_USED || this.#used * 2 < this.#runs.length)) return
    this.#base += this.#used
    this.#runs = this.#runs.slice(this.#used)
    this.#used = 0
  }
}
