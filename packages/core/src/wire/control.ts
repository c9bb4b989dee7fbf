// The frames that two neighbours exchange about their link: HELLO, PING, PONG, LEAVE. Each body is drawn beside its
// codec.
import { type CloseReason, closeReasonAt, closeReasonNumber } from './close-reasons.ts'
import { FieldReader, FieldWriter } from './fields.ts'
import { viewOf, writeHeader } from './header.ts'
import { bodyEndOf, Flag, FrameType, HEADER_BYTES, SIGNATURE_BYTES } from './layout.ts'

export const PROTOCOL_VERSION = 1

/** Author of a control frame and what numbers it. */
export interface ControlOrigin {
  /** Ed25519 public key, 32 bytes. */
  readonly origin: Uint8Array
  readonly incarnation: number
}

/**
 * First frame on a link, from both sides.
 * Body: version 1, modes 1 (bit 0: packets are signed), degree 1, work 1, network id 32, key proof 32 (zeros: none),
 * advertised address (length 1, text), observed address of the receiver (length 1, text).
 */
export interface Hello {
  readonly version: number
  readonly signed: boolean
  readonly degree: number
  /** Bits of work that each packet must show; 0: none. */
  readonly work: number
  /** SHA-256 of the network's name. */
  readonly networkId: Uint8Array
  readonly keyProof: Uint8Array
  /** `'host:port'`; `':port'` when the host is the one that the receiver sees; null when the sender does not listen. */
  readonly advertised: string | null
  readonly observed: string | null
}

/** Whole frame of `type` around `body`. `signed` leaves room for the signature and sets the flag. */
export function encodeFrame(
  type: number,
  author: ControlOrigin,
  seq: number,
  body: Uint8Array,
  { hops = 0, signed = false }: { hops?: number; signed?: boolean } = {}
): Uint8Array {
  const frame = new Uint8Array(HEADER_BYTES + body.length + (signed ? SIGNATURE_BYTES : 0))
  const flags = signed ? Flag.signed : 0
  writeHeader(frame, viewOf(frame), 0, frame.length, { type, flags, hops, seq, ...author })
  frame.set(body, HEADER_BYTES)
  return frame
}

/** The body of the whole frame `frame`. */
export function bodyOf(frame: Uint8Array): Uint8Array {
  return frame.subarray(HEADER_BYTES, bodyEndOf(frame, 0, frame.length))
}

export function encodeHello(author: ControlOrigin, hello: Hello): Uint8Array {
  const body = new FieldWriter()
    .uint8(hello.version)
    .uint8(hello.signed ? 1 : 0)
    .uint8(Math.min(hello.degree, 255))
    .uint8(hello.work)
    .raw(hello.networkId)
    .raw(hello.keyProof)
    .text(hello.advertised)
    .text(hello.observed)
  return encodeFrame(FrameType.hello, author, 0, body.finish())
}

/**
 * Null when the body is malformed. A version other than ours is read as far as it is known: only its number is sure.
 */
export function decodeHello(body: Uint8Array): Hello | null {
  const fields = new FieldReader(body)
  const [version, modes, degree, work] = [fields.uint8(), fields.uint8(), fields.uint8(), fields.uint8()]
  if (body.length === 0) return null
  const hello: Hello = {
    version,
    signed: (modes & 1) !== 0,
    degree,
    work,
    networkId: fields.raw(32),
    keyProof: fields.raw(32),
    advertised: fields.text(),
    observed: fields.text()
  }
  return fields.complete || hello.version !== PROTOCOL_VERSION ? hello : null
}

/** Keep-alive probe, or its echo. Body: degree 1 (the sender's neighbours). The header's seq numbers the probe. */
export function encodeProbe(
  type: typeof FrameType.ping | typeof FrameType.pong,
  author: ControlOrigin,
  seq: number,
  degree: number
) {
  return encodeFrame(type, author, seq, new FieldWriter().uint8(Math.min(degree, 255)).finish())
}

/** The sender's degree, or null when the body is malformed. */
export function decodeProbe(body: Uint8Array): number | null {
  return body.length === 1 ? body[0]! : null
}

/** Last frame on a link. Body: reason 1 (its number in reasons.ts). */
export function encodeLeave(author: ControlOrigin, reason: CloseReason): Uint8Array {
  return encodeFrame(FrameType.leave, author, 0, new FieldWriter().uint8(closeReasonNumber(reason)).finish())
}

/** The reason given, `'unknown'` for one that is not in our list, or null when the body is malformed. */
export function decodeLeave(body: Uint8Array): CloseReason | null {
  return body.length === 1 ? closeReasonAt(body[0]!) : null
}
