// Makes the frames of frames.json with our own encoders, signed with a key from a stated seed.
import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto'
import { toHex } from '../../src/bytes.ts'
import type { JoinPacket } from '../../src/join/index.ts'
import { fragmentCount } from '../../src/message/fragment.ts'
import { MAX_WRITTEN_FRAME_BYTES, PacketWriter } from '../../src/message/packet-writer.ts'
import { encodeHello, encodeLeave, encodeProbe, type Hello } from '../../src/wire/control.ts'
import { encodeDialBack, encodeDialBackReply } from '../../src/wire/dial-back-codec.ts'
import { encodeJoin, withHops } from '../../src/wire/join-codec.ts'
import {
  bodyEndOf,
  FLAGS_OFFSET,
  Flag,
  FrameType,
  HEADER_BYTES,
  NONCE_BYTES,
  SIGNATURE_BYTES
} from '../../src/wire/layout.ts'
import { encodeStem } from '../../src/wire/stem-codec.ts'
import { encodeGraft, encodeIHave, encodeNone, encodePrune } from '../../src/wire/tree-codec.ts'
import { signedMessage, workValue } from './signed-message.ts'
import type { FrameParts, Vector, Vectors } from './vector.ts'

const NETWORK = 'vectors'
const SEED = Uint8Array.from({ length: 32 }, (_, i) => i)
const INCARNATION = 1_790_000_000
const NOW_MS = INCARNATION * 1_000
/** DER of an Ed25519 private key up to its 32 bytes of seed (RFC 8410). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex')

const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, SEED]), format: 'der', type: 'pkcs8' })
const publicKey = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(-32)
const networkId = createHash('sha256').update(NETWORK).digest()
const author = { origin: publicKey, incarnation: INCARNATION }
const origin = toHex(publicKey)
const target = 'b0'.repeat(32)
const nonce = '000102030405060708090a0b0c0d0e0f'

export function makeVectors(): Vectors {
  return {
    protocol: 'floodnet/1',
    about: [
      'Integers are big-endian. The parts of a frame, joined in their order, are its bytes.',
      'A signature is Ed25519 over: the 10 bytes "floodnet/1" | network id | bytes 4 to 48 of the frame with hops as zero | SHA-256 of the body.',
      'With flag 16 the nonce is between body and signature, and covered by neither.'
    ],
    network: { name: NETWORK, id: toHex(networkId) },
    author: { seed: toHex(SEED), publicKey: origin, incarnation: INCARNATION },
    frames: [...dataVectors(), ...linkVectors(), ...joinVectors(), ...treeVectors(), ...dialBackVectors()]
  }
}

function dataVectors(): Vector[] {
  return [
    dataVector('a lone message, not signed', ['hello'], false),
    dataVector('a lone message', ['hello'], true),
    dataVector('a lone message of no bytes', [''], true),
    dataVector('three messages that share a packet', ['one', '', 'three'], true),
    fragmentVector(),
    dataVector('a message of a one-time origin', ['psst'], true, Flag.oneTime),
    workVector(),
    stemVector()
  ]
}

function dataVector(name: string, messages: readonly string[], signed: boolean, flags = 0): Vector {
  const frame = write(
    signed,
    (writer) => {
      for (const message of messages) writer.append(Buffer.from(message), NOW_MS)
    },
    flags
  )
  return vectorOf(name, { kind: 'data', messages }, frame)
}

/** In a network of 6 bits: the first 48 bits of the hash are below 2^48 / (2^6 * (5 + 2)). */
function workVector(): Vector {
  const frame = write(true, (writer) => writer.append(Buffer.from('hello'), NOW_MS), Flag.work)
  const nonce = Buffer.alloc(NONCE_BYTES)
  while (workValue(networkId, frame, nonce) >= Math.floor(2 ** 48 / (2 ** 6 * 7)))
    nonce.writeUInt32BE(nonce.readUInt32BE(4) + 1, 4)
  frame.set(nonce, frame.length - SIGNATURE_BYTES - NONCE_BYTES)
  return vectorOf('a lone message with the work of 6 bits', { kind: 'data', messages: ['hello'] }, frame)
}

