// A sealed message as it travels: nobody but the recipient learns from its bytes what it says, who wrote it or for whom
// it is.
//
//   offset size
//    0     4   mark 00 'f' 'l' 01; no JSON begins so
//    4    32   enc: the ephemeral X25519 key of HPKE
//   36    ..   HPKE ciphertext (sealed/hpke.ts), padded so that the whole payload has the length of its class; the last 16 are the tag
//
// Inside: author's Ed25519 key (32), author's signature (64), length of the body (4), body, zeros. The signature covers
// enc and the recipient's key too, so that a recipient cannot pass the sealed message on as one to somebody else.
import { KEY_BYTES, type KeyPair, open, seal, setupReceiver, setupSender, TAG_BYTES } from './hpke.ts'

/**
 * The lengths of sealed messages: each four times the one before, from one that holds a usual line or a receipt to the
 * longest line; plus 60 KiB, which a chunk of a file fills (files/chunk-set.ts) and which is the largest that fits into
 * one packet.
 */
export const SEALED_BYTES: readonly number[] = [512, 2048, 8192, 32_768, 61_440, 131_072, 524_288, 2_097_152, 8_388_608]

/** Signs and verifies: the transport's `Network` does both. */
export interface Signer {
  readonly id: string
  sign(context: string, message: Uint8Array): Uint8Array
  verify(id: string, context: string, message: Uint8Array, signature: Uint8Array): boolean
}

export type Opened =
  /** Written by `author` (64 hex digits) for us. */
  | { kind: 'message'; author: string; body: Uint8Array }
  /** For somebody else, or changed on its way: we cannot tell these apart. */
  | { kind: 'closed' }
  /** For us, but not from the author it claims, or with no sealed message inside. */
  | { kind: 'forged' }

/** True for a payload that may be a sealed message. */
export function isSealed(payload: Uint8Array): boolean {
  return SEALED_BYTES.includes(payload.length) && MARK.every((byte, at) => payload[at] === byte)
}

/** Null if `recipient` is not a usable key, or `body` is longer than the largest class holds. */
export function sealMessage(signer: Signer, recipient: Uint8Array, body: Uint8Array): Uint8Array | null {
  const bytes = SEALED_BYTES.find((size) => size >= OVERHEAD_BYTES + body.length)
  const setup = setupSender(recipient, INFO)
  if (bytes === undefined || setup === null) return null
  const plaintext = Buffer.alloc(bytes - OUTER_BYTES)
  Buffer.from(signer.id, 'hex').copy(plaintext)
  plaintext.set(signer.sign(CONTEXT, signedPart(setup.enc, recipient, body)), KEY_BYTES)
  plaintext.writeUInt32BE(body.length, LENGTH_OFFSET)
  plaintext.set(body, BODY_OFFSET)
  return new Uint8Array(Buffer.concat([MARK, setup.enc, seal(setup.context, 0, MARK, plaintext)]))
}

/** Tries to open a payload for which `isSealed` is true. */
export function openSealed(signer: Signer, own: KeyPair, payload: Uint8Array): Opened {
  const enc = payload.subarray(MARK.length, MARK.length + KEY_BYTES)
  const context = setupReceiver(enc, own, INFO)
  const plaintext = context && open(context, 0, MARK, payload.subarray(MARK.length + KEY_BYTES))
  if (plaintext === null) return { kind: 'closed' }
  const length = plaintext.readUInt32BE(LENGTH_OFFSET)
  if (BODY_OFFSET + length > plaintext.length) return { kind: 'forged' }
  const author = plaintext.toString('hex', 0, KEY_BYTES)
  const body = plaintext.subarray(BODY_OFFSET, BODY_OFFSET + length)
  const signature = plaintext.subarray(KEY_BYTES, LENGTH_OFFSET)
  if (!signer.verify(author, CONTEXT, signedPart(enc, own.publicKey, body), signature)) return { kind: 'forged' }
  return { kind: 'message', author, body: new Uint8Array(body) }
}

const MARK = Buffer.from([0, 0x66, 0x6c, 1])
const CONTEXT = 'floodchat sealed message/1'
const INFO = Buffer.from(CONTEXT)
const SIGNATURE_BYTES = 64
const LENGTH_OFFSET = KEY_BYTES + SIGNATURE_BYTES
const BODY_OFFSET = LENGTH_OFFSET + 4
const OUTER_BYTES = MARK.length + KEY_BYTES + TAG_BYTES
const OVERHEAD_BYTES = OUTER_BYTES + BODY_OFFSET

function signedPart(enc: Uint8Array, recipient: Uint8Array, body: Uint8Array): Buffer {
  return Buffer.concat([enc, recipient, body])
}
