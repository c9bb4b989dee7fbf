// How many links to peers each worker of a node has in the flood. This is the only thing that workers share by memory:
// when the program writes a packet, we must know at that moment whether any worker can send it, and a message between
// threads would arrive too late.

/** The memory for this many workers. */
export function linkCountsMemory(workers: number): SharedArrayBuffer {
  return new SharedArrayBuffer(workers * Int32Array.BYTES_PER_ELEMENT)
}

/** One worker's view of the counts. */
export class LinkCounts {
  readonly #counts: Int32Array
  readonly #worker: number

  constructor(memory: SharedArrayBuffer, worker: number) {
    this.#counts = new Int32Array(memory)
    this.#worker = worker
  }

  /** Whether no worker has a link. */
  get isEmpty(): boolean {
    for (let worker = 0; worker < this.#counts.length; worker++) if (this.hasLinks(worker)) return false
    return true
  }

  /** Whether this worker has a link. */
  hasLinks(worker: number): boolean {
    return worker < this.#counts.length && Atomics.load(this.#counts, worker) > 0
  }

  /** Sets this worker's count. */
  tell(links: number): void {
    Atomics.store(this.#counts, this.#worker, links)
  }
}
