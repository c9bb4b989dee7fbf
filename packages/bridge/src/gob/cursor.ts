// Reads gob's primitives from bytes that are all there. Knows nothing of types and messages. Format:
// https://pkg.go.dev/encoding/gob
import { GobFault } from './fault.ts'

const MAX_NUMBER_BYTES = 8
const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export class Cursor {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get left(): number {
    return this.#bytes.length - this.#at
  }

  /** Below 128, the byte itself; otherwise a byte with the negated count of the big-endian bytes that follow. */
  unsigned(): bigint {
    const first = this.#byte()
    if (first < 0x80) return BigInt(first)
    const size = 0x100 - first
    if (size > MAX_NUMBER_BYTES) throw new GobFault('bad-number', `${size} bytes, at most ${MAX_NUMBER_BYTES}`)
    let value = 0n
    for (let index = 0; index < size; index++) value = (value << 8n) | BigInt(this.#byte())
    return value
  }

  /** The lowest bit says whether the others are complemented. */
  signed(): bigint {
    const raw = this.unsigned()
    return (raw & 1n) === 0n ? raw >> 1n : ~(raw >> 1n)
  }

  /**
   * A number that says how many bytes or elements follow. Each takes at least a byte, so a larger number than the bytes
   * left is false.
   */
  count(): number {
    const count = this.unsigned()
    if (count > BigInt(this.left)) throw new GobFault('truncated', `${count} announced, ${this.left} bytes left`)
    return Number(count)
  }

  /** A view, not a copy. */
  bytes(length: number): Uint8Array {
    if (length > this.left) throw new GobFault('truncated', `${length} bytes wanted, ${this.left} left`)
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }

  text(): string {
    return this.textOf(this.count())
  }

  /** Text of this many bytes. */
  textOf(length: number): string {
    try {
      return text.decode(this.bytes(length))
    } catch (error) {
      throw error instanceof GobFault ? error : new GobFault('bad-text', 'not UTF-8')
    }
  }

  #byte(): number {
    const byte = this.#bytes[this.#at]
    if (byte === undefined) throw new GobFault('truncated', 'a number ends early')
    this.#at++
    return byte
  }
}

/**
 * How many bytes the number at `at` takes: as far as can be told when they are not all there.
 * @returns null while not even its first byte is there.
 */
export function numberBytes(bytes: Uint8Array, at: number): number | null {
  const first = bytes[at]
  if (first === undefined) return null
  return first < 0x80 ? 1 : 0x101 - first
}
