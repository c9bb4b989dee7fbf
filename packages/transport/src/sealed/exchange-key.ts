// The X25519 keys that belong to Ed25519 keys, so that you can write to anybody whose id you know. The curves are two
// forms of one, and RFC 7748, 4.1, gives the map between them. libsodium and age do the same.
import { createHash, createPrivateKey } from 'node:crypto'
import { isWeakKey } from '@floodnet/core'
import { type KeyPair, keyPairFrom } from './hpke.ts'

const P = 2n ** 255n - 19n
const KEY_BYTES = 32

/** The X25519 key of the owner of the Ed25519 key `publicKey`; null for a key that has no single owner. */
export function exchangeKeyOf(publicKey: Uint8Array): Uint8Array | null {
  if (publicKey.length !== KEY_BYTES || isWeakKey(publicKey)) return null
  // The top bit is the sign of x, which u does not depend on.
  const y = BigInt(`0x${Buffer.from(publicKey).reverse().toString('hex')}`) & (2n ** 255n - 1n)
  const u = ((1n + y) * inverse((1n - y + P) % P)) % P
  return new Uint8Array(Buffer.from(u.toString(16).padStart(2 * KEY_BYTES, '0'), 'hex').reverse())
}

/** The X25519 pair of an Ed25519 private key: its scalar is the first half of the seed's hash (RFC 8032, 5.1.5). */
export function exchangePairOf(privateKeyPem: string): KeyPair {
  const pkcs8 = createPrivateKey(privateKeyPem).export({ format: 'der', type: 'pkcs8' })
  return keyPairFrom(createHash('sha512').update(pkcs8.subarray(-KEY_BYTES)).digest().subarray(0, KEY_BYTES))
}

/** By Fermat: x^(p - 2). */
function inverse(x: bigint): bigint {
  let result = 1n
  let power = x
  for (let exponent = P - 2n; exponent > 0n; exponent >>= 1n) {
    if ((exponent & 1n) === 1n) result = (result * power) % P
    power = (power * power) % P
  }
  return result
}
