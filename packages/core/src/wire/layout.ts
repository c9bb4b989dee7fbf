// The byte layout of floodnet/1, drawn once. All integers are big-endian.
//
//   offset  size
//    0       4   length       bytes that follow, checked before anything is allocated
//    4       1   type
//    5       1   flags        BATCH, FRAGMENT, SIGNED, ONE_TIME, WORK
//    6       1   hops         DATA: links crossed so far, 0 with ONE_TIME. JOIN_REQ, SHUFFLE: hops left. Not signed
//    7       1   zero
//    8      32   origin       author's Ed25519 public key. PRUNE, GRAFT, NONE: of the author that they are about
//   40       4   incarnation  set at start, higher after every restart and every 10 minutes
//   44       4   seq          DATA: 1, 2, 3 ... within the incarnation. PING, PONG: probe. JOIN_REQ, SHUFFLE: request.
//                             NONE: lowest number held. DIAL_BACK: question
//   48      ..   body
//   ..       8   nonce        only with the WORK flag
//  -64      64   signature    only with the SIGNED flag

export const LENGTH_BYTES = 4
export const HEADER_BYTES = 48
export const SIGNATURE_BYTES = 64
export const NONCE_BYTES = 8
export const ORIGIN_BYTES = 32

export const TYPE_OFFSET = 4
export const FLAGS_OFFSET = 5
export const HOPS_OFFSET = 6
export const ZERO_OFFSET = 7
export const ORIGIN_OFFSET = 8
export const INCARNATION_OFFSET = 40
export const SEQ_OFFSET = 44
/** The highest number of an incarnation; numbers begin with 1. */
export const MAX_SEQ = 0xffffffff

/** Frame types by name. */
export const FrameType = {
  data: 1,
  hello: 2,
  ping: 3,
  pong: 4,
  joinRequest: 5,
  joinOffer: 6,
  joinAck: 7,
  joinNo: 8,
  leave: 9,
  shuffle: 10,
  shuffleReply: 11,
  peers: 12,
  stem: 13,
  prune: 14,
  iHave: 15,
  graft: 16,
  none: 17,
  dialBack: 18,
  dialBackReply: 19
} as const
export const LAST_FRAME_TYPE = FrameType.dialBackReply

/** Bits of the flags byte. */
export const Flag = { batch: 1, fragment: 2, signed: 4, oneTime: 8, work: 16 } as const
const ANY_FRAME_FLAGS = Flag.batch | Flag.fragment | Flag.signed
const DATA_FLAGS = ANY_FRAME_FLAGS | Flag.oneTime | Flag.work

/** The flags that a frame of `type` may carry. */
export function flagsOf(type: number): number {
  if (type >= FrameType.stem) return 0
  return type === FrameType.data ? DATA_FLAGS : ANY_FRAME_FLAGS
}

/** Bytes after the body of a frame with these flags: nonce and signature. */
export function trailerBytesOf(flags: number): number {
  return ((flags & Flag.work) === 0 ? 0 : NONCE_BYTES) + ((flags & Flag.signed) === 0 ? 0 : SIGNATURE_BYTES)
}

/** The end of the body of the whole frame at `bytes[start, end)`. */
export function bodyEndOf(bytes: Uint8Array, start: number, end: number): number {
  return end - trailerBytesOf(bytes[start + FLAGS_OFFSET]!)
}

/** Largest body of a packet that we make for one message, or for a part of a larger one. */
export const MAX_PACKET_BODY_BYTES = 65_536

/**
 * Largest body of a batch that we make: with header and signature it fills 1 MiB. Some 10,000 messages of 100 bytes
 * then share one signature and its two verifications (240 us over two links).
 */
export const MAX_BATCH_BODY_BYTES = 1_048_464

/** A frame of more bytes is refused unless an option says otherwise: 1 MiB, the limit of libp2p pubsub and of NATS. */
export const DEFAULT_MAX_FRAME_BYTES = 1_048_576

/**
 * Largest frame that is not DATA. A HELLO or join packet with two addresses is below 1 KiB, so a stranger cannot make
 * us hold more.
 */
export const MAX_CONTROL_FRAME_BYTES = 2_048
