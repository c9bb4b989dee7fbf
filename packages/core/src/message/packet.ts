// A DATA frame as its reader sees it.
import {
  FLAGS_OFFSET,
  HEADER_BYTES,
  HOPS_OFFSET,
  INCARNATION_OFFSET,
  SEQ_OFFSET,
  trailerBytesOf
} from '../wire/layout.ts'

/** A decoded DATA frame. `bodyStart` and `bodyEnd` are offsets in the bytes that held the frame. */
export interface Packet {
  readonly flags: number
  readonly hops: number
  readonly incarnation: number
  readonly seq: number
  readonly bodyStart: number
  readonly bodyEnd: number
}

/** Reads the whole frame at `bytes[start, end)`, which the frame reader has checked. */
export function readPacket(bytes: Uint8Array, view: DataView, start: number, end: number): Packet {
  const flags = bytes[start + FLAGS_OFFSET]!
  return {
    flags,
    hops: bytes[start + HOPS_OFFSET]!,
    incarnation: view.getUint32(start + INCARNATION_OFFSET),
    seq: view.getUint32(start + SEQ_OFFSET),
    bodyStart: start + HEADER_BYTES,
    bodyEnd: end - trailerBytesOf(flags)
  }
}
