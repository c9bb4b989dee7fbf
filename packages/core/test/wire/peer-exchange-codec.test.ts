// Shuffles and handed-over peers on the wire.
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  decodeJoin,
  encodeJoin,
  isRoutedType,
  type JoinPacket,
  MAX_CONTROL_FRAME_BYTES,
  TYPE_OFFSET
} from '../../src/index.ts'

const author = { origin: Uint8Array.from({ length: 32 }, (_, i) => i), incarnation: 7 }
const origin = [...author.origin].map((byte) => byte.toString(16).padStart(2, '0')).join('')

const id = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('hex'))
const plain = { noNullPrototype: true } as const
const hint = fc.record({ peer: id, address: fc.stringMatching(/^[a-z]{1,94}:[1-9][0-9]{0,3}$/) }, plain)
const peers = fc.array(hint, { maxLength: 14 })
const u32 = fc.integer({ min: 0, max: 2 ** 32 - 1 })

const packet: fc.Arbitrary<JoinPacket> = fc.oneof(
  fc.record(
    {
      kind: fc.constant('shuffle' as const),
      origin: fc.constant(origin),
      request: u32,
      hops: fc.nat(255),
      address: fc.option(fc.constant('[2001:db8::1]:55555')),
      peers
    },
    plain
  ),
  fc.record(
    {
      kind: fc.constant('shuffle-reply' as const),
      origin: fc.constant(origin),
      target: id,
      request: u32,
      peers
    },
    plain
  ),
  fc.record({ kind: fc.constant('peers' as const), peers }, plain)
)

test('decodes what it encoded, within the bound of a control frame', () => {
  fc.assert(
    fc.property(packet, (given) => {
      const frame = encodeJoin(author, given, false)
      assert.ok(frame.length + 64 <= MAX_CONTROL_FRAME_BYTES)
      const decoded = decodeJoin(frame)
      assert.equal(decoded, isRoutedType(frame[TYPE_OFFSET] ?? 0) ? { ...given, frame } : given)
    }),
    { seed: 4 }
  )
})

test('refuses a count that is no true count, and peers without an address', () => {
  const peer = { peer: origin, address: 'a:1' }
  const frame = encodeJoin(author, { kind: 'peers', peers: [peer] }, false)
  for (const count of [0, 2, 255]) {
    const forged = frame.slice()
    forged[48] = count
    assert.is(decodeJoin(forged), null)
  }
  const nameless = encodeJoin(author, { kind: 'peers', peers: [{ ...peer, address: '' }] }, false)
  assert.is(decodeJoin(nameless), null)
})

test.run()
