// A packet of a flood as a NATS message: its body is the message's, and everything else in its frame is in headers,
// with the author's signature. Pure: anybody may have written what comes from NATS, so we trust nothing in it before we
// have read it.
import {
  copyBytes,
  Flag,
  FrameType,
  fromHex,
  HEADER_BYTES,
  NONCE_BYTES,
  ORIGIN_BYTES,
  ORIGIN_OFFSET,
  readPacket,
  SIGNATURE_BYTES,
  toHex,
  viewOf,
  writeHeader
} from '@floodnet/core'

/** Header names, a contract with everybody who reads the subject. */
export const HEADER = {
  origin: 'Floodnet-Origin',
  incarnation: 'Floodnet-Incarnation',
  seq: 'Floodnet-Seq',
  flags: 'Floodnet-Flags',
  hops: 'Floodnet-Hops',
  nonce: 'Floodnet-Nonce',
  signature: 'Floodnet-Signature',
  flood: 'Floodnet-Flood',
  bridge: 'Floodnet-Bridge',
  part: 'Floodnet-Part',
  number: 'Floodnet-Number'
} as const

/** Headers by name. */
export type Headers = ReadonlyMap<string, string>

/** A packet between a flood and NATS. */
export interface CarriedPacket {
  /** Its name, forever: origin, incarnation and seq. */
  readonly id: string
  /** Everything in its frame except the body. */
  readonly headers: Headers
  /** The message, if it is alone in its packet; otherwise a batch or a part of one (docs/PROTOCOL.md, DATA). */
  readonly body: Uint8Array
}

const FLAG_WORDS = Object.entries({
  batch: Flag.batch,
  fragment: Flag.fragment,
  signed: Flag.signed,
  'one-time': Flag.oneTime,
  work: Flag.work
})
const MAX_UINT32 = 0xffffffff
const MAX_HOPS_SHOWN = 255

/** A whole DATA frame, as a packet link gives it. */
export function carriedOf(frame: Uint8Array): CarriedPacket {
  const { flags, hops, incarnation, seq, bodyStart, bodyEnd } = readPacket(frame, viewOf(frame), 0, frame.length)
  const origin = toHex(frame.subarray(ORIGIN_OFFSET, ORIGIN_OFFSET + ORIGIN_BYTES))
  const headers = new Map<string, string>([
    [HEADER.origin, origin],
    [HEADER.incarnation, String(incarnation)],
    [HEADER.seq, String(seq)],
    [HEADER.hops, String(hops)]
  ])
  if (flags !== 0) headers.set(HEADER.flags, wordsOf(flags))
  const signatureStart = frame.length - ((flags & Flag.signed) === 0 ? 0 : SIGNATURE_BYTES)
  if ((flags & Flag.work) !== 0) headers.set(HEADER.nonce, base64(frame.subarray(bodyEnd, signatureStart)))
  if ((flags & Flag.signed) !== 0) headers.set(HEADER.signature, base64(frame.subarray(signatureStart)))
  return { id: `${origin}.${incarnation}.${seq}`, headers, body: frame.subarray(bodyStart, bodyEnd) }
}

/** The frame in a NATS message; null if its headers are not those of one. */
export function frameOf(headers: Headers, body: Uint8Array): Uint8Array | null {
  const origin = originIn(headers)
  const flags = flagsIn(headers.get(HEADER.flags) ?? '')
  const incarnation = numberIn(headers, HEADER.incarnation, MAX_UINT32)
  const seq = numberIn(headers, HEADER.seq, MAX_UINT32)
  const hops = numberIn(headers, HEADER.hops, MAX_HOPS_SHOWN)
  if (origin === null || flags === null || incarnation === null || seq === null || hops === null) return null
  const trailer = trailerIn(headers, flags)
  if (trailer === null) return null
  const frame = new Uint8Array(HEADER_BYTES + body.length + trailer.length)
  writeHeader(frame, viewOf(frame), 0, frame.length, { type: FrameType.data, flags, hops, origin, incarnation, seq })
  frame.set(body, HEADER_BYTES)
  frame.set(trailer, HEADER_BYTES + body.length)
  return frame
}

/** The id that `carriedOf` gave the packet; do not trust it before its frame has been verified. */
export function idIn(headers: Headers): string {
  return [HEADER.origin, HEADER.incarnation, HEADER.seq].map((name) => headers.get(name)).join('.')
}

/** The id of a frame. */
export function idOfFrame(frame: Uint8Array): string {
  const { incarnation, seq } = readPacket(frame, viewOf(frame), 0, frame.length)
  return `${toHex(frame.subarray(ORIGIN_OFFSET, ORIGIN_OFFSET + ORIGIN_BYTES))}.${incarnation}.${seq}`
}

function wordsOf(flags: number): string {
  return FLAG_WORDS.filter(([, bit]) => (flags & bit) !== 0)
    .map(([word]) => word)
    .join(' ')
}

function flagsIn(text: string): number | null {
  let flags = 0
  for (const word of text.split(' ')) {
    if (word === '') continue
    const known = FLAG_WORDS.find(([name]) => name === word)
    if (known === undefined) return null
    flags |= known[1]
  }
  return flags
}

function originIn(headers: Headers): Uint8Array | null {
  const text = headers.get(HEADER.origin) ?? ''
  return /^[0-9a-f]{64}$/.test(text) ? fromHex(text) : null
}

function numberIn(headers: Headers, name: string, max: number): number | null {
  const text = headers.get(name) ?? ''
  return /^\d{1,10}$/.test(text) && Number(text) <= max ? Number(text) : null
}

/** Nonce and signature, as the flags say. */
function trailerIn(headers: Headers, flags: number): Uint8Array | null {
  const nonce = (flags & Flag.work) === 0 ? '' : headers.get(HEADER.nonce)
  const signature = (flags & Flag.signed) === 0 ? '' : headers.get(HEADER.signature)
  const parts = [Buffer.from(nonce ?? '', 'base64'), Buffer.from(signature ?? '', 'base64')]
  const [nonceBytes = 0, signatureBytes = 0] = parts.map(({ length }) => length)
  const isWhole =
    nonceBytes === ((flags & Flag.work) === 0 ? 0 : NONCE_BYTES) &&
    signatureBytes === ((flags & Flag.signed) === 0 ? 0 : SIGNATURE_BYTES)
  return isWhole ? copyBytes(Buffer.concat(parts)) : null
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64')
}
