// How many links to peers each worker of a node has in the flood. The one thing that workers share by memory: whether
// anybody will take a packet of the program must be known at the moment it is there, and a message between threads
// comes later.

/** The memory for so many workers. */
export function censusMemory(workers: number): SharedArrayBuffer {
  return new SharedArrayBuffer(workers * Int32Array.BYTES_PER_ELEMENT)
}

/** One worker's part in the counts. */
export class LinkCounts {
  readonly #counts: Int32Array
  readonly #worker: number

  constructor(memory: SharedArrayBuffer, worker: number) {
    this.#counts = new Int32Array(memory)
    this.#worker = worker
  }

  /** No worker has any link. */
  get isEmpty(): boolean {
    for (let worker = 0; worker < this.#counts.length; worker++) if (this.hasLinks(worker)) return false
    return true
  }

  /** Whether this one has. */
  hasLinks(worker: number): boolean {
    return worker < this.#counts.length && Atomics.load(this.#counts, worker) > 0
  }

  /** Sets this worker's count. */
  tell(links: number): void {
    Atomics.store(this.#counts, this.#worker, links)
  }
}
