// Who a node is: an Ed25519 key, and the incarnation that tells its runs apart. Knows keys, but no files, TLS or
// packets.
import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'

export interface Identity {
  /** The raw public key as 64 hex digits: the node's name in the network. */
  readonly id: string
  /** The raw Ed25519 public key, 32 bytes. */
  readonly publicKey: Uint8Array
  /** The private key, PKCS#8 PEM. */
  readonly privateKeyPem: string
  /** 32 bits: Unix seconds at the start, and higher after every restart with the same key. */
  readonly incarnation: number
}

/** The last bytes of the SubjectPublicKeyInfo are the key (RFC 8410). */
const PUBLIC_KEY_BYTES = 32
export const MAX_INCARNATION = 0xffff_ffff

/** A fresh identity, in memory only. */
export function createIdentity(nowMs: number): Identity {
  return identityOf(generateKeyPairSync('ed25519').privateKey, secondsOf(nowMs))
}

/** The raw 32 bytes of an Ed25519 key, private or public; null for keys of other kinds. */
export function rawPublicKey(key: KeyObject): Uint8Array | null {
  if (key.asymmetricKeyType !== 'ed25519') return null
  // DER, not JWK: on Node 20 an export as JWK can lock its thread forever if the collector frees a key generation
  // inside it.
  const spki = (key.type === 'private' ? createPublicKey(key) : key).export({ format: 'der', type: 'spki' })
  return new Uint8Array(spki.subarray(-PUBLIC_KEY_BYTES))
}

export function identityOf(key: KeyObject, incarnation: number): Identity {
  const publicKey = rawPublicKey(key)
  if (publicKey === null) throw new TypeError('not an Ed25519 key')
  const privateKeyPem = key.export({ format: 'pem', type: 'pkcs8' }).toString()
  return { id: Buffer.from(publicKey).toString('hex'), publicKey, privateKeyPem, incarnation }
}

/** Never 0, even on machines that start in 1970, and never more than 32 bits (the year 2106). */
export function secondsOf(nowMs: number): number {
  return Math.min(Math.max(Math.floor(nowMs / 1000), 1), MAX_INCARNATION)
}