/** The parts of a frame in a frame: what it carries is its body. */
function stemVector(): Vector {
  const data = signed(write(true, (writer) => writer.append(Buffer.from('hello'), NOW_MS)))
  const fields = { kind: 'stem', data: toHex(data) }
  return { name: 'a lone message on its stem', fields, frame: partsOf(encodeStem(data)) }
}

function fragmentVector(): Vector {
  const message = new Uint8Array(65_540).fill(0x61)
  const count = fragmentCount(message.length)
  const frames = write(true, (writer) => {
    for (let index = 0; index < count; index++) writer.appendFragment(message, index, count, NOW_MS)
  })
  const last = frames.slice(HEADER_BYTES + 65_536 + SIGNATURE_BYTES)
  const fields = { kind: 'fragment', index: 1, count, part: 'a'.repeat(12) }
  return vectorOf('the last fragment of a message of 65,540 times "a"', fields, last)
}

function write(signed: boolean, append: (writer: PacketWriter) => void, flags = 0): Uint8Array {
  const slab = new Uint8Array(MAX_WRITTEN_FRAME_BYTES)
  const writer = new PacketWriter(publicKey, INCARNATION, signed, NOW_MS, flags)
  writer.attach(slab)
  append(writer)
  return slab.slice(0, writer.detach())
}

function linkVectors(): Vector[] {
  const open: Hello = {
    version: 1,
    signed: true,
    degree: 4,
    work: 0,
    networkId,
    keyProof: new Uint8Array(32),
    advertised: ':55555',
    observed: '10.0.0.7:41000'
  }
  const closed = { ...open, keyProof: new Uint8Array(32).fill(0xcd), degree: 0, advertised: null, observed: '[::1]:9' }
  return [
    vectorOf('the hello of a node that listens on port 55555', helloFields(open), encodeHello(author, open)),
    vectorOf(
      'the hello of a node that does not listen, in a network with a key',
      helloFields(closed),
      encodeHello(author, closed)
    ),
    vectorOf(
      'probe 7 of a node with 3 neighbours',
      { kind: 'ping', degree: 3 },
      encodeProbe(FrameType.ping, author, 7, 3)
    ),
    vectorOf('its echo, by a node with 5', { kind: 'pong', degree: 5 }, encodeProbe(FrameType.pong, author, 7, 5)),
    vectorOf(
      'the last frame of a node that leaves',
      { kind: 'leave', reason: 'leaving' },
      encodeLeave(author, 'leaving')
    ),
    vectorOf(
      'the last frame to a peer that forged a signature',
      { kind: 'leave', reason: 'bad-signature' },
      encodeLeave(author, 'bad-signature')
    )
  ]
}

function dialBackVectors(): Vector[] {
  return [
    vectorOf(
      'question 3: can port 55555 be dialled?',
      { kind: 'dialBack', port: 55_555 },
      encodeDialBack(author, 3, 55_555)
    ),
    vectorOf(
      'its answer: it can',
      { kind: 'dialBackReply', outcome: 'reached' },
      encodeDialBackReply(author, 3, 'reached')
    )
  ]
}

function helloFields(hello: Hello): Vector['fields'] {
  return { kind: 'hello', ...hello, networkId: toHex(hello.networkId), keyProof: toHex(hello.keyProof) }
}

