// Turns a gob stream into structs, however it is cut into chunks. Several encoders may have written it one after the
// other, as the tutorial's nodes do: each defines its types again. Holds at most one unfinished message.
import { Cursor, numberBytes } from './cursor.ts'
import { GobFault } from './fault.ts'
import { MAX_MESSAGE_BYTES } from './limits.ts'
import { readDefinition, readTypeId, TypeTable } from './types.ts'
import { type GobRecord, ValueReader } from './values.ts'

const FIRST_BUFFER_BYTES = 4096

/** What a chunk brought. After a fault the stream is useless: nobody knows where the next message starts. */
export interface GobChunk {
  /** Structs in order, without the definitions of types. */
  readonly records: readonly GobRecord[]
  /** Null while all is well; the same after every later chunk. */
  readonly fault: GobFault | null
}

/** Reads one stream of gob messages. Bad bytes never make it throw: a fault is a value. */
export class GobReader {
  readonly #types = new TypeTable()
  readonly #maxMessageBytes: number
  #buffer = new Uint8Array(0)
  #start = 0
  #end = 0
  #fault: GobFault | null = null

  /** @param options.maxMessageBytes default 1 MiB */
  constructor({ maxMessageBytes = MAX_MESSAGE_BYTES }: { maxMessageBytes?: number } = {}) {
    this.#maxMessageBytes = maxMessageBytes
  }

  /** Bytes held for an incomplete message. */
  get heldBytes(): number {
    return this.#end - this.#start
  }

  /** Takes the next bytes, cut anywhere, and returns the values that they complete. Copies the chunk. */
  push(chunk: Uint8Array): GobChunk {
    const records: GobRecord[] = []
    if (this.#fault === null) {
      this.#append(chunk)
      this.#fault = this.#readAll(records)
    }
    return { records, fault: this.#fault }
  }

  #readAll(records: GobRecord[]): GobFault | null {
    try {
      for (let message = this.#nextMessage(); message !== null; message = this.#nextMessage()) {
        const record = this.#readMessage(new Cursor(message))
        if (record !== null) records.push(record)
      }
      return null
    } catch (error) {
      this.#buffer = new Uint8Array(0)
      this.#start = this.#end = 0
      if (error instanceof GobFault) return error
      throw error
    }
  }

  /** Null for a definition. */
  #readMessage(cursor: Cursor): GobRecord | null {
    const typeId = readTypeId(cursor)
    const record = typeId < 0 ? null : new ValueReader(this.#types, cursor).record(typeId)
    if (typeId < 0) this.#types.define(-typeId, readDefinition(cursor))
    if (cursor.left > 0) throw new GobFault('trailing-bytes', `${cursor.left} after the value`)
    return record
  }

  /** A view of the next message without its length; null until it is complete. */
  #nextMessage(): Uint8Array | null {
    const held = this.#buffer.subarray(this.#start, this.#end)
    const prefix = numberBytes(held, 0)
    if (prefix === null) return null
    // A length of more than eight bytes is a fault at once; an incomplete one has to wait.
    if (prefix <= 9 && held.length < prefix) return null
    const length = new Cursor(held).unsigned()
    if (length > BigInt(this.#maxMessageBytes)) throw new GobFault('message-too-long', `${length} bytes`)
    const end = prefix + Number(length)
    if (held.length < end) return null
    this.#start += end
    return held.subarray(prefix, end)
  }

  /** Grows as bytes arrive, never because a length announces more. */
  #append(chunk: Uint8Array): void {
    const held = this.heldBytes
    if (this.#end + chunk.length > this.#buffer.length) {
      const needed = held + chunk.length
      const target = needed > this.#buffer.length ? Math.max(needed, 2 * held, FIRST_BUFFER_BYTES) : this.#buffer.length
      const grown = new Uint8Array(target)
      grown.set(this.#buffer.subarray(this.#start, this.#end))
      this.#buffer = grown
      this.#start = 0
      this.#end = held
    }
    this.#buffer.set(chunk, this.#end)
    this.#end += chunk.length
  }
}
