// The vector of docs/PROTOCOL.md: who seals the same message with the same keys gets the same bytes.
import { createHash, createPrivateKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { resolveLimits } from '@floodnet/core'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { networkIdOf } from '../../src/identity/frame-crypto.ts'
import { identityOf } from '../../src/identity/identity.ts'
import { DirectMessages } from '../../src/sealed/direct-messages.ts'
import { exchangeKeyOf } from '../../src/sealed/exchange-key.ts'
import { keyPairFrom } from '../../src/sealed/hpke.ts'

/** DER of an Ed25519 private key up to its 32 bytes (RFC 8410). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex')
const limits = resolveLimits({})

function bytesFrom(first: number): Buffer {
  return Buffer.from(Array.from({ length: 32 }, (_, i) => first + i))
}

function identityFrom(first: number) {
  const der = Buffer.concat([PKCS8_PREFIX, bytesFrom(first)])
  return identityOf(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }), 1)
}

test('the vector of docs/PROTOCOL.md is sealed as it stands there, and opens', () => {
  const networkId = networkIdOf('vectors')
  const [author, addressee, packet] = [identityFrom(0x00), identityFrom(0x20), identityFrom(0x40)]
  const body = Buffer.from('hello')
  const ends = [author, addressee].map((identity) => new DirectMessages({ networkId, identity, limits }))
  const sealed = ends[0]?.seal(addressee.id, packet.id, body, keyPairFrom(bytesFrom(0x60))) as Uint8Array
  const text = readFileSync('docs/PROTOCOL.md', 'utf8')
  const values = {
    addressee: addressee.id,
    exchange: Buffer.from(exchangeKeyOf(addressee.publicKey) as Uint8Array).toString('hex'),
    packet: packet.id,
    start: Buffer.from(sealed.subarray(0, 80)).toString('hex'),
    hash: createHash('sha256').update(sealed).digest('hex')
  }
  const missing = Object.entries(values).filter(([, hex]) => !text.replaceAll(/\s/g, '').includes(hex))
  assert.equal(missing, [])
  assert.equal(ends[1]?.open(packet.id, sealed, 0), { from: author.id, to: addressee.id, body: Uint8Array.from(body) })
})

test.run()
