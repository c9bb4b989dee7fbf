// The frames that docs/PROTOCOL.md shows: each is read as its stated fields, and those are written as the same bytes.
import { createHash, createPublicKey, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { fromHex, toHex } from '../../src/bytes.ts'
import type { JoinPacket } from '../../src/join/index.ts'
import { fragmentCount } from '../../src/message/fragment.ts'
import { MAX_WRITTEN_FRAME_BYTES, PacketWriter } from '../../src/message/packet-writer.ts'
import { workThreshold } from '../../src/message/work.ts'
import type { CloseReason } from '../../src/wire/close-reasons.ts'
import {
  bodyOf,
  decodeHello,
  decodeLeave,
  decodeProbe,
  encodeHello,
  encodeLeave,
  encodeProbe,
  type Hello
} from '../../src/wire/control.ts'
import {
  type DialBackOutcome,
  decodeDialBack,
  decodeDialBackReply,
  encodeDialBack,
  encodeDialBackReply
} from '../../src/wire/dial-back-codec.ts'
import { viewOf } from '../../src/wire/header.ts'
import { decodeJoin, encodeJoin } from '../../src/wire/join-codec.ts'
import { Flag, FrameType, LAST_FRAME_TYPE } from '../../src/wire/layout.ts'
import { encodeStem, stemmedStart } from '../../src/wire/stem-codec.ts'
import {
  decodeGraft,
  decodeIHave,
  encodeGraft,
  encodeIHave,
  encodeNone,
  encodePrune,
  type Graft,
  lowestOf
} from '../../src/wire/tree-codec.ts'
import { Collector } from '../support/frame-collector.ts'
import { joined } from '../support/frames.ts'
import { packetsIn, readMessages } from '../support/written-messages.ts'
import { makeVectors } from '../vectors/make-vectors.ts'
import { signedMessage, workValue } from '../vectors/signed-message.ts'
import type { Vector, Vectors } from '../vectors/vector.ts'

const vectors = JSON.parse(readFileSync('packages/core/test/vectors/frames.json', 'utf8')) as Vectors
const publicKey = bytesOf(vectors.author.publicKey)
const author = { origin: publicKey, incarnation: vectors.author.incarnation }
const networkId = bytesOf(vectors.network.id)
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex')

for (const vector of vectors.frames) {
  const frame = frameOf(vector)
  const isSigned = vector.frame.signature !== undefined

  test(`${vector.fields.kind}, ${vector.name}: is read as its fields`, () => {
    assert.equal(decode(vector.fields.kind, frame), vector.fields)
  })

  test(`${vector.fields.kind}, ${vector.name}: is written as its bytes`, () => {
    const written = encode(vector, isSigned)
    const nonce = vector.frame.nonce === undefined ? 0 : 8
    const unsigned = (isSigned ? frame.length - 64 : frame.length) - nonce
    assert.is(toHex(written, 0, unsigned), toHex(frame, 0, unsigned))
    assert.is(written.length, frame.length)
  })

  test(`${vector.fields.kind}, ${vector.name}: names its author, and its parts are those of the header`, () => {
    const { length, zero, origin, incarnation } = vector.frame
    assert.is(Number.parseInt(length, 16) + 4, frame.length)
    assert.is(zero, '00')
    const isNobodys = vector.fields.kind === 'stem' || vector.fields.kind === 'iHave'
    assert.is(origin, isNobodys ? '00'.repeat(32) : vectors.author.publicKey)
    assert.is(Number.parseInt(incarnation, 16), isNobodys ? 0 : vectors.author.incarnation)
    assert.is((Number.parseInt(vector.frame.flags, 16) & 4) !== 0, isSigned)
  })

  if (isSigned) {
    test(`${vector.fields.kind}, ${vector.name}: carries its author's signature`, () => {
      assert.is(isGenuine(frame), true)
    })
  }
}

test('a signature does not cover length and hops, and covers every other byte', () => {
  const frame = frameOf(vectors.frames.find(({ frame }) => frame.signature !== undefined) as Vector)
  for (let offset = 0; offset < frame.length - 64; offset++) {
    const changed = frame.with(offset, (frame[offset] as number) ^ 0x10)
    assert.is(isGenuine(changed), offset < 4 || offset === 6, `byte ${offset}`)
  }
})

test('the nonce shows the work of 6 bits, and the ones below it do not', () => {
  const vector = vectors.frames.find(({ frame }) => frame.nonce !== undefined) as Vector
  const frame = frameOf(vector)
  const found = Number.parseInt(vector.frame.nonce ?? '', 16)
  const works = Array.from({ length: found + 1 }, (_, i) => {
    const nonce = Buffer.alloc(8)
    nonce.writeUInt32BE(i, 4)
    return workValue(networkId, frame, nonce) < workThreshold(6, 5)
  })
  assert.is(works.pop(), true)
  assert.not.ok(works.includes(true))
})

test('there is a frame of every type', () => {
  const types = new Set(vectors.frames.map(({ frame }) => Number.parseInt(frame.type, 16)))
  for (let type = 1; type <= LAST_FRAME_TYPE; type++) assert.ok(types.has(type), `type ${type}`)
})

test("a network's id is the SHA-256 of its name", () => {
  assert.is(vectors.network.id, createHash('sha256').update(vectors.network.name).digest('hex'))
})

test('all frames pass the frame reader as one stream', () => {
  const collector = new Collector()
  assert.is(collector.reader.push(joined(vectors.frames.map(frameOf))), null)
  assert.equal(
    collector.frames.map((frame) => toHex(frame)),
    vectors.frames.map((vector) => toHex(frameOf(vector)))
  )
})

test('the vectors are what their generator makes', () => {
  assert.equal(JSON.parse(JSON.stringify(makeVectors())), vectors)
})

test.run()

function bytesOf(digits: string): Uint8Array {
  const bytes = fromHex(digits)
  if (bytes === null) throw new Error(`no hexadecimal digits: ${digits}`)
  return bytes
}

function frameOf({ frame }: Vector): Uint8Array {
  return bytesOf(Object.values(frame).join(''))
}

function isGenuine(frame: Uint8Array): boolean {
  const key = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, publicKey]), format: 'der', type: 'spki' })
  return verify(null, signedMessage(networkId, frame), key, frame.subarray(-64))
}

