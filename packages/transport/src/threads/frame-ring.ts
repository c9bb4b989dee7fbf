// A few frames on their way from one thread to another, in memory that both share. A lent slab would cost two wake-ups
// of threads and two transfers; a short run is a copy, and one number posted. The places are the lane's memory: who
// finds none free takes a slab.
import { assert } from '@floodnet/core'

/** Longer runs do not go as short runs. A guess: one or a few lone messages. */
export const SHORT_RUN_BYTES = 4_096
/**
 * Short runs that are not read yet. Together they hold a quarter of a slab. A power of two, because counts wrap around.
 */
export const MAX_SHORT_RUNS = 64

/** The count of short runs read, in a cache line of its own. */
const HEAD_BYTES = 64

/** One end of the lane. The lengths of the short runs travel over a port, in order with whatever else goes there. */
export class FrameRing {
  /** For the other thread. */
  readonly memory: SharedArrayBuffer
  /** Short runs that the reader has done with. */
  readonly #read: Int32Array
  readonly #places: Uint8Array
  /** Short runs that this end has written, or begun to read. */
  #count = 0

  constructor(memory = new SharedArrayBuffer(HEAD_BYTES + MAX_SHORT_RUNS * SHORT_RUN_BYTES)) {
    this.memory = memory
    this.#read = new Int32Array(memory, 0, 1)
    this.#places = new Uint8Array(memory, HEAD_BYTES)
  }

  /** For the writer: short runs that the reader has not done with. */
  get unread(): number {
    return (this.#count - Atomics.load(this.#read, 0)) | 0
  }

  /** For the writer, who then posts the length. False: too long for a short run, or no place is free. */
  write(shortRun: Uint8Array): boolean {
    const { unread } = this
    assert(unread >= 0, 'a short run is done with once')
    if (shortRun.length > SHORT_RUN_BYTES || unread >= MAX_SHORT_RUNS) return false
    this.#places.set(shortRun, this.#nextPlace())
    return true
  }

  /** For the reader: the next short run, which is there until `done` has been called for it. */
  next(bytes: number): Uint8Array {
    const place = this.#nextPlace()
    return this.#places.subarray(place, place + bytes)
  }

  /** For the reader: of those that `next` gave, the oldest is not needed any more. */
  done(): void {
    Atomics.add(this.#read, 0, 1)
  }

  /** The other thread is gone, and the next one begins anew. */
  reset(): void {
    this.#count = 0
    Atomics.store(this.#read, 0, 0)
  }

  #nextPlace(): number {
    const place = (this.#count & (MAX_SHORT_RUNS - 1)) * SHORT_RUN_BYTES
    this.#count = (this.#count + 1) | 0
    return place
  }
}
