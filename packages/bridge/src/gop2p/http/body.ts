// A body as it arrives: one piece of memory that doubles, so that a sender of single bytes does not cost an object for
// each.

const FIRST_BYTES = 1_024

export class Body {
  #buffer = Buffer.alloc(0)
  #length = 0

  get length(): number {
    return this.#length
  }

  /** The bytes so far; they change with the next `add`. */
  get bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#length)
  }

  add(chunk: Uint8Array): void {
    const needed = this.#length + chunk.length
    if (needed > this.#buffer.length) this.#grow(Math.max(needed, this.#buffer.length * 2, FIRST_BYTES))
    this.#buffer.set(chunk, this.#length)
    this.#length = needed
  }

  /** Lets go of the memory. */
  clear(): void {
    this.#buffer = Buffer.alloc(0)
    this.#length = 0
  }

  #grow(size: number): void {
    const larger = Buffer.allocUnsafeSlow(size)
    larger.set(this.bytes)
    this.#buffer = larger
  }
}
