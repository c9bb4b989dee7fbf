// Carries a few frames from one thread to another in memory that both share. A lent slab would cost two wake-ups of
// threads and two transfers; a short run costs a copy and one posted number. The number of places bounds the lane's
// memory: a writer that finds none free takes a slab.
import { assert } from '@floodnet/core'

/** Longer runs go in slabs. A guess: one or a few lone messages. */
export const SHORT_RUN_BYTES = 4_096
/**
 * Short runs that may be unread at a time. Together they hold a quarter of a slab. A power of two, because counts wrap
 * around.
 */
export const MAX_SHORT_RUNS = 64

/** The count of short runs read, in a cache line of its own. */
const HEAD_BYTES = 64

/** One end of the lane. The lengths of the short runs travel over a port, in order with everything else on it. */
export class FrameRing {
  /** For the other thread. */
  readonly memory: SharedArrayBuffer
  /** Short runs that the reader has finished with. */
  readonly #read: Int32Array
  readonly #places: Uint8Array
  /** Short runs that this end has written, or begun to read. */
  #count = 0

  constructor(memory = new SharedArrayBuffer(HEAD_BYTES + MAX_SHORT_RUNS * SHORT_RUN_BYTES)) {
    this.memory = memory
    this.#read = new Int32Array(memory, 0, 1)
    this.#places = new Uint8Array(memory, HEAD_BYTES)
  }

  /** For the writer: short runs that the reader has not finished with. */
  get unread(): number {
    return (this.#count - Atomics.load(this.#read, 0)) | 0
  }

  /** For the writer, which then posts the length. False if the short run is too long or no place is free. */
  write(shortRun: Uint8Array): boolean {
    const { unread } = this
    assert(unread >= 0, 'a short run is done with once')
    if (shortRun.length > SHORT_RUN_BYTES || unread >= MAX_SHORT_RUNS) return false
    this.#places.set(shortRun, this.#nextPlace())
    return true
  }

  /** For the reader: the next short run. It stays valid until you call `done` for it. */
  next(bytes: number): Uint8Array {
    const place = this.#nextPlace()
    return this.#places.subarray(place, place + bytes)
  }

  /** For the reader: releases the oldest short run that `next` returned. */
  done(): void {
    Atomics.add(this.#read, 0, 1)
  }

  /** The other thread is gone, and its successor starts from zero. */
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
