// Writes and reads the bodies of control frames field by field. Reading past the end, or a text that is too long, is a
// fault of the sender: the reader remembers it, and the caller asks once at the end.
import { assert } from '../assert.ts'
import { fromHex, toHex } from '../bytes.ts'
import { viewOf } from './header.ts'
import { MAX_CONTROL_FRAME_BYTES } from './layout.ts'

/**
 * Longest text in a control frame, in bytes of UTF-8: what its length byte can express. Every address fits
 * (`address.ts`).
 */
export const MAX_TEXT_BYTES = 255

/** Appends fields to a control frame's body. */
export class FieldWriter {
  readonly #bytes = new Uint8Array(MAX_CONTROL_FRAME_BYTES)
  readonly #view = viewOf(this.#bytes)
  #end = 0

  uint8(value: number): this {
    this.#bytes[this.#end++] = value
    return this
  }

  uint32(value: number): this {
    this.#view.setUint32(this.#end, value)
    this.#end += 4
    return this
  }

  raw(bytes: Uint8Array): this {
    this.#bytes.set(bytes, this.#end)
    this.#end += bytes.length
    return this
  }

  /** Fixed-length bytes given as hexadecimal digits. */
  hex(digits: string): this {
    const bytes = fromHex(digits)
    assert(bytes !== null, 'ids and nonces are hexadecimal digits')
    return this.raw(bytes)
  }

  /** A length byte and UTF-8. Null becomes the empty text. */
  text(value: string | null): this {
    const bytes = new TextEncoder().encode(value ?? '')
    assert(bytes.length <= MAX_TEXT_BYTES, 'a text has a length that its length byte can say')
    return this.uint8(bytes.length).raw(bytes)
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#end)
  }
}

/** Takes fields from a control frame's body. After a field that is missing, `ok` is false and fields read as zero. */
export class FieldReader {
  readonly #bytes: Uint8Array
  #offset = 0
  #ok = true

  constructor(body: Uint8Array) {
    this.#bytes = body
  }

  uint8(): number {
    return this.raw(1)[0] ?? 0
  }

  uint32(): number {
    const bytes = this.raw(4)
    return bytes.length === 4 ? viewOf(bytes).getUint32(0) : 0
  }

  raw(count: number): Uint8Array {
    const end = this.#offset + count
    if (!this.#ok || end > this.#bytes.length) {
      this.#ok = false
      return new Uint8Array(0)
    }
    const bytes = this.#bytes.subarray(this.#offset, end)
    this.#offset = end
    return bytes
  }

  hex(count: number): string {
    return toHex(this.raw(count))
  }

  /** Null for the empty text. */
  text(): string | null {
    const bytes = this.raw(this.uint8())
    try {
      return bytes.length === 0 ? null : new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    } catch {
      // Not UTF-8: the sender's fault, which `complete` reports.
      this.#ok = false
      return null
    }
  }

  /** Whether every field was there and nothing is left over. */
  get complete(): boolean {
    return this.#ok && this.#offset === this.#bytes.length
  }
}
