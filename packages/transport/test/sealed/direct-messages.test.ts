// Direct messages: opened by the addressee alone, under the packet's key alone, and only as they were written.
import { resolveLimits } from '@floodnet/core'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createIdentity } from '../../src/identity/identity.ts'
import { DirectMessages, isDirect, OPENINGS_BURST, SEAL_BYTES } from '../../src/sealed/direct-messages.ts'
import { exchangeKeyOf, exchangePairOf } from '../../src/sealed/exchange-key.ts'

const networkId = new Uint8Array(32).fill(3)
const limits = resolveLimits({ maxMessageBytes: 100_000 })
const [alice, bob, carol] = [createIdentity(0), createIdentity(0), createIdentity(0)]
const ORIGIN = createIdentity(0).id
const BODY = Buffer.from('lunch?')

function endOf(identity: typeof alice, id = networkId): DirectMessages {
  return new DirectMessages({ networkId: id, identity, limits })
}

function sealed(body: Uint8Array = BODY): Uint8Array {
  return endOf(alice).seal(bob.id, ORIGIN, body) as Uint8Array
}

test('the addressee gets the message and who wrote it; others get nothing', () => {
  const opened = endOf(bob).open(ORIGIN, sealed(), 0)
  assert.equal(opened, { from: alice.id, to: bob.id, body: Uint8Array.from(BODY) })
  for (const other of [alice, carol]) assert.is(endOf(other).open(ORIGIN, sealed(), 0), null)
})

test('neither names nor words are in the bytes, and short messages have one length', () => {
  const texts = [Buffer.alloc(0), BODY, Buffer.alloc(300)].map((body) => Buffer.from(sealed(body)))
  assert.equal([...new Set(texts.map(({ length }) => length))], [512])
  for (const text of texts) {
    assert.ok(isDirect(text))
    for (const hidden of [BODY, Buffer.from(alice.id, 'hex'), Buffer.from(bob.id, 'hex')])
      assert.is(text.indexOf(hidden), -1)
  }
  assert.is(sealed(Buffer.alloc(40_000)).length, 65_536)
})

test('under another key of a packet it is nothing, so that a recorded one cannot be played again', () => {
  assert.is(endOf(bob).open(createIdentity(0).id, sealed(), 0), null)
})

test('any byte changed makes it nothing', () => {
  const end = endOf(bob)
  for (const at of [16, 60, 200, 511]) {
    const changed = sealed()
    changed[at] = (changed[at] ?? 0) ^ 1
    assert.is(end.open(ORIGIN, changed, 0), null)
  }
})

test('a message of another network is not taken for one of this', () => {
  assert.is(endOf(bob, new Uint8Array(32)).open(ORIGIN, sealed(), 0), 'direct-forged')
})

test('what fills the largest message is sealed, and a byte more is not', () => {
  assert.is(sealed(new Uint8Array(limits.maxMessageBytes - SEAL_BYTES)).length, limits.maxMessageBytes)
  assert.is(endOf(alice).seal(bob.id, ORIGIN, new Uint8Array(limits.maxMessageBytes - SEAL_BYTES + 1)), null)
})

test('ids are those of other nodes with a key of their own', () => {
  const end = endOf(alice)
  assert.ok(end.canReach(bob.id))
  for (const id of [alice.id, 'bob', '', null, 7, bob.id.toUpperCase(), '00'.repeat(32), `01${'00'.repeat(31)}`])
    assert.not.ok(end.canReach(id), String(id))
})

test('a flood of them is not opened beyond a measure, and is again when time has passed', () => {
  const end = endOf(carol)
  const message = sealed()
  for (let i = 0; i < OPENINGS_BURST; i++) end.open(ORIGIN, message.subarray(0, SEAL_BYTES), 0)
  assert.is(end.open(ORIGIN, message, 0), 'direct-untried')
  assert.is(end.open(ORIGIN, message, 10), null)
})

test('the exchange key of an id is that of its private key', () => {
  for (let i = 0; i < 20; i++) {
    const { publicKey, privateKeyPem } = createIdentity(0)
    assert.equal(exchangeKeyOf(publicKey), exchangePairOf(privateKeyPem).publicKey)
  }
})

test.run()
