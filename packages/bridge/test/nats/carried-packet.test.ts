// A packet of a flood and the NATS message that it becomes.
import {
  Flag,
  FrameType,
  HEADER_BYTES,
  NONCE_BYTES,
  ORIGIN_BYTES,
  SIGNATURE_BYTES,
  toHex,
  viewOf,
  writeHeader
} from '@floodnet/core'
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { carriedOf, frameOf, HEADER, idIn, idOfFrame } from '../../src/nats/carried-packet.ts'

const test = suite('a packet as a NATS message')
const UINT32 = 0xffffffff

interface Parts {
  readonly flags: number
  readonly hops: number
  readonly origin: Uint8Array
  readonly incarnation: number
  readonly seq: number
  readonly body: Uint8Array
}

const anyParts = fc.record({
  flags: fc.nat({ max: 31 }),
  hops: fc.nat({ max: 255 }),
  origin: fc.uint8Array({ minLength: ORIGIN_BYTES, maxLength: ORIGIN_BYTES }),
  incarnation: fc.nat({ max: UINT32 }),
  seq: fc.nat({ max: UINT32 }),
  body: fc.uint8Array({ maxLength: 300 })
})

test('every packet comes back as it was, bit by bit', () => {
  fc.assert(
    fc.property(anyParts, (parts) => {
      const frame = frameWith(parts)
      const { headers, body, id } = carriedOf(frame)
      assert.equal(frameOf(headers, body), frame)
      assert.equal([idIn(headers), idOfFrame(frame)], [id, id])
    })
  )
})

test('its body is the message, and its name is in headers that people can read', () => {
  const origin = new Uint8Array(ORIGIN_BYTES).fill(0xab)
  const body = new TextEncoder().encode('hello')
  const carried = carriedOf(frameWith({ flags: Flag.signed, hops: 2, origin, incarnation: 7, seq: 9, body }))
  assert.is(Buffer.from(carried.body).toString(), 'hello')
  const { [HEADER.signature]: signature, ...rest } = Object.fromEntries(carried.headers)
  assert.equal(rest, {
    'Floodnet-Origin': 'ab'.repeat(ORIGIN_BYTES),
    'Floodnet-Incarnation': '7',
    'Floodnet-Seq': '9',
    'Floodnet-Hops': '2',
    'Floodnet-Flags': 'signed'
  })
  assert.is(Buffer.from(signature ?? '', 'base64').length, SIGNATURE_BYTES)
})

const honest = carriedOf(
  frameWith({
    flags: Flag.signed | Flag.work,
    hops: 1,
    origin: new Uint8Array(ORIGIN_BYTES).fill(1),
    incarnation: 1,
    seq: 1,
    body: new Uint8Array(3)
  })
)
for (const [name, value] of [
  [HEADER.origin, undefined],
  [HEADER.origin, 'AB'.repeat(ORIGIN_BYTES)],
  [HEADER.origin, 'ab'],
  [HEADER.incarnation, '-1'],
  [HEADER.incarnation, '4294967296'],
  [HEADER.seq, '1e3'],
  [HEADER.seq, undefined],
  [HEADER.hops, '256'],
  [HEADER.flags, 'signed secret'],
  [HEADER.flags, 'signed'.repeat(2)],
  [HEADER.signature, undefined],
  [HEADER.signature, 'AAAA'],
  [HEADER.nonce, '']
] as const) {
  test(`a message whose ${name} is ${value} is no packet`, () => {
    const headers = new Map(honest.headers)
    if (value === undefined) headers.delete(name)
    else headers.set(name, value)
    assert.is(frameOf(headers, honest.body), null)
  })
}

test('whatever the headers say, what comes of them is a whole DATA frame or nothing', () => {
  const anyValue = fc.oneof(
    fc.string(),
    fc.nat().map(String),
    fc.constantFrom('signed', 'batch work', '', 'ab'.repeat(32))
  )
  const anyHeaders = fc.array(fc.tuple(fc.constantFrom(...Object.values(HEADER)), anyValue))
  fc.assert(
    fc.property(anyHeaders, fc.uint8Array(), (some, body) => {
      const frame = frameOf(new Map([...honest.headers, ...some]), body)
      if (frame !== null) assert.equal(frameOf(carriedOf(frame).headers, carriedOf(frame).body), frame)
    })
  )
})

test.run()

function frameWith({ flags, hops, origin, incarnation, seq, body }: Parts): Uint8Array {
  const trailer = (flags & Flag.work ? NONCE_BYTES : 0) + (flags & Flag.signed ? SIGNATURE_BYTES : 0)
  const frame = new Uint8Array(HEADER_BYTES + body.length + trailer)
  writeHeader(frame, viewOf(frame), 0, frame.length, { type: FrameType.data, flags, hops, origin, incarnation, seq })
  frame.set(body, HEADER_BYTES)
  for (let index = 0; index < trailer; index++) frame[HEADER_BYTES + body.length + index] = index + 1
  assert.is(toHex(frame.subarray(8, 40)), toHex(origin))
  return frame
}
