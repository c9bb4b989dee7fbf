// The frames that two neighbours exchange about their link: HELLO, PING, PONG, LEAVE. Each codec describes its body.
import { type CloseReason, closeReasonAt, closeReasonNumber } from './close-reasons.ts'
import { FieldReader, FieldWriter } from './fields.ts'
import { viewOf, writeHeader } from './header.ts'
import { bodyEndOf, Flag, FrameType, HEADER_BYTES, SIGNATURE_BYTES } from './layout.ts'

export const PROTOCOL_VERSION = 1

/** The author of a control frame, and the frame's numbers. */
export interface ControlOrigin {
  /** Ed25519 public key, 32 bytes. */
  readonly origin: Uint8Array
  readonly incarnation: number
}

/**
 * The first frame on a link, from both sides. Body: version 1, modes 1 (bit 0: packets are signed), degree 1, work 1,
 * network id 32, key proof 32 (zeros: none), advertised address (length 1, text), observed address of the receiver
 * (length 1, text).
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
  /** `'host:port'`; `':port'` if the host is the one that the receiver sees; null if the sender does not listen. */
  readonly advertised: string | null
  readonly observed: string | null
}

/** The whole frame of `type` around `body`. `signed` sets the flag and leaves room for the signature. */
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

/** Null if the body is malformed. Of another version than ours, only the version number is certain. */
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

/** The sender's degree, or null if the body is malformed. */
export function decodeProbe(body: Uint8Array): number | null {
  return body.length === 1 ? body[0]! : null
}

/** The last frame on a link. Body: reason 1 (its number in close-reasons.ts). */
export function encodeLeave(author: ControlOrigin, reason: CloseReason): Uint8Array {
  return encodeFrame(FrameType.leave, author, 0, new FieldWriter().uint8(closeReasonNumber(reason)).finish())
}

/** The reason given, `'unknown'` if our list does not have it, or null if the body is malformed. */
export function decodeLeave(body: Uint8Array): CloseReason | null {
  return body.length === 1 ? closeReasonAt(body[0]!) : null
}