/** The fields of a frame, as frames.json states them. */
function decode(kind: string, frame: Uint8Array): object | null {
  const body = bodyOf(frame)
  switch (kind) {
    case 'data':
      return { kind, messages: readMessages([frame]).map(({ payload }) => Buffer.from(payload).toString()) }
    case 'fragment': {
      const view = new DataView(body.buffer, body.byteOffset)
      return {
        kind,
        index: view.getUint32(0),
        count: view.getUint32(4),
        part: Buffer.from(body.subarray(8)).toString()
      }
    }
    case 'stem':
      return { kind, data: toHex(frame, stemmedStart(frame, viewOf(frame), 0, frame.length)) }
    case 'hello': {
      const hello = decodeHello(body)
      return hello && { kind, ...hello, networkId: toHex(hello.networkId), keyProof: toHex(hello.keyProof) }
    }
    case 'ping':
    case 'pong':
      return { kind, degree: decodeProbe(body) }
    case 'leave':
      return { kind, reason: decodeLeave(body) }
    case 'prune':
      return { kind }
    case 'none':
      return { kind, lowest: lowestOf(frame) }
    case 'dialBack':
      return { kind, port: decodeDialBack(frame) }
    case 'dialBackReply':
      return { kind, outcome: decodeDialBackReply(frame) }
    case 'graft':
      return { kind, ...decodeGraft(frame) }
    case 'iHave':
      return {
        kind,
        announcements: decodeIHave(frame)?.map(({ author: of, ...rest }) => ({
          ...rest,
          author: of && { origin: toHex(of.origin), incarnation: of.incarnation }
        }))
      }
    default: {
      const { frame: _, ...packet } = decodeJoin(frame) as JoinPacket & { frame?: Uint8Array }
      return packet
    }
  }
}

/** The frame of the stated fields; where its signature belongs, zeros. */
function encode({ fields, frame }: Vector, signed: boolean): Uint8Array {
  switch (fields.kind) {
    case 'data':
      return written(
        signed,
        (writer) => {
          for (const message of fields.messages as string[]) writer.append(Buffer.from(message), 0)
        },
        Number.parseInt(frame.flags, 16) & (Flag.oneTime | Flag.work)
      )
    case 'fragment': {
      const message = Buffer.alloc(65_540, 'a')
      const count = fragmentCount(message.length)
      const both = written(signed, (writer) => {
        for (let index = 0; index < count; index++) writer.appendFragment(message, index, count, 0)
      })
      return both.subarray(packetsIn(both)[0]!.bodyEnd + 64)
    }
    case 'stem':
      return encodeStem(bytesOf(fields.data as string))
    case 'hello': {
      const hello = fields as unknown as Hello & { networkId: string; keyProof: string }
      return encodeHello(author, {
        ...hello,
        networkId: bytesOf(hello.networkId),
        keyProof: bytesOf(hello.keyProof)
      })
    }
    case 'ping':
    case 'pong':
      return encodeProbe(FrameType[fields.kind], author, Number.parseInt(frame.seq, 16), fields.degree as number)
    case 'leave':
      return encodeLeave(author, fields.reason as CloseReason)
    case 'prune':
      return encodePrune(author)
    case 'none':
      return encodeNone(author, fields.lowest as number)
    case 'dialBack':
      return encodeDialBack(author, Number.parseInt(frame.seq, 16), fields.port as number)
    case 'dialBackReply':
      return encodeDialBackReply(author, Number.parseInt(frame.seq, 16), fields.outcome as DialBackOutcome)
    case 'graft':
      return encodeGraft(author, fields as unknown as Graft)
    case 'iHave': {
      const announcements = fields.announcements as { number: number; mark: number; author: object | null }[]
      return encodeIHave(announcements.map((one) => ({ ...one, author: one.author && author })))[0] as Uint8Array
    }
    default:
      return encodeJoin(author, fields as unknown as JoinPacket, signed)
  }
}

function written(signed: boolean, append: (writer: PacketWriter) => void, flags = 0): Uint8Array {
  const slab = new Uint8Array(MAX_WRITTEN_FRAME_BYTES)
  const writer = new PacketWriter(publicKey, author.incarnation, signed, 0, flags)
  writer.attach(slab)
  append(writer)
  return slab.slice(0, writer.detach())
}
