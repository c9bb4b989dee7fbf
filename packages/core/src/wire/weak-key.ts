// Ed25519 keys for which anybody can sign, and signatures that verifiers judge differently: points of small order, and
// wrong encodings of a point or number. RFC 8032 lets a verifier accept some of them, and the OpenSSL of Node 20 and 22
// does (that of 24 does not). A node's name must belong to somebody, and all nodes must judge alike, so we judge these
// before we ask the library.
import { ORIGIN_BYTES } from './layout.ts'

const SIGN_BIT = 0x80

/**
 * The y coordinates, little-endian and without the sign of x, of the eight points whose order divides 8: 0 (order 4), 1
 * (order 1), p - 1 (order 2), and two of order 8. Either sign is refused: for those with x = 0, one sign is not a valid
 * encoding.
 */
const SMALL_ORDER_Y = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a'
].map(hexBytes)

/** Order of the base point, little-endian: S is below it. */
const ORDER = hexBytes('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010')

/**
 * Whether the 64 bytes at `offset`, R and S, are a signature that verifiers judge differently: whatever the key, it
 * proves nothing.
 */
export function isWeakSignature(bytes: Uint8Array, offset: number): boolean {
  return isWeakKey(bytes, offset) || isBeyondOrder(bytes, offset + ORIGIN_BYTES)
}

/** Whether the 32 bytes at `offset` are such a key. */
export function isWeakKey(bytes: Uint8Array, offset = 0): boolean {
  return isBeyondField(bytes, offset) || SMALL_ORDER_Y.some((y) => isSameY(y, bytes, offset))
}

/** y is at least p = 2^255 - 19: a second encoding of y - p. */
function isBeyondField(bytes: Uint8Array, offset: number): boolean {
  if (bytes[offset]! < 0xed || (bytes[offset + ORIGIN_BYTES - 1]! | SIGN_BIT) !== 0xff) return false
  for (let i = 1; i < ORIGIN_BYTES - 1; i++) if (bytes[offset + i] !== 0xff) return false
  return true
}

function isSameY(y: Uint8Array, bytes: Uint8Array, offset: number): boolean {
  const last = ORIGIN_BYTES - 1
  for (let i = 0; i < last; i++) if (y[i] !== bytes[offset + i]) return false
  return y[last] === (bytes[offset + last]! & ~SIGN_BIT)
}

/** S is at least the order: S minus the order is the same number. */
function isBeyondOrder(bytes: Uint8Array, offset: number): boolean {
  for (let i = ORDER.length - 1; i >= 0; i--) {
    const byte = bytes[offset + i]!
    if (byte !== ORDER[i]) return byte > ORDER[i]!
  }
  return true
}

function hexBytes(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16))
}
