// Messages to one node alone. They flood like any, under a key made for the message, and nobody but the addressee
// learns from their bytes what they say, who wrote them or for whom they are.
//
//   offset size
//    0    16   mark
//   16    32   enc: the ephemeral X25519 key of HPKE
//   48    ..   HPKE ciphertext, padded so that the whole has the length of its class; the last 16 are the tag. aad: mark || origin of the packet
//
// Inside: author's Ed25519 key (32), author's signature (64), length of the message (4), message, zeros. The signature
// is over enc || addressee's Ed25519 key || origin of the packet || message: it is good for nobody else, and under no
// other packet's key, so that the window of the one-time key keeps out what is recorded and played again.
import { type Limits, TokenBucket } from '@floodnet/core'
import type { Identity } from '../identity/identity.ts'
import { ProgramSignatures } from '../identity/program-signature.ts'
import { exchangeKeyOf, exchangePairOf } from './exchange-key.ts'
import { KEY_BYTES, type KeyPair, open, seal, setupReceiver, setupSender, TAG_BYTES } from './hpke.ts'

/**
 * Messages tried in a second, and at once: each takes about 0.2 ms, so a flood of them takes a fifth of a processor at
 * most. Measured.
 */
export const OPENINGS_PER_SECOND = 1_000
export const OPENINGS_BURST = 2_000

/**
 * The first bytes of SHA-256('floodnet direct message/1'): no program's own one-time message begins with these by
 * chance.
 */
const MARK = Buffer.from('fde7f2c9122bdd83f5dcb53e58d0a220', 'hex')
const CONTEXT = 'floodnet direct message/1'
const INFO = Buffer.from(CONTEXT)
/** Lengths of short messages; longer ones are whole multiples of the last. Guesses: a line, a page, a picture. */
const CLASS_BYTES = [512, 2_048, 8_192, 32_768]
const LENGTH_OFFSET = KEY_BYTES + 64
const BODY_OFFSET = LENGTH_OFFSET + 4
const OUTER_BYTES = MARK.length + KEY_BYTES + TAG_BYTES
/** The least that sealing adds. */
export const SEAL_BYTES = OUTER_BYTES + BODY_OFFSET

export interface DirectMessage {
  readonly from: string
  readonly to: string
  readonly body: Uint8Array
}

export class DirectMessages {
  readonly #id: string
  readonly #publicKey: Uint8Array
  readonly #keys: KeyPair
  readonly #signatures: ProgramSignatures
  readonly #maxBytes: number
  readonly #openings = new TokenBucket(OPENINGS_BURST, OPENINGS_PER_SECOND)

  constructor({ networkId, identity, limits }: { networkId: Uint8Array; identity: Identity; limits: Limits }) {
    this.#id = identity.id
    this.#publicKey = identity.publicKey
    this.#keys = exchangePairOf(identity.privateKeyPem)
    this.#signatures = new ProgramSignatures(networkId, identity.privateKeyPem)
    this.#maxBytes = limits.maxMessageBytes
  }

  /** Whether `to` is the id of another node. */
  canReach(to: unknown): to is string {
    return typeof to === 'string' && /^[0-9a-f]{64}$/.test(to) && to !== this.#id && exchangeKeyOf(fromHex(to)) !== null
  }

  /** Seals `body` for the node `to`, in packets of the key `origin`. Null if it is too long. Tests fix `ephemeral`. */
  seal(to: string, origin: string, body: Uint8Array, ephemeral?: KeyPair): Uint8Array | null {
    const exchangeKey = exchangeKeyOf(fromHex(to))
    const setup = exchangeKey && setupSender(exchangeKey, INFO, ephemeral)
    if (!setup || SEAL_BYTES + body.length > this.#maxBytes) return null
    const plaintext = Buffer.alloc(Math.min(classOf(SEAL_BYTES + body.length), this.#maxBytes) - OUTER_BYTES)
    plaintext.set(this.#publicKey)
    plaintext.set(this.#signatures.sign(CONTEXT, signedPart(setup.enc, fromHex(to), origin, body)), KEY_BYTES)
    plaintext.writeUInt32BE(body.length, LENGTH_OFFSET)
    plaintext.set(body, BODY_OFFSET)
    return new Uint8Array(Buffer.concat([MARK, setup.enc, seal(setup.context, 0, aadOf(origin), plaintext)]))
  }

  /**
   * Opens a payload for which `isDirect` is true. Null: it is for somebody else. A text: why it is not delivered,
   * although it may be for us. `nowMs` never goes back.
   */
  open(origin: string, payload: Uint8Array, nowMs: number): DirectMessage | 'direct-forged' | 'direct-untried' | null {
    if (!this.#openings.take(nowMs)) return 'direct-untried'
    const enc = payload.subarray(MARK.length, MARK.length + KEY_BYTES)
    const context = setupReceiver(enc, this.#keys, INFO)
    const plaintext = context && open(context, 0, aadOf(origin), payload.subarray(MARK.length + KEY_BYTES))
    if (plaintext === null) return null
    const length = plaintext.length < BODY_OFFSET ? Number.POSITIVE_INFINITY : plaintext.readUInt32BE(LENGTH_OFFSET)
    if (BODY_OFFSET + length > plaintext.length) return 'direct-forged'
    const from = plaintext.toString('hex', 0, KEY_BYTES)
    const body = Uint8Array.from(plaintext.subarray(BODY_OFFSET, BODY_OFFSET + length))
    const signature = plaintext.subarray(KEY_BYTES, LENGTH_OFFSET)
    const isGenuine = this.#signatures.verify(from, CONTEXT, signedPart(enc, this.#publicKey, origin, body), signature)
    return isGenuine ? { from, to: this.#id, body } : 'direct-forged'
  }
}

/** Whether a one-time message may be a direct one. */
export function isDirect(payload: Uint8Array): boolean {
  return payload.length >= SEAL_BYTES && MARK.every((byte, at) => payload[at] === byte)
}

function classOf(bytes: number): number {
  const last = CLASS_BYTES.at(-1) ?? bytes
  return CLASS_BYTES.find((size) => size >= bytes) ?? Math.ceil(bytes / last) * last
}

function aadOf(origin: string): Buffer {
  return Buffer.concat([MARK, fromHex(origin)])
}

function signedPart(enc: Uint8Array, to: Uint8Array, origin: string, body: Uint8Array): Buffer {
  return Buffer.concat([enc, to, fromHex(origin), body])
}

function fromHex(id: string): Buffer {
  return Buffer.from(id, 'hex')
}
