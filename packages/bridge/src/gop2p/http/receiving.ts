// One request's body as it arrives. We read an excessive body to its end and throw it away: if a request is cut off, a
// gop2p node considers the member dead, and does not send the message to anybody after it in its list.
import { Body } from './body.ts'

/** Why we do not accept a body, as the status of the answer: it is too long, or too many arrive at a time. */
export type BodyRefusal = 413 | 503

export interface ReceivingLimits {
  readonly maxBodyBytes: number
  readonly maxReceivingBytes: number
  readonly maxDiscardedBytes: number
}

/** Bytes that all bodies together hold. */
export interface Held {
  bytes: number
}

/** The end that is kept of a discarded body: gop2p's messages end with their sender. A guess with room. */
const TAIL_BYTES = 1_024

export class Receiving {
  readonly #limits: ReceivingLimits
  readonly #held: Held
  readonly #body = new Body()
  #refusal: BodyRefusal | null
  #tail = Buffer.alloc(0)
  #length = 0

  /** @param announced what Content-Length says; 0: nothing */
  constructor(limits: ReceivingLimits, held: Held, announced: number) {
    this.#limits = limits
    this.#held = held
    this.#refusal = announced > limits.maxBodyBytes ? 413 : null
  }

  /** Null: accepted so far. */
  get refusal(): BodyRefusal | null {
    return this.#refusal
  }

  get length(): number {
    return this.#length
  }

  /** The whole body; for a refused one, its end. */
  get bytes(): Uint8Array {
    return this.#refusal === null ? this.#body.bytes : this.#tail
  }

  /** False: it is even more than we read to throw away. */
  add(chunk: Uint8Array): boolean {
    this.#length += chunk.length
    if (this.#refusal === null) this.#hold(chunk)
    else this.#tail = Buffer.concat([this.#tail, chunk.subarray(-TAIL_BYTES)]).subarray(-TAIL_BYTES)
    return this.#length <= this.#limits.maxDiscardedBytes
  }

  /** Lets go of the memory. */
  clear(): void {
    this.#held.bytes -= this.#body.length
    this.#body.clear()
  }

  #hold(chunk: Uint8Array): void {
    this.#body.add(chunk)
    this.#held.bytes += chunk.length
    const { maxBodyBytes, maxReceivingBytes } = this.#limits
    if (this.#body.length > maxBodyBytes) this.#refusal = 413
    else if (this.#held.bytes > maxReceivingBytes) this.#refusal = 503
    else return
    this.#tail = Buffer.from(this.#body.bytes.subarray(-TAIL_BYTES))
    this.clear()
  }
}
