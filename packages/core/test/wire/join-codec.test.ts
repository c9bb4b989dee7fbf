// The join packets on the wire: written and read again with every field, malformed ones told, and no bytes that throw.
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { toHex } from '../../src/bytes.ts'
import type { JoinPacket, JoinRefusal } from '../../src/join/index.ts'
import { bodyOf, encodeFrame } from '../../src/wire/control.ts'
import { decodeJoin, encodeJoin, isRoutedType, JOIN_REFUSALS, withHops } from '../../src/wire/join-codec.ts'
import { Flag, FrameType, MAX_CONTROL_FRAME_BYTES } from '../../src/wire/layout.ts'
import { Collector } from '../support/frame-collector.ts'
import { anyByte, anyKey, anyU32, makeFrame, patternOf } from '../support/frames.ts'
import { holds } from '../support/property.ts'

const author = { origin: patternOf(32), incarnation: 9 }
const origin = toHex(author.origin)
const anyId = anyKey.map((key) => toHex(key))
const anyNonce = anyId.map((id) => id.slice(0, 32))
const anyAddress = fc.constantFrom('10.0.0.7:55555', '[2001:db8::1]:1', `${'x'.repeat(247)}:65535`, 'a:1')

const anyRequest: fc.Arbitrary<JoinPacket> = fc.record({
  kind: fc.constant('join-request' as const),
  origin: fc.constant(origin),
  request: anyU32,
  hops: anyByte,
  degree: anyByte,
  address: fc.option(anyAddress, { nil: null })
})
const anyOffer: fc.Arbitrary<JoinPacket> = fc.record({
  kind: fc.constant('join-offer' as const),
  origin: fc.constant(origin),
  target: anyId,
  request: anyU32,
  nonce: anyNonce,
  address: anyAddress
})
const anyAck: fc.Arbitrary<JoinPacket> = fc.record({
  kind: fc.constant('join-ack' as const),
  nonce: fc.option(anyNonce, { nil: null })
})
const anyNo: fc.Arbitrary<JoinPacket> = fc.record({
  kind: fc.constant('join-no' as const),
  origin: fc.constant(origin),
  target: anyId,
  request: anyU32,
  reason: fc.constantFrom(...JOIN_REFUSALS)
})
const anyPacket = fc.oneof(anyRequest, anyOffer, anyAck, anyNo)

test('a join packet is read as it was written, signed or not', () => {
  holds(
    fc.tuple(anyPacket, fc.boolean()),
    ([packet, signed]) => {
      assert.equal(withoutFrame(decodeJoin(encodeJoin(author, packet, signed))), { ...packet })
    },
    500
  )
})

test('each refusal of the join actor has a number on the wire, which never changes', () => {
  const numbers: Record<JoinRefusal, number> = {
    full: 0,
    known: 1,
    'no-address': 2,
    busy: 3,
    'bad-nonce': 4,
    replaced: 5,
    unknown: 6
  }
  for (const [name, number] of Object.entries(numbers)) {
    const reason = name as JoinRefusal
    const frame = encodeJoin(author, { kind: 'join-no', origin, target: origin, request: 1, reason }, false)
    assert.is(frame.at(-1), number, name)
    assert.equal(withoutFrame(decodeJoin(frame)), { kind: 'join-no', origin, target: origin, request: 1, reason })
  }
})

test('a refusal that is not in our list reads as unknown: its author may be newer, and whoever carried it is not to blame', () => {
  const packet = { kind: 'join-no', origin, target: origin, request: 1, reason: 'full' } as const
  const frame = encodeJoin(author, packet, false)
  for (let number = JOIN_REFUSALS.length; number < 256; number++) {
    frame[frame.length - 1] = number
    assert.equal(withoutFrame(decodeJoin(frame)), { ...packet, reason: 'unknown' })
  }
})

test('join packets pass the frame reader', () => {
  holds(fc.tuple(anyPacket, fc.boolean()), ([packet, signed]) => {
    const collector = new Collector()
    const frame = encodeJoin(author, packet, signed)
    assert.is(collector.reader.push(frame), null)
    assert.is(collector.frames.length, 1)
    assert.ok(frame.length <= MAX_CONTROL_FRAME_BYTES)
  })
})