function joinVectors(): Vector[] {
  const request: JoinPacket = {
    kind: 'join-request',
    origin,
    request: 1,
    hops: 5,
    degree: 2,
    address: '10.0.0.7:55555'
  }
  const peers = [{ peer: target, address: '[2001:db8::7]:55555' }]
  const walked = vectorOf('a request for neighbours', { ...request }, encodeJoin(author, request, true))
  const relayed = withHops(encodeSigned(request), 4)
  return [
    walked,
    vectorOf('the same a hop later: only hops differ', { ...request, hops: 4 }, relayed),
    joinVector('an offer that answers it', {
      kind: 'join-offer',
      origin,
      target,
      request: 1,
      nonce,
      address: '[2001:db8::7]:55555'
    }),
    joinVector('the claim of the slot that was offered', { kind: 'join-ack', nonce }),
    joinVector('we are neighbours', { kind: 'join-ack', nonce: null }),
    joinVector('a refusal', { kind: 'join-no', origin, target, request: 1, reason: 'full' }),
    joinVector('a sample of peers on its stem', {
      kind: 'shuffle',
      origin,
      request: 2,
      hops: 5,
      address: 'a.example:1',
      peers
    }),
    joinVector('the sample that is traded for it', { kind: 'shuffle-reply', origin, target, request: 2, peers }),
    joinVector('peers to try instead', { kind: 'peers', peers })
  ]
}

function joinVector(name: string, packet: JoinPacket): Vector {
  return vectorOf(name, { ...packet }, encodeJoin(author, packet, true))
}

function treeVectors(): Vector[] {
  const named = [
    { number: 0, author, mark: 1_000 },
    { number: 7, author: null, mark: 21 }
  ]
  const [iHave = new Uint8Array(0)] = encodeIHave(named)
  const announcements = named.map(({ author: of, ...rest }) => ({
    ...rest,
    author: of && { origin, incarnation: INCARNATION }
  }))
  const graft = {
    pushes: true,
    ranges: [
      { from: 5, to: 7 },
      { from: 9, to: 0xffffffff }
    ]
  }
  return [
    vectorOf('push the author to me no more', { kind: 'prune' }, encodePrune(author)),
    vectorOf('I have two authors, the first of whom is named', { kind: 'iHave', announcements }, iHave),
    vectorOf(
      'send me 5 to 7 and all from 9 on, and push what follows',
      { kind: 'graft', ...graft },
      encodeGraft(author, graft)
    ),
    vectorOf('nothing below 40 is left', { kind: 'none', lowest: 40 }, encodeNone(author, 40))
  ]
}

function encodeSigned(packet: JoinPacket): Uint8Array {
  return signed(encodeJoin(author, packet, true))
}

function vectorOf(name: string, fields: Vector['fields'], frame: Uint8Array): Vector {
  return { name, fields, frame: partsOf(signed(frame)) }
}

/** The frame with its signature, when it has room for one. */
function signed(frame: Uint8Array): Uint8Array {
  if (((frame[FLAGS_OFFSET] ?? 0) & Flag.signed) === 0) return frame
  const copy = frame.slice()
  copy.set(sign(null, signedMessage(networkId, copy), privateKey), copy.length - SIGNATURE_BYTES)
  return copy
}

function partsOf(frame: Uint8Array): FrameParts {
  const isSigned = ((frame[FLAGS_OFFSET] ?? 0) & Flag.signed) !== 0
  const signatureAt = isSigned ? frame.length - SIGNATURE_BYTES : frame.length
  const bodyEnd = bodyEndOf(frame, 0, frame.length)
  return {
    length: toHex(frame, 0, 4),
    type: toHex(frame, 4, 5),
    flags: toHex(frame, 5, 6),
    hops: toHex(frame, 6, 7),
    zero: toHex(frame, 7, 8),
    origin: toHex(frame, 8, 40),
    incarnation: toHex(frame, 40, 44),
    seq: toHex(frame, 44, 48),
    body: toHex(frame, 48, bodyEnd),
    ...(bodyEnd < signatureAt && { nonce: toHex(frame, bodyEnd, signatureAt) }),
    ...(isSigned && { signature: toHex(frame, signatureAt) })
  }
}
