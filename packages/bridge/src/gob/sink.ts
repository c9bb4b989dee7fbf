// Writes gob's primitives into a buffer that grows. The counterpart of cursor.ts.

const MAX_UNSIGNED = (1n << 64n) - 1n
const MAX_INT = (1n << 63n) - 1n
const MIN_INT = -(1n << 63n)
const encoder = new TextEncoder()

export class Sink {
  #bytes = new Uint8Array(128)
  #length = 0

  /** @throws RangeError beyond 64 bits */
  unsigned(value: bigint | number): this {
    const whole = BigInt(value)
    if (whole < 0n || whole > MAX_UNSIGNED) throw new RangeError(`${whole} does not fit into 64 unsigned bits`)
    if (whole < 0x80n) return this.#byte(Number(whole))
    const size = Math.ceil(whole.toString(16).length / 2)
    this.#byte(0x100 - size)
    for (let shift = (size - 1) * 8; shift >= 0; shift -= 8) this.#byte(Number((whole >> BigInt(shift)) & 0xffn))
    return this
  }

  /** @throws RangeError beyond 64 bits */
  signed(value: bigint | number): this {
    const whole = BigInt(value)
    if (whole < MIN_INT || whole > MAX_INT) throw new RangeError(`${whole} does not fit into 64 signed bits`)
    return this.unsigned(whole < 0n ? (~whole << 1n) | 1n : whole << 1n)
  }

  /** Length and bytes. */
  bytes(value: Uint8Array): this {
    return this.unsigned(value.length).raw(value)
  }

  text(value: string): this {
    return this.bytes(encoder.encode(value))
  }

  /** Bytes without their length. */
  raw(value: Uint8Array): this {
    this.#reserve(value.length)
    this.#bytes.set(value, this.#length)
    this.#length += value.length
    return this
  }

  /** What has been written, as a copy. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length)
  }

  #byte(value: number): this {
    this.#reserve(1)
    this.#bytes[this.#length++] = value
    return this
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return
    const grown = new Uint8Array(Math.max(this.#length + count, 2 * this.#bytes.length))
    grown.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = grown
  }
}
