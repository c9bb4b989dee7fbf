// HELLO, PING, PONG and LEAVE: written and read again, malformed ones told, and no bytes of a peer that throw.
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { fromHex, toHex } from '../../src/bytes.ts'
import { CLOSE_REASONS, closeReasonNumber } from '../../src/wire/close-reasons.ts'
import {
  bodyOf,
  type ControlOrigin,
  decodeHello,
  decodeLeave,
  decodeProbe,
  encodeFrame,
  encodeHello,
  encodeLeave,
  encodeProbe,
  type Hello,
  PROTOCOL_VERSION
} from '../../src/wire/control.ts'
import { FrameType, MAX_CONTROL_FRAME_BYTES } from '../../src/wire/layout.ts'
import { Collector } from '../support/frame-collector.ts'
import { anyByte, anyKey, anyU32, patternOf } from '../support/frames.ts'
import { holds } from '../support/property.ts'

const author: ControlOrigin = { origin: patternOf(32), incarnation: 0x01020304 }
const anyAddress = fc.option(
  fc
    .oneof(
      fc.domain(),
      fc.ipV4(),
      fc.ipV6().map((host) => `[${host}]`),
      fc.constant('')
    )
    .map((host) => `${host}:55555`)
)

const anyHello: fc.Arbitrary<Hello> = fc.record({
  version: fc.constant(PROTOCOL_VERSION),
  signed: fc.boolean(),
  degree: anyByte,
  work: anyByte,
  networkId: anyKey,
  keyProof: anyKey,
  advertised: anyAddress,
  observed: anyAddress
})

const hello: Hello = {
  version: PROTOCOL_VERSION,
  signed: true,
  degree: 4,
  work: 0,
  networkId: patternOf(32, 1),
  keyProof: new Uint8Array(32),
  advertised: ':55555',
  observed: null
}

test('a hello is read as it was written', () => {
  holds(anyHello, (value) => {
    assert.equal(plain(decodeHello(bodyOf(encodeHello(author, value)))), plain(value))
  })
})

test('a hello has the body that is drawn beside its codec', () => {
  const body = toHex(bodyOf(encodeHello(author, hello)))
  assert.is(body, `01010400${toHex(hello.networkId)}${'00'.repeat(32)}06${toHex(utf8(':55555'))}00`)
})

test('a control frame passes the frame reader whole, its header naming its author', () => {
  holds(fc.tuple(anyHello, anyU32, anyByte), ([value, seq, degree]) => {
    const collector = new Collector()
    const frames = [
      encodeHello(author, value),
      encodeProbe(FrameType.ping, author, seq, degree),
      encodeProbe(FrameType.pong, author, seq, degree),
      encodeLeave(author, 'leaving')
    ]
    for (const frame of frames) assert.is(collector.reader.push(frame), null)
    assert.equal(
      collector.frames.map((frame) => frame[4]),
      [FrameType.hello, FrameType.ping, FrameType.pong, FrameType.leave]
    )
    for (const frame of collector.frames) assert.is(toHex(frame, 8, 44), `${toHex(author.origin)}01020304`)
    assert.is(new DataView((collector.frames[1] as Uint8Array).buffer).getUint32(44), seq)
  })
})

test('the largest hello is within the limit of control frames', () => {
  const longest = 'x'.repeat(255)
  const frame = encodeHello(author, { ...hello, advertised: longest, observed: longest })
  assert.ok(frame.length <= MAX_CONTROL_FRAME_BYTES)
})

test('a hello that breaks off or goes on is null', () => {
  const body = bodyOf(encodeHello(author, { ...hello, observed: '10.0.0.7:1' }))
  for (let end = 0; end < body.length; end++) assert.is(decodeHello(body.subarray(0, end)), null, `${end} bytes`)
  assert.is(decodeHello(Uint8Array.from([...body, 0])), null)
})

test('the work that a hello asks for is in the fourth byte of its body', () => {
  const body = bodyOf(encodeHello(author, { ...hello, work: 6 }))
  assert.is(body[3], 6)
  assert.is(decodeHello(body)?.work, 6)
})

test('of a hello of another version at least the version can be told, whatever follows', () => {
  holds(fc.tuple(anyByte, fc.uint8Array({ maxLength: 300 })), ([version, rest]) => {
    if (version === PROTOCOL_VERSION) return
    assert.is(decodeHello(Uint8Array.from([version, ...rest]))?.version, version)
  })
})

test('a node with more neighbours than a byte can say does not look like one without any', () => {
  assert.is(decodeHello(bodyOf(encodeHello(author, { ...hello, degree: 256 })))?.degree, 255)
  assert.is(decodeProbe(bodyOf(encodeProbe(FrameType.ping, author, 1, 1_000))), 255)
})

test('a probe says how many neighbours its sender has', () => {
  for (const degree of [0, 1, 12, 255]) {
    assert.is(decodeProbe(bodyOf(encodeProbe(FrameType.pong, author, 7, degree))), degree)
  }
})

test('a probe or a leave without its byte, or with two, is null', () => {
  for (const body of [new Uint8Array(0), Uint8Array.from([1, 1])]) {
    assert.is(decodeProbe(body), null)
    assert.is(decodeLeave(body), null)
  }
})

test('each reason to leave is read as it was written', () => {
  for (const reason of CLOSE_REASONS) assert.is(decodeLeave(bodyOf(encodeLeave(author, reason))), reason)
})

test('a reason that is not in our list is unknown, not malformed', () => {
  const ours = new Set(CLOSE_REASONS.map(closeReasonNumber))
  for (let number = 0; number < 256; number++) {
    if (!ours.has(number)) assert.is(decodeLeave(Uint8Array.from([number])), 'unknown')
  }
})

test('room for a signature is left behind the body and is no part of it', () => {
  const body = fromHex('0a0b0c') as Uint8Array
  const signed = encodeFrame(FrameType.joinRequest, author, 1, body, { hops: 5, signed: true })
  assert.is(signed.length, 48 + 3 + 64)
  assert.is(toHex(bodyOf(signed)), '0a0b0c')
  assert.is(toHex(signed, 4, 8), '05040500')
  assert.is(toHex(bodyOf(encodeFrame(FrameType.joinRequest, author, 1, body))), '0a0b0c')
})

test('any body decodes to null or to what encodes and decodes to the same', () => {
  const almost = fc.tuple(anyHello, fc.nat(), anyByte).map(([value, place, byte]) => {
    const body = bodyOf(encodeHello(author, value)).slice()
    body[place % body.length] = byte
    return body
  })
  holds(
    fc.oneof(fc.uint8Array({ maxLength: 300 }), almost),
    (body) => {
      decodeProbe(body)
      decodeLeave(body)
      const value = decodeHello(body)
      if (value === null || value.version !== PROTOCOL_VERSION) return
      assert.equal(plain(decodeHello(bodyOf(encodeHello(author, value)))), plain(value))
    },
    1_000
  )
})

test.run()

function plain(value: Hello | null): object | null {
  return value === null ? null : { ...value, networkId: toHex(value.networkId), keyProof: toHex(value.keyProof) }
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
