// A queue with a limit in bytes, between a producer and a consumer; each may wait for the other. Pure.

/** What may wait in a `BoundedQueue`. */
export interface Sized {
  readonly bytes: number
}

export class BoundedQueue<Item extends Sized> {
  readonly #maxBytes: number
  #items: Item[] = []
  #bytes = 0
  #closed = false
  #onRoom: (() => void)[] = []
  #onItem: (() => void)[] = []

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  get length(): number {
    return this.#items.length
  }

  get bytes(): number {
    return this.#bytes
  }

  /** Accepts an item while there is any room, so that one larger than the limit passes too. */
  get isFull(): boolean {
    return this.#bytes >= this.#maxBytes
  }

  push(item: Item): void {
    this.#items.push(item)
    this.#bytes += item.bytes
    for (const wake of this.#onItem.splice(0)) wake()
  }

  /** The first items, at most this many. They stay. */
  first(count: number): readonly Item[] {
    return this.#items.slice(0, count)
  }

  /** Removes the first ones. */
  drop(count: number): void {
    for (const { bytes } of this.#items.splice(0, count)) this.#bytes -= bytes
    if (!this.isFull) for (const wake of this.#onRoom.splice(0)) wake()
  }

  /** Resolves when there is room, or the queue is closed. */
  async whenRoom(): Promise<void> {
    while (this.isFull && !this.#closed) await new Promise<void>((resolve) => this.#onRoom.push(resolve))
  }

  /** Resolves when something is in it, or the queue is closed. */
  async whenItem(): Promise<void> {
    while (this.#items.length === 0 && !this.#closed) await new Promise<void>((resolve) => this.#onItem.push(resolve))
  }

  /** Nobody waits any more. The content stays. */
  close(): void {
    this.#closed = true
    for (const wake of [...this.#onItem.splice(0), ...this.#onRoom.splice(0)]) wake()
  }
}
