// HPKE (RFC 9180) in base mode with the suite DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20Poly1305, on
// node:crypto's primitives. The names are the RFC's. Test vectors: test/sealed/hpke.test.ts. Synchronous, so that
// messages stay in order, and without WebCrypto, whose X25519 Node 20 still calls experimental.
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject
} from 'node:crypto'

/** Bytes of an X25519 key. */
export const KEY_BYTES = 32
/** Bytes that sealing adds to a text. */
export const TAG_BYTES = 16

/** An X25519 key pair; the public half is its 32 bytes. */
export interface KeyPair {
  /** 32 bytes. */
  readonly publicKey: Uint8Array
  /** In node:crypto's form. */
  readonly privateKey: KeyObject
}

/** What both sides derive: the AEAD's key and first nonce, and the secret from which further keys can be exported. */
export interface Context {
  /** The AEAD's key. */
  readonly key: Buffer
  /** Each message's nonce derives from it. */
  readonly baseNonce: Buffer
  /** Further keys can be derived from it. */
  readonly exporterSecret: Buffer
}

/** A new X25519 pair. */
export function generateKeyPair(): KeyPair {
  return keyPairOf(generateKeyPairSync('x25519').privateKey)
}

/** A pair from the 32 bytes of its private key (RFC 7748). */
export function keyPairFrom(privateKey: Uint8Array): KeyPair {
  return keyPairOf(createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, privateKey]), format: 'der', type: 'pkcs8' }))
}

/** SetupBaseS. Null if `recipient` is not a usable key. `ephemeral` is for one message only; tests fix it. */
export function setupSender(
  recipient: Uint8Array,
  info: Uint8Array,
  ephemeral = generateKeyPair()
): { enc: Uint8Array; context: Context } | null {
  const shared = sharedSecret(ephemeral, recipient, concat(ephemeral.publicKey, recipient))
  return shared && { enc: ephemeral.publicKey, context: keySchedule(shared, info) }
}

/** SetupBaseR. Null if `enc` is not a usable key. */
export function setupReceiver(enc: Uint8Array, recipient: KeyPair, info: Uint8Array): Context | null {
  const shared = sharedSecret(recipient, enc, concat(enc, recipient.publicKey))
  return shared && keySchedule(shared, info)
}

/** Context.Seal for the message number `seq` of this context. */
export function seal(context: Context, seq: number, aad: Uint8Array, plaintext: Uint8Array): Buffer {
  const cipher = createCipheriv('chacha20-poly1305', context.key, nonceOf(context, seq), { authTagLength: TAG_BYTES })
  cipher.setAAD(aad, { plaintextLength: plaintext.length })
  return concat(cipher.update(plaintext), cipher.final(), cipher.getAuthTag())
}

/** Context.Open. Null if anything was changed, or was sealed for somebody else. */
export function open(context: Context, seq: number, aad: Uint8Array, sealed: Uint8Array): Buffer | null {
  const end = sealed.length - TAG_BYTES
  if (end < 0) return null
  const decipher = createDecipheriv('chacha20-poly1305', context.key, nonceOf(context, seq), {
    authTagLength: TAG_BYTES
  })
  decipher.setAAD(aad, { plaintextLength: end })
  decipher.setAuthTag(sealed.subarray(end))
  try {
    return concat(decipher.update(sealed.subarray(0, end)), decipher.final())
  } catch {
    return null
  }
}

/** Context.Export. */
export function exportSecret(context: Context, exporterContext: Uint8Array, bytes: number): Buffer {
  return labeledExpand(HPKE_SUITE, context.exporterSecret, 'sec', exporterContext, bytes)
}

// DER of an X25519 key up to its 32 bytes (RFC 8410).
const SPKI_PREFIX = Buffer.from('302a300506032b656e032100', 'hex')
const PKCS8_PREFIX = Buffer.from('302e020100300506032b656e04220420', 'hex')

const VERSION = Buffer.from('HPKE-v1')
const KEM_SUITE = concat(Buffer.from('KEM'), uint16(0x0020))
const HPKE_SUITE = concat(Buffer.from('HPKE'), uint16(0x0020), uint16(0x0001), uint16(0x0003))
const HASH_BYTES = 32
const NONCE_BYTES = 12
const MODE_BASE = Buffer.of(0)
const EMPTY = Buffer.alloc(0)

function keyPairOf(privateKey: KeyObject): KeyPair {
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' })
  return { privateKey, publicKey: new Uint8Array(spki.subarray(SPKI_PREFIX.length)) }
}

// ExtractAndExpand of the KEM. OpenSSL refuses the points of small order that RFC 7748 warns about (an all-zero
// secret).
function sharedSecret({ privateKey }: KeyPair, publicKey: Uint8Array, kemContext: Buffer): Buffer | null {
  if (publicKey.length !== KEY_BYTES) return null
  try {
    const spki = createPublicKey({ key: concat(SPKI_PREFIX, publicKey), format: 'der', type: 'spki' })
    const prk = labeledExtract(KEM_SUITE, EMPTY, 'eae_prk', diffieHellman({ privateKey, publicKey: spki }))
    return labeledExpand(KEM_SUITE, prk, 'shared_secret', kemContext, HASH_BYTES)
  } catch {
    return null
  }
}

function keySchedule(shared: Buffer, info: Uint8Array): Context {
  const pskIdHash = labeledExtract(HPKE_SUITE, EMPTY, 'psk_id_hash', EMPTY)
  const scheduleContext = concat(MODE_BASE, pskIdHash, labeledExtract(HPKE_SUITE, EMPTY, 'info_hash', info))
  const secret = labeledExtract(HPKE_SUITE, shared, 'secret', EMPTY)
  const expand = (label: string, bytes: number) => labeledExpand(HPKE_SUITE, secret, label, scheduleContext, bytes)
  return {
    key: expand('key', KEY_BYTES),
    baseNonce: expand('base_nonce', NONCE_BYTES),
    exporterSecret: expand('exp', HASH_BYTES)
  }
}

function nonceOf({ baseNonce }: Context, seq: number): Buffer {
  const nonce = Buffer.from(baseNonce)
  nonce.writeUInt32BE((nonce.readUInt32BE(NONCE_BYTES - 4) ^ seq) >>> 0, NONCE_BYTES - 4)
  return nonce
}

function labeledExtract(suite: Buffer, salt: Buffer, label: string, ikm: Uint8Array): Buffer {
  return hmac(salt, concat(VERSION, suite, Buffer.from(label), ikm))
}

function labeledExpand(suite: Buffer, prk: Buffer, label: string, info: Uint8Array, bytes: number): Buffer {
  return hkdfExpand(prk, concat(uint16(bytes), VERSION, suite, Buffer.from(label), info), bytes)
}

// RFC 5869, 2.3.
function hkdfExpand(prk: Buffer, info: Buffer, bytes: number): Buffer {
  const blocks: Buffer[] = []
  for (let n = 1; blocks.length * HASH_BYTES < bytes; n++)
    blocks.push(hmac(prk, concat(blocks.at(-1) ?? EMPTY, info, Buffer.of(n))))
  return Buffer.concat(blocks).subarray(0, bytes)
}

function hmac(key: Buffer, data: Buffer): Buffer {
  return createHmac('sha256', key).update(data).digest()
}

function uint16(value: number): Buffer {
  return Buffer.of(value >> 8, value & 0xff)
}

function concat(...parts: Uint8Array[]): Buffer {
  return Buffer.concat(parts)
}
