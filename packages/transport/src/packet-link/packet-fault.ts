// Whether bytes are one whole DATA frame. Links to peers have their frame reader for this; a program's bytes arrive
// whole.
import {
  FLAGS_OFFSET,
  type FrameFault,
  FrameType,
  flagsOf,
  HEADER_BYTES,
  LENGTH_BYTES,
  TYPE_OFFSET,
  trailerBytesOf,
  viewOf,
  ZERO_OFFSET
} from '@floodnet/core'

/** Null: they are. */
export function packetFault(bytes: Uint8Array, maxFrameBytes: number): FrameFault | null {
  if (bytes.length < HEADER_BYTES) return 'frame-too-short'
  const flags = bytes[FLAGS_OFFSET]!
  if (bytes[TYPE_OFFSET] !== FrameType.data) return 'unknown-type'
  if ((flags & ~flagsOf(FrameType.data)) !== 0 || bytes[ZERO_OFFSET] !== 0) return 'unknown-flags'
  if (bytes.length > maxFrameBytes) return 'frame-too-large'
  if (bytes.length < HEADER_BYTES + trailerBytesOf(flags)) return 'frame-too-short'
  return viewOf(bytes).getUint32(0) + LENGTH_BYTES === bytes.length ? null : 'malformed-frame'
}