test('what travels over several links has room for a signature in a signed network, an ack has none', () => {
  holds(anyPacket, (packet) => {
    const frame = encodeJoin(author, packet, true)
    const type = frame[4] as number
    assert.is((frame[5] as number) & Flag.signed, isRoutedType(type) ? Flag.signed : 0)
    assert.is(isRoutedType(type), packet.kind !== 'join-ack')
  })
})

test('no other type is routed', () => {
  const routed = Array.from({ length: 256 }, (_, type) => type).filter(isRoutedType)
  assert.equal(routed, [
    FrameType.joinRequest,
    FrameType.joinOffer,
    FrameType.joinNo,
    FrameType.shuffle,
    FrameType.shuffleReply
  ])
})

test('a packet to relay keeps the frame it came in, byte for byte', () => {
  const frame = encodeJoin(
    author,
    { kind: 'join-request', origin, request: 3, hops: 4, degree: 0, address: 'a:1' },
    true
  )
  const packet = decodeJoin(frame)
  assert.is(packet?.kind === 'join-request' && packet.frame, frame)
})

test('another count of hops changes that byte of a copy and nothing else', () => {
  const frame = makeFrame({ type: FrameType.joinRequest, hops: 5, body: 20 })
  const before = toHex(frame)
  const relayed = withHops(frame, 4)
  assert.is(toHex(frame), before)
  assert.is(relayed[6], 4)
  relayed[6] = 5
  assert.is(toHex(relayed), before)
})

test('a degree above what a byte can say is written as 255', () => {
  const packet = { kind: 'join-request', origin, request: 1, hops: 1, degree: 300, address: null } as const
  assert.is((decodeJoin(encodeJoin(author, packet, false)) as { degree?: number }).degree, 255)
})

test('a join packet that breaks off or goes on is null', () => {
  holds(anyPacket, (packet) => {
    const type = encodeJoin(author, packet, false)[4] as number
    const body = bodyOf(encodeJoin(author, packet, false))
    for (let end = 0; end < body.length; end++) {
      // An ack may come without its nonce: then it is the other kind of ack.
      if (packet.kind === 'join-ack' && end === 0) continue
      assert.is(decodeJoin(encodeFrame(type, author, 0, body.subarray(0, end))), null, `${end} bytes`)
    }
    if (packet.kind === 'join-ack' && packet.nonce === null) return
    assert.is(decodeJoin(encodeFrame(type, author, 0, Uint8Array.from([...body, 0]))), null)
  })
})

test('a frame of another type is no join packet', () => {
  for (const type of [FrameType.data, FrameType.hello, FrameType.ping, FrameType.pong, FrameType.leave, 0, 200]) {
    assert.is(decodeJoin(makeFrame({ type, body: 16 })), null)
  }
})

test('any body decodes to null or to what encodes and decodes to the same', () => {
  const noise = fc.record({
    type: fc.integer({ min: 5, max: 8 }),
    flags: fc.constantFrom(0, Flag.signed),
    body: fc.oneof(
      fc.uint8Array({ maxLength: 120 }),
      fc.uint8Array({ minLength: 37, maxLength: 37 }),
      fc.uint8Array({ minLength: 2, maxLength: 40 }).map((bytes) => bytes.with(1, bytes.length - 2))
    ),
    hops: anyByte,
    seq: anyU32,
    origin: anyKey
  })
  let decoded = 0
  holds(
    noise,
    (fields) => {
      const packet = decodeJoin(makeFrame(fields))
      if (packet === null) return
      decoded++
      const again = encodeJoin({ origin: fields.origin, incarnation: 1 }, packet, true)
      assert.equal(withoutFrame(decodeJoin(again)), withoutFrame(packet))
    },
    2_000
  )
  assert.ok(decoded > 20, `${decoded} were well-formed`)
})

test.run()

function withoutFrame(packet: JoinPacket | null): object | null {
  if (packet === null) return null
  const { frame: _, ...rest } = packet as JoinPacket & { frame?: Uint8Array }
  return rest
}
