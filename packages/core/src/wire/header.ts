// Writes and reads the fixed part of a frame. Hot: guarded by the benchmark core.decode.
import {
  FLAGS_OFFSET,
  HEADER_BYTES,
  HOPS_OFFSET,
  INCARNATION_OFFSET,
  LENGTH_BYTES,
  ORIGIN_OFFSET,
  SEQ_OFFSET,
  TYPE_OFFSET,
  ZERO_OFFSET
} from './layout.ts'

/** The variable fields of a header. */
export interface Header {
  readonly type: number
  readonly flags: number
  readonly hops: number
  readonly origin: Uint8Array
  readonly incarnation: number
  readonly seq: number
}

/** Writes the header of a frame of `frameBytes` (the whole frame, with the length field) at `offset`. */
export function writeHeader(
  bytes: Uint8Array,
  view: DataView,
  offset: number,
  frameBytes: number,
  header: Header
): void {
  view.setUint32(offset, frameBytes - LENGTH_BYTES)
  bytes[offset + TYPE_OFFSET] = header.type
  bytes[offset + FLAGS_OFFSET] = header.flags
  bytes[offset + HOPS_OFFSET] = header.hops
  bytes[offset + ZERO_OFFSET] = 0
  bytes.set(header.origin, offset + ORIGIN_OFFSET)
  view.setUint32(offset + INCARNATION_OFFSET, header.incarnation)
  view.setUint32(offset + SEQ_OFFSET, header.seq)
}

/**
 * Copies the part of the header at `start` that the signature covers to `target`: all but the length, with hops as zero
 * (44 bytes).
 */
export function copySignedHeader(bytes: Uint8Array, start: number, target: Uint8Array, offset: number): void {
  target.set(bytes.subarray(start + LENGTH_BYTES, start + HEADER_BYTES), offset)
  target[offset + HOPS_OFFSET - LENGTH_BYTES] = 0
}

/** A view of the same bytes. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
