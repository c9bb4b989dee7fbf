// Ed25519 keys that anybody can sign for: points of small order, and encodings of a point other than its one right one.
// RFC 8032 lets a verifier take them, and the OpenSSL of Node 20 and 22 does (that of 24 does not); a node's name must be
// somebody's own, and all nodes must judge alike.
import { ORIGIN_BYTES } from './layout.ts'

const SIGN_BIT = 0x80

/**
 * The y coordinates, little-endian and without the sign of x, of the eight points whose order divides 8: 0 (order 4), 1 (order 1),
 * p - 1 (order 2), and two of order 8. Either sign is refused: of those with x = 0 one is no right encoding.
 */
const SMALL_ORDER_Y = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a'
].map((hex) => Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16)))

/** Whether the 32 bytes at `offset` are such a key. */
export function isWeakKey(bytes: Uint8Array, offset = 0): boolean {
  return isBeyondField(bytes, offset) || SMALL_ORDER_Y.some((y) => isSameY(y, bytes, offset))
}

/** y is p = 2^255 - 19 or more: a second encoding of y - p. */
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
