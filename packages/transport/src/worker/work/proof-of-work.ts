// Proof of work on one network's packets: SHA-256 over what the signature covers, and then over the result and the
// nonce.
import { createHash, hash } from 'node:crypto'
import { bodyEndOf, copySignedHeader, HEADER_BYTES, LENGTH_BYTES, NONCE_BYTES, workThreshold } from '@floodnet/core'

const DOMAIN = 'floodnet/1 work'
const DIGEST_BYTES = 32
const VALUE_BYTES = 6
const WORD = 2 ** 32

export class ProofOfWork {
  readonly #networkId: Uint8Array
  readonly #bits: number
  readonly #header = new Uint8Array(HEADER_BYTES - LENGTH_BYTES)
  /** Digest of the packet and the nonce: one block of SHA-256. */
  readonly #try = Buffer.alloc(DIGEST_BYTES + NONCE_BYTES)

  constructor(networkId: Uint8Array, bits: number) {
    this.#networkId = networkId
    this.#bits = bits
  }

  /** Whether the nonce in the whole frame at `bytes[start, end)` proves the network's work. The frame must have one. */
  isDone(bytes: Uint8Array, start: number, end: number): boolean {
    const bodyBytes = this.#begin(bytes, start, end)
    const nonce = bodyEndOf(bytes, start, end)
    this.#try.set(bytes.subarray(nonce, nonce + NONCE_BYTES), DIGEST_BYTES)
    return this.#value() < workThreshold(this.#bits, bodyBytes)
  }

  /** Finds the lowest nonce that suffices, and writes it into the frame. Takes `workCost` tries on average. */
  solve(bytes: Uint8Array, start: number, end: number): void {
    const threshold = workThreshold(this.#bits, this.#begin(bytes, start, end))
    for (let nonce = 0; ; nonce++) {
      this.#try.writeUInt32BE(Math.floor(nonce / WORD), DIGEST_BYTES)
      this.#try.writeUInt32BE(nonce % WORD, DIGEST_BYTES + 4)
      if (this.#value() < threshold) break
    }
    bytes.set(this.#try.subarray(DIGEST_BYTES), bodyEndOf(bytes, start, end))
  }

  /** Puts the packet's digest in its place. Returns the bytes of its body. */
  #begin(bytes: Uint8Array, start: number, end: number): number {
    const body = bytes.subarray(start + HEADER_BYTES, bodyEndOf(bytes, start, end))
    copySignedHeader(bytes, start, this.#header, 0)
    const packet = createHash('sha256').update(DOMAIN).update(this.#networkId).update(this.#header)
    this.#try.set(packet.update(createHash('sha256').update(body).digest()).digest())
    return body.length
  }

  #value(): number {
    return hash('sha256', this.#try, 'buffer').readUIntBE(0, VALUE_BYTES)
  }
}
