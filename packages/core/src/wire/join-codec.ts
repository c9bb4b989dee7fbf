// The join packets on the wire. JOIN_REQ, JOIN_OFFER, JOIN_NO, SHUFFLE and SHUFFLE_REPLY travel over several links, and
// their author signs them. JOIN_ACK and PEERS cross one link and need no signature.
import { copyBytes, toHex } from '../bytes.ts'
import type { JoinPacket, JoinRefusal, PeerHint } from '../join/packets.ts'
import { bodyOf, type ControlOrigin, encodeFrame } from './control.ts'
import { FieldReader, FieldWriter } from './fields.ts'
import { viewOf } from './header.ts'
import { FrameType, HOPS_OFFSET, ORIGIN_BYTES, ORIGIN_OFFSET, SEQ_OFFSET, TYPE_OFFSET } from './layout.ts'

const NONCE_BYTES = 16

/** Refusals in the order of their numbers on the wire: append only. */
export const JOIN_REFUSALS = [
  'full',
  'known',
  'no-address',
  'busy',
  'bad-nonce',
  'replaced',
  'unknown'
] as const satisfies readonly JoinRefusal[]

/** Checks at compile time that each refusal of the join actor has a number. */
type Numbered<T extends (typeof JOIN_REFUSALS)[number]> = T
export type NumberedJoinRefusal = Numbered<JoinRefusal>

const ROUTED: ReadonlySet<number> = new Set([
  FrameType.joinRequest,
  FrameType.joinOffer,
  FrameType.joinNo,
  FrameType.shuffle,
  FrameType.shuffleReply
])

/**
 * Peers in one packet. A guess: twice the default sample; with addresses of 100 bytes they still fit into a control
 * frame.
 */
const MAX_HINTS = 14

/** Whether frames of `type` come from a distant author and carry a signature in a signed network. */
export function isRoutedType(type: number): boolean {
  return ROUTED.has(type)
}

/**
 * The frame of `packet` by `author`, with room for the signature if it travels and `signed`. Bodies. JOIN_REQ: degree
 * 1, address (length 1, text). JOIN_OFFER: target 32, request 4, nonce 16, address. JOIN_ACK: nonce 16, or nothing.
 * JOIN_NO: target 32, request 4, reason 1. SHUFFLE: address, peers. SHUFFLE_REPLY: target 32, request 4, peers. PEERS:
 * peers, that is: count 1, then for each id 32, address.
 */
export function encodeJoin(author: ControlOrigin, packet: JoinPacket, signed: boolean): Uint8Array {
  const body = new FieldWriter()
  switch (packet.kind) {
    case 'join-request':
      body.uint8(Math.min(packet.degree, 255)).text(packet.address)
      return encodeFrame(FrameType.joinRequest, author, packet.request, body.finish(), { hops: packet.hops, signed })
    case 'join-offer':
      body.hex(packet.target).uint32(packet.request).hex(packet.nonce).text(packet.address)
      return encodeFrame(FrameType.joinOffer, author, 0, body.finish(), { signed })
    case 'join-ack':
      if (packet.nonce !== null) body.hex(packet.nonce)
      return encodeFrame(FrameType.joinAck, author, 0, body.finish())
    case 'join-no':
      body.hex(packet.target).uint32(packet.request).uint8(JOIN_REFUSALS.indexOf(packet.reason))
      return encodeFrame(FrameType.joinNo, author, 0, body.finish(), { signed })
    case 'shuffle':
      writePeers(body.text(packet.address), packet.peers)
      return encodeFrame(FrameType.shuffle, author, packet.request, body.finish(), { hops: packet.hops, signed })
    case 'shuffle-reply':
      writePeers(body.hex(packet.target).uint32(packet.request), packet.peers)
      return encodeFrame(FrameType.shuffleReply, author, 0, body.finish(), { signed })
    case 'peers':
      writePeers(body, packet.peers)
      return encodeFrame(FrameType.peers, author, 0, body.finish())
  }
}

/** The join packet in a whole frame, which the packet keeps for relaying; null if it is none or malformed. */
export function decodeJoin(frame: Uint8Array): JoinPacket | null {
  const fields = new FieldReader(bodyOf(frame))
  const packet = decodeBody(frame, fields)
  return packet !== null && fields.complete ? packet : null
}

/** `frame` with another hop count; the signature does not cover it. */
export function withHops(frame: Uint8Array, hops: number): Uint8Array {
  const copy = copyBytes(frame)
  copy[HOPS_OFFSET] = hops
  return copy
}

function decodeBody(frame: Uint8Array, fields: FieldReader): JoinPacket | null {
  const origin = toHex(frame, ORIGIN_OFFSET, ORIGIN_OFFSET + ORIGIN_BYTES)
  switch (frame[TYPE_OFFSET]) {
    case FrameType.joinRequest: {
      const request = viewOf(frame).getUint32(SEQ_OFFSET)
      return {
        kind: 'join-request',
        origin,
        request,
        hops: frame[HOPS_OFFSET]!,
        degree: fields.uint8(),
        address: fields.text(),
        frame
      }
    }
    case FrameType.joinOffer: {
      const [target, request, nonce] = [fields.hex(ORIGIN_BYTES), fields.uint32(), fields.hex(NONCE_BYTES)]
      return { kind: 'join-offer', origin, target, request, nonce, address: fields.text() ?? '', frame }
    }
    case FrameType.joinAck:
      return { kind: 'join-ack', nonce: bodyOf(frame).length === 0 ? null : fields.hex(NONCE_BYTES) }
    case FrameType.joinNo: {
      // Its author may know more reasons than we do, and the node that carried it is not to blame.
      const [target, request, reason] = [fields.hex(ORIGIN_BYTES), fields.uint32(), JOIN_REFUSALS[fields.uint8()]]
      return { kind: 'join-no', origin, target, request, reason: reason ?? 'unknown', frame }
    }
    default:
      return decodePeers(frame, origin, fields)
  }
}

function decodePeers(frame: Uint8Array, origin: string, fields: FieldReader): JoinPacket | null {
  switch (frame[TYPE_OFFSET]) {
    case FrameType.shuffle: {
      const request = viewOf(frame).getUint32(SEQ_OFFSET)
      const [address, peers] = [fields.text(), readPeers(fields)]
      return peers && { kind: 'shuffle', origin, request, hops: frame[HOPS_OFFSET]!, address, peers, frame }
    }
    case FrameType.shuffleReply: {
      const [target, request, peers] = [fields.hex(ORIGIN_BYTES), fields.uint32(), readPeers(fields)]
      return peers && { kind: 'shuffle-reply', origin, target, request, peers, frame }
    }
    case FrameType.peers: {
      const peers = readPeers(fields)
      return peers && { kind: 'peers', peers }
    }
    default:
      return null
  }
}

function writePeers(body: FieldWriter, peers: readonly PeerHint[]): void {
  const written = peers.slice(0, MAX_HINTS)
  body.uint8(written.length)
  for (const { peer, address } of written) body.hex(peer).text(address)
}

/** Null if there are more than anybody sends, or one without an address. */
function readPeers(fields: FieldReader): PeerHint[] | null {
  const count = fields.uint8()
  if (count > MAX_HINTS) return null
  const peers: PeerHint[] = []
  for (let i = 0; i < count; i++) {
    const [peer, address] = [fields.hex(ORIGIN_BYTES), fields.text()]
    if (address === null) return null
    peers.push({ peer, address })
  }
  return peers
}
