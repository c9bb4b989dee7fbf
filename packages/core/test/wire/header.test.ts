// The fixed part of a frame, byte by byte.
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { fromHex, toHex } from '../../src/bytes.ts'
import { readPacket } from '../../src/message/packet.ts'
import { copySignedHeader, viewOf, writeHeader } from '../../src/wire/header.ts'
import { Flag } from '../../src/wire/layout.ts'
import { anyByte, anyKey, anyU32, makeFrame } from '../support/frames.ts'
import { holds } from '../support/property.ts'

const origin = fromHex('a0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebf') as Uint8Array
const anyHeader = fc.record({
  type: anyByte,
  flags: anyByte,
  hops: anyByte,
  origin: anyKey,
  incarnation: anyU32,
  seq: anyU32
})

test('a header is written as it is drawn in layout.ts', () => {
  const bytes = new Uint8Array(48)
  const header = { type: 5, flags: 4, hops: 3, origin, incarnation: 0x01020304, seq: 0xfffefdfc }
  writeHeader(bytes, viewOf(bytes), 0, 0x0000_1234, header)
  assert.is(toHex(bytes), `00001230${'05040300'}${toHex(origin)}01020304fffefdfc`)
})

test('the zero byte is written too, since slabs are used again', () => {
  const bytes = new Uint8Array(48).fill(0xff)
  writeHeader(bytes, viewOf(bytes), 0, 48, { type: 1, flags: 0, hops: 0, origin, incarnation: 1, seq: 1 })
  assert.is(bytes[7], 0)
})

test('a header touches its own 48 bytes alone', () => {
  const bytes = new Uint8Array(100).fill(0xdd)
  writeHeader(bytes, viewOf(bytes), 20, 48, { type: 1, flags: 0, hops: 0, origin, incarnation: 1, seq: 1 })
  assert.ok(bytes.subarray(0, 20).every((byte) => byte === 0xdd))
  assert.ok(bytes.subarray(68).every((byte) => byte === 0xdd))
})

test('a packet is read as its header was written, at any place', () => {
  holds(fc.tuple(anyHeader, fc.nat(50), fc.integer({ min: 72, max: 200 })), ([header, start, rest]) => {
    const bytes = new Uint8Array(start + 48 + rest + 5)
    writeHeader(bytes, viewOf(bytes), start, 48 + rest, header)
    const packet = readPacket(bytes, viewOf(bytes), start, start + 48 + rest)
    const { flags, hops, incarnation, seq } = header
    const trailer = ((flags & Flag.signed) !== 0 ? 64 : 0) + ((flags & Flag.work) !== 0 ? 8 : 0)
    const bodyEnd = start + 48 + rest - trailer
    assert.equal(packet, { flags, hops, incarnation, seq, bodyStart: start + 48, bodyEnd })
  })
})

test('what is signed of a header is all but its length, with hops as zero', () => {
  const frame = makeFrame({ hops: 9, flags: Flag.signed, origin, incarnation: 0x0a0b0c0d, seq: 0x11121314 })
  const target = new Uint8Array(50).fill(0xcc)
  copySignedHeader(frame, 0, target, 2)
  assert.is(toHex(target), `cccc01040000${toHex(origin)}0a0b0c0d11121314cccccccc`)
})

test('the signed header does not depend on hops, and on every other byte of it', () => {
  const frame = makeFrame({ flags: Flag.signed, origin })
  const before = signedHeader(frame)
  for (let offset = 4; offset < 48; offset++) {
    const changed = frame.slice()
    changed[offset] = changed[offset]! ^ 0x40
    assert.is(signedHeader(changed) === before, offset === 6, `byte ${offset}`)
  }
})

test('a view shows the bytes it was made of and no others', () => {
  const bytes = Uint8Array.from([1, 2, 3, 4, 5, 6]).subarray(1, 5)
  const view = viewOf(bytes)
  assert.is(view.byteLength, 4)
  assert.is(view.getUint32(0), 0x02030405)
})

test.run()

function signedHeader(frame: Uint8Array): string {
  const target = new Uint8Array(44)
  copySignedHeader(frame, 0, target, 0)
  return toHex(target)
}
