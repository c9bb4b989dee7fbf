// Every verifier must come to the same verdict, whichever OpenSSL its Node brings: else one packet makes honest nodes
// close links to each other. Here the verdicts are computed with big integers; `npm run test:nodes` holds each Node
// that we support to them.
import { createHash } from 'node:crypto'
import { isWeakKey, isWeakSignature } from '@floodnet/core'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { add, BASE, encoded, L, mod, P, type Point, smallOrderPoints, times } from '../../../../test/support/curve.ts'
import { verifyWith } from '../../src/identity/frame-crypto.ts'

interface Case {
  readonly what: string
  readonly key: Uint8Array
  readonly signature: Uint8Array
  readonly message: Uint8Array
}

const torsion = smallOrderPoints()
const bytesOf = ([x, y]: Point) => encoded(y, x & 1n)
const littleEndian = (bytes: Uint8Array) => BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`)
const hash = (...parts: Uint8Array[]) => createHash('sha512').update(Buffer.concat(parts)).digest()
const challenge = (r: Uint8Array, key: Uint8Array, message: Uint8Array) => littleEndian(hash(r, key, message)) % L

/** The owner of `secret` signs with the key, R and S that it likes. */
function caseOf(
  what: string,
  number: number,
  twist: Partial<{ key: Point; r: Point; rBytes: Uint8Array; s: bigint }>
): Case {
  const message = hash(Buffer.from(`message ${number}`))
  const [secret, nonce] = [
    littleEndian(hash(Buffer.from(`a ${number}`))) % L,
    littleEndian(hash(Buffer.from(`r ${number}`))) % L
  ]
  const key = bytesOf(add(times(BASE, secret), twist.key ?? [0n, 1n]))
  const isIdentity = twist.r !== undefined && twist.rBytes === undefined
  const r = twist.rBytes ?? bytesOf(isIdentity ? (twist.r ?? BASE) : times(BASE, nonce))
  const s = ((isIdentity ? 0n : nonce) + challenge(r, key, message) * secret) % L
  return { what, key, message, signature: Uint8Array.of(...r, ...encoded(s + (twist.s ?? 0n), 0n)) }
}

/** SB = R + hA as points, over their only encodings, where neither A nor R has a small order. */
function isGenuine({ key, signature, message }: Case): boolean {
  if (isWeakKey(key) || isWeakSignature(signature, 0)) return false
  const [r, s] = [signature.subarray(0, 32), littleEndian(signature.subarray(32))]
  const a = pointOf(key)
  if (a === null) return false
  const minus: Point = [mod(-a[0]), a[1]]
  return Buffer.compare(bytesOf(add(times(BASE, s), times(minus, challenge(r, key, message)))), r) === 0
}

const keys = new Map<string, Point>()
const pointOf = (bytes: Uint8Array) => keys.get(Buffer.from(bytes).toString('hex')) ?? null

function remember(number: number, twist: Point): void {
  const secret = littleEndian(hash(Buffer.from(`a ${number}`))) % L
  const point = add(times(BASE, secret), twist)
  keys.set(Buffer.from(bytesOf(point)).toString('hex'), point)
}

const identity: Point = [0n, 1n]

function allCases(): Case[] {
  const cases: Case[] = []
  for (let number = 0; number < 6; number++) {
    remember(number, identity)
    cases.push(caseOf('an honest signature', number, {}), caseOf('S and the order', number, { s: L }))
    for (const point of torsion) {
      cases.push(caseOf('an R of small order', number, { r: point }))
      cases.push(caseOf('an R beyond the field', number, { rBytes: encoded(point[1] + P, 0n) }))
    }
  }
  for (let number = 100; number < 116; number++) {
    const twist = torsion[number % torsion.length] ?? identity
    remember(number, twist)
    cases.push(caseOf('a key of mixed order', number, { key: twist }))
  }
  for (const point of torsion) {
    const signature = Uint8Array.of(...bytesOf(point), ...new Uint8Array(32))
    cases.push({ what: 'a key of small order', key: bytesOf(point), signature, message: Buffer.from('m') })
  }
  // Not every y is that of a point.
  for (let y = 2n; cases.length < 160; y++) {
    const signature = Uint8Array.of(...bytesOf(BASE), ...encoded(y, 0n))
    cases.push({ what: 'a key that nobody made', key: encoded(y, 0n), signature, message: Buffer.from('m') })
  }
  return cases
}

test('this Node judges every signature as arithmetic does', () => {
  const verdicts = { true: 0, false: 0 }
  for (const one of allCases()) {
    const wanted = isGenuine(one)
    verdicts[`${wanted}`]++
    assert.is(
      verifyWith(one.key, one.message, one.signature),
      wanted,
      `${one.what}: ${Buffer.from(one.key).toString('hex')}`
    )
  }
  // Both kinds, or the test holds nothing.
  assert.ok(verdicts.true >= 8 && verdicts.false >= 100, JSON.stringify(verdicts))
})

test.run()
