// The STEM frame: a DATA frame that travels over single links before it floods. Its own header says nothing about
// anybody.
import { viewOf, writeHeader } from './header.ts'
import {
  FLAGS_OFFSET,
  FrameType,
  flagsOf,
  HEADER_BYTES,
  HOPS_OFFSET,
  LENGTH_BYTES,
  ORIGIN_BYTES,
  TYPE_OFFSET,
  trailerBytesOf,
  ZERO_OFFSET
} from './layout.ts'

const NOBODY = new Uint8Array(ORIGIN_BYTES)

/** Writes the header of a STEM frame of `frameBytes` in total at `offset`; the DATA frame follows it. */
export function writeStemHeader(bytes: Uint8Array, view: DataView, offset: number, frameBytes: number): void {
  const header = { type: FrameType.stem, flags: 0, hops: 0, origin: NOBODY, incarnation: 0, seq: 0 }
  writeHeader(bytes, view, offset, frameBytes, header)
}

/** The STEM frame that carries the whole DATA frame `data`. */
export function encodeStem(data: Uint8Array): Uint8Array {
  const frame = new Uint8Array(HEADER_BYTES + data.length)
  writeStemHeader(frame, viewOf(frame), 0, frame.length)
  frame.set(data, HEADER_BYTES)
  return frame
}

/** The start of the DATA frame in the STEM frame at `bytes[start, end)`; -1 if there is none, or something besides. */
export function stemmedStart(bytes: Uint8Array, view: DataView, start: number, end: number): number {
  const data = start + HEADER_BYTES
  if (end - data < HEADER_BYTES || view.getUint32(data) + LENGTH_BYTES !== end - data) return -1
  const flags = bytes[data + FLAGS_OFFSET]!
  if (bytes[data + TYPE_OFFSET] !== FrameType.data || (flags & ~flagsOf(FrameType.data)) !== 0) return -1
  if (end - data < HEADER_BYTES + trailerBytesOf(flags)) return -1
  return bytes[data + ZERO_OFFSET] === 0 && bytes[data + HOPS_OFFSET] === 0 ? data : -1
}
