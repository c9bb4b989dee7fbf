// gop2p's messages and lists as bytes: every captured one, and everything else.
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { GOP2P_LIMITS } from '../../src/gop2p/limits.ts'
import { decodeMembers, decodeMessage, encodeMembers, encodeMessage } from '../../src/gop2p/wire/message.ts'
import { makePeer } from '../../src/gop2p/wire/peer.ts'
import { EXCHANGES } from '../support/gop2p-exchanges.ts'

const seed = Number(process.env.FLOODNET_SEED ?? 1)

test('there are captured exchanges', () => {
  assert.is(EXCHANGES.length, 21)
})

for (const [number, { label, request, response }] of EXCHANGES.entries()) {
  test(`exchange ${number} is read and written byte for byte: ${label}`, () => {
    const decoded = decodeMessage(Buffer.from(request.body), GOP2P_LIMITS)
    if (decoded.kind !== 'message') throw new Error(decoded.reason)
    assert.is(Buffer.from(encodeMessage(decoded.message)).toString(), request.body)
    if (!response.body.startsWith('[')) return
    const members = decodeMembers(Buffer.from(response.body), 10)
    if (members.kind !== 'members') throw new Error('no list')
    assert.is(encodeMembers(members.peers), response.body)
  })
}

test('a captured direct message has its type, text, sender and addressee', () => {
  const direct = EXCHANGES.find(({ label }) => label.startsWith('direct'))
  const decoded = decodeMessage(Buffer.from(direct?.request.body ?? ''), GOP2P_LIMITS)
  assert.equal(decoded, {
    kind: 'message',
    message: {
      type: 3,
      data: new Uint8Array(Buffer.from('secret')),
      from: { port: 5001, address: '0.0.0.0' },
      to: [{ port: 5002, address: '0.0.0.0' }]
    }
  })
})

test('anything at all is a message or a fault, and never throws', () => {
  const bytes = fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.json().map(toBytes), messageLike().map(toBytes))
  const holds = (input: Uint8Array): void => {
    const decoded = decodeMessage(input, GOP2P_LIMITS)
    if (decoded.kind === 'fault') return
    const again = decodeMessage(encodeMessage(decoded.message), GOP2P_LIMITS)
    assert.equal(again, decoded)
  }
  fc.assert(fc.property(bytes, holds), { seed, numRuns: 3_000 })
})

test('anything at all is a list or a fault, and never more members than asked for', () => {
  const peer = fc.record({
    port: fc.integer({ min: -1, max: 70_000 }),
    address: fc.oneof(fc.string(), fc.ipV4(), fc.ipV6())
  })
  const bytes = fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.json().map(toBytes), fc.array(peer).map(toJson))
  const holds = (input: Uint8Array): void => {
    const decoded = decodeMembers(input, 5)
    if (decoded.kind === 'fault') return
    assert.ok(decoded.peers.length <= 5)
    assert.equal(decodeMembers(Buffer.from(encodeMembers(decoded.peers)), 5), { ...decoded, skipped: 0 })
  }
  fc.assert(fc.property(bytes, holds), { seed, numRuns: 3_000 })
})

test('what we write is what Go reads: any bytes come back', () => {
  const holds = (data: Uint8Array): void => {
    const message = { type: 2, data, from: { port: 1, address: 'a' }, to: [] }
    assert.equal(decodeMessage(encodeMessage(message), GOP2P_LIMITS), { kind: 'message', message })
  }
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), holds), { seed, numRuns: 500 })
})

test('a message addressed to more than the limit is a fault', () => {
  const to = Array.from({ length: 3 }, (_, index) => ({ port: index + 1, address: 'a' }))
  const bytes = encodeMessage({ type: 3, data: null, from: { port: 1, address: 'a' }, to })
  assert.is(decodeMessage(bytes, { maxRecipients: 3 }).kind, 'message')
  assert.equal(decodeMessage(bytes, { maxRecipients: 2 }), { kind: 'fault', reason: 'bad-to' })
})

test('brackets nested a hundred thousand deep are a fault', () => {
  const deep = Buffer.from(`{"from":${'['.repeat(100_000)}${']'.repeat(100_000)}}`)
  assert.is(decodeMessage(deep, GOP2P_LIMITS).kind, 'fault')
})

for (const [address, port] of [
  ['evil host/x', 80],
  ['', 80],
  ['a@b', 80],
  ['1.2.3', 80],
  ['0.0.0.0', 0],
  ['0.0.0.0', 65_536],
  ['0.0.0.0', 1.5],
  ['fe80::1%eth0', 80]
] as const) {
  test(`${JSON.stringify(address)} with port ${port} is no peer`, () => {
    assert.is(makePeer(address, port), null)
  })
}

test('one IPv6 address has one spelling, in the brackets that a URL needs', () => {
  assert.equal(makePeer('2001:DB8:0:0::1', 1), { port: 1, address: '[2001:db8::1]' })
  assert.equal(makePeer('[2001:db8::1]', 1), { port: 1, address: '[2001:db8::1]' })
  assert.equal(makePeer('::ffff:10.0.0.7', 1), { port: 1, address: '10.0.0.7' })
  assert.equal(makePeer('::ffff:0a00:0007', 1), { port: 1, address: '10.0.0.7' })
})

test.run()

function toBytes(json: string): Uint8Array {
  return Buffer.from(json)
}

function toJson(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value))
}

/** Nearly a message: each field may be right, wrong or missing. */
function messageLike(): fc.Arbitrary<string> {
  const peer = fc.oneof(
    fc.record({ port: fc.integer({ min: 0, max: 70_000 }), address: fc.oneof(fc.ipV4(), fc.ipV6(), fc.domain()) }),
    fc.jsonValue()
  )
  const field = (value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> => fc.oneof(value, fc.jsonValue())
  const record = fc.record(
    {
      type: field(fc.integer({ min: -1, max: 5 })),
      data: field(fc.base64String()),
      from: peer,
      FROM: peer,
      to: field(fc.array(peer, { maxLength: 3 }))
    },
    { requiredKeys: [] }
  )
  return record.map((value) => JSON.stringify(value))
}
