// How far the program has read, in memory that it shares with worker 0. A packet may hold ten thousand messages, and
// its slab comes back only when there is room for the next one. Without this, a program that reads all the time would
// look like one that has stopped.

export class ReadProgress {
  /** For the other thread. */
  readonly memory: SharedArrayBuffer
  readonly #position: Int32Array

  constructor(memory = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)) {
    this.memory = memory
    this.#position = new Int32Array(memory)
  }

  /** Grows while the program reads; wraps around. */
  get position(): number {
    return Atomics.load(this.#position, 0)
  }

  /** Call this when some more messages have been read. */
  advance(): void {
    Atomics.add(this.#position, 0, 1)
  }
}
