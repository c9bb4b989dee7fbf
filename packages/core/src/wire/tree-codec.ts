// The frames by which two neighbours agree who pushes an author's packets to whom. PRUNE, GRAFT and NONE name one
// author in their header; IHAVE tells of many in its body. None is signed, because each concerns only its own link.
import { toHex } from '../bytes.ts'
import { bodyOf, type ControlOrigin, encodeFrame } from './control.ts'
import { FieldReader, FieldWriter } from './fields.ts'
import { viewOf } from './header.ts'
import {
  FrameType,
  HEADER_BYTES,
  INCARNATION_OFFSET,
  MAX_CONTROL_FRAME_BYTES,
  MAX_SEQ,
  ORIGIN_BYTES,
  ORIGIN_OFFSET,
  SEQ_OFFSET
} from './layout.ts'

/** Ranges that one GRAFT may ask for: of the order of those in Corrosion's sync. A node that lacks more asks again. */
export const MAX_GRAFT_RANGES = 32
/**
 * Packets that one GRAFT may ask for, without the open range. A guess: what 16 MiB of recent frames hold of 4 KiB
 * packets.
 */
export const MAX_GRAFT_PACKETS = 4_096
/**
 * Authors that IHAVE can tell of on one link. A guess: 256 KiB of what a link remembers; far more busy authors than
 * anybody reads.
 */
export const MAX_ANNOUNCED_AUTHORS = 4_096

/**
 * Bytes of an IHAVE entry that refers to an author by number, and of one that also says which author the number means.
 */
export const ENTRY_BYTES = 6
export const NAMED_ENTRY_BYTES = ENTRY_BYTES + ORIGIN_BYTES + 4

const NAMED = 0x8000
const NOBODY: ControlOrigin = { origin: new Uint8Array(ORIGIN_BYTES), incarnation: 0 }
const PUSH = 1

/** An author's incarnation, named by a frame in `bytes`. */
export interface AuthorIncarnation {
  /** 64 hex digits. */
  readonly origin: string
  readonly incarnation: number
}

/** Numbers from `from` to `to`, both included. `to` MAX_SEQ: and everything that follows. */
export interface SeqRange {
  readonly from: number
  readonly to: number
}

/** PRUNE: do not push this author's packets over this link any more. No body. */
export function encodePrune(author: ControlOrigin): Uint8Array {
  return encodeFrame(FrameType.prune, author, 0, new Uint8Array(0))
}

/** Whether a PRUNE, or another frame without a body, is well formed. */
export function hasNoBody(frame: Uint8Array): boolean {
  return frame.length === HEADER_BYTES
}

/** NONE: below `lowest`, nothing of what GRAFT asked for is left here; 0: nothing at all. No body. */
export function encodeNone(author: ControlOrigin, lowest: number): Uint8Array {
  return encodeFrame(FrameType.none, author, lowest, new Uint8Array(0))
}

/** The `lowest` of a NONE. */
export function lowestOf(frame: Uint8Array): number {
  return viewOf(frame).getUint32(SEQ_OFFSET)
}

/** The author's incarnation that a PRUNE, GRAFT or NONE concerns. */
export function authorOf(frame: Uint8Array): AuthorIncarnation {
  return {
    origin: toHex(frame, ORIGIN_OFFSET, ORIGIN_OFFSET + ORIGIN_BYTES),
    incarnation: viewOf(frame).getUint32(INCARNATION_OFFSET)
  }
}

/** GRAFT. Body: modes 1 (bit 0: push what follows), count 1, then for each range from 4, to 4. */
export interface Graft {
  readonly pushes: boolean
  /** Ascending, apart from each other. */
  readonly ranges: readonly SeqRange[]
}

export function encodeGraft(author: ControlOrigin, { pushes, ranges }: Graft): Uint8Array {
  const body = new FieldWriter().uint8(pushes ? PUSH : 0).uint8(ranges.length)
  for (const { from, to } of ranges) body.uint32(from).uint32(to)
  return encodeFrame(FrameType.graft, author, 0, body.finish())
}

/** Null if it is malformed: inverted, unordered or too many ranges, or too many packets. */
export function decodeGraft(frame: Uint8Array): Graft | null {
  const fields = new FieldReader(bodyOf(frame))
  const pushes = (fields.uint8() & PUSH) !== 0
  const count = fields.uint8()
  if (count > MAX_GRAFT_RANGES) return null
  const ranges: SeqRange[] = []
  for (let i = 0; i < count; i++) ranges.push({ from: fields.uint32(), to: fields.uint32() })
  return fields.complete && areSound(ranges) ? { pushes, ranges } : null
}

function areSound(ranges: readonly SeqRange[]): boolean {
  let [last, packets] = [0, 0]
  for (const { from, to } of ranges) {
    if (from <= last || to < from) return false
    if (to < MAX_SEQ) packets += to - from + 1
    last = to
  }
  return packets <= MAX_GRAFT_PACKETS
}

/** One entry of IHAVE: the sender has everything of the author up to `mark`, and does not push it over this link. */
export interface Announcement {
  /** The sender's number for the author's incarnation on this link, below MAX_ANNOUNCED_AUTHORS. */
  readonly number: number
  readonly mark: number
  /** The author that the number means from now on; null: the same as before. */
  readonly author: ControlOrigin | null
}

/**
 * IHAVE frames with these entries: one unless they do not fit. Body, repeated: number 2 (its top bit: an author
 * follows), origin 32, incarnation 4, mark 4.
 */
export function encodeIHave(announcements: readonly Announcement[]): Uint8Array[] {
  const frames: Uint8Array[] = []
  let body = new FieldWriter()
  let bytes = HEADER_BYTES
  const finish = () => frames.push(encodeFrame(FrameType.iHave, NOBODY, 0, body.finish()))
  for (const { number, mark, author } of announcements) {
    const entryBytes = author === null ? ENTRY_BYTES : NAMED_ENTRY_BYTES
    if (bytes + entryBytes > MAX_CONTROL_FRAME_BYTES) {
      finish()
      body = new FieldWriter()
      bytes = HEADER_BYTES
    }
    bytes += entryBytes
    const word = author === null ? number : number | NAMED
    body.uint8(word >>> 8).uint8(word & 0xff)
    if (author !== null) body.raw(author.origin).uint32(author.incarnation)
    body.uint32(mark)
  }
  if (bytes > HEADER_BYTES) finish()
  return frames
}

/** Null if it is malformed. The origins lie in the frame: copy what you keep. */
export function decodeIHave(frame: Uint8Array): Announcement[] | null {
  const fields = new FieldReader(bodyOf(frame))
  const announcements: Announcement[] = []
  for (let left = frame.length - HEADER_BYTES; left > 0; ) {
    const word = fields.uint8() * 256 + fields.uint8()
    const number = word & ~NAMED
    const isNamed = (word & NAMED) !== 0
    const author = isNamed ? { origin: fields.raw(ORIGIN_BYTES), incarnation: fields.uint32() } : null
    announcements.push({ number, author, mark: fields.uint32() })
    if (number >= MAX_ANNOUNCED_AUTHORS) return null
    left -= isNamed ? NAMED_ENTRY_BYTES : ENTRY_BYTES
  }
  return fields.complete ? announcements : null
}
