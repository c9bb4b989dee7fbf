// Chunks of DATA frames as a socket would bring them, for the benchmarks of the core.
import { FrameType, HEADER_BYTES, SEQ_OFFSET, viewOf, writeHeader } from '../../packages/core/src/index.ts'

export const FRAME_BYTES = 148
/** A time with which incarnations are plausible. */
export const NOW_MS = 1_750_000_000_000
export const INCARNATION = NOW_MS / 1_000

export interface Chunk {
  readonly bytes: Uint8Array
  readonly view: DataView
  readonly frames: number
}

/** `frames` frames of 100-byte messages; frame i is by author i modulo `origins`. */
export function chunkOf(frames: number, origins: number): Chunk {
  const bytes = new Uint8Array(frames * FRAME_BYTES)
  const view = viewOf(bytes)
  const keys = Array.from({ length: origins }, (_, i) => keyOf(i))
  for (let i = 0; i < frames; i++) {
    const header = { type: FrameType.data, flags: 0, hops: 0, incarnation: INCARNATION, seq: 1 }
    writeHeader(bytes, view, i * FRAME_BYTES, FRAME_BYTES, { ...header, origin: keys[i % origins]! })
    bytes.fill(i, i * FRAME_BYTES + HEADER_BYTES, (i + 1) * FRAME_BYTES)
  }
  return { bytes, view, frames }
}

/** An author's key: 32 bytes that look random, the same in every run. */
export function keyOf(author: number): Uint8Array {
  const key = new Uint8Array(32)
  const view = viewOf(key)
  for (let word = 0; word < 8; word++) view.setUint32(4 * word, mix(author * 8 + word + 1))
  return key
}

export function setSeq({ view }: Chunk, frame: number, seq: number): void {
  view.setUint32(frame * FRAME_BYTES + SEQ_OFFSET, seq)
}

/** The finaliser of MurmurHash3. */
export function mix(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}
