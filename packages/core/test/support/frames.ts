// Random frames that break no rule of the wire, and random ways to cut and to spoil a stream of them.
import fc from 'fast-check'
import { concatBytes } from '../../src/bytes.ts'
import { viewOf, writeHeader } from '../../src/wire/header.ts'
import {
  Flag,
  FrameType,
  flagsOf,
  HEADER_BYTES,
  LAST_FRAME_TYPE,
  MAX_CONTROL_FRAME_BYTES,
  SIGNATURE_BYTES,
  trailerBytesOf
} from '../../src/wire/layout.ts'

export interface FrameFields {
  type?: number
  flags?: number
  hops?: number
  /** The key's bytes are all this one, unless they are given as bytes. */
  origin?: number | Uint8Array
  incarnation?: number
  seq?: number
  /** A length, or bytes. The signature is no part of it. */
  body?: number | Uint8Array
}

/**
 * A whole frame; with the SIGNED flag its signature is 63 bytes of 0xee and one of 0x0e, so that S is below the order.
 */
export function makeFrame(fields: FrameFields = {}): Uint8Array {
  const { type = FrameType.data, flags = 0, hops = 0, incarnation = 1, seq = 1 } = fields
  const origin = typeof fields.origin === 'object' ? fields.origin : new Uint8Array(32).fill(fields.origin ?? 7)
  const body = typeof fields.body === 'object' ? fields.body : patternOf(fields.body ?? 3, seq)
  const frame = new Uint8Array(HEADER_BYTES + body.length + trailerBytesOf(flags)).fill(0xee)
  writeHeader(frame, viewOf(frame), 0, frame.length, { type, flags, hops, origin, incarnation, seq })
  frame.set(body, HEADER_BYTES)
  if ((flags & Flag.signed) !== 0) frame[frame.length - 1] = 0x0e
  return frame
}

/** `length` bytes that differ from place to place and from `salt` to `salt`. */
export function patternOf(length: number, salt = 0): Uint8Array {
  const bytes = new Uint8Array(length)
  for (let i = 0; i < length; i++) bytes[i] = Math.imul(i + 1, 151) + Math.imul(i >>> 8, 29) + Math.imul(salt, 37)
  return bytes
}

export const anyU32: fc.Arbitrary<number> = fc.oneof(
  fc.integer({ min: 0, max: 0xffffffff }),
  fc.constantFrom(0, 1, 0x7fffffff, 0x80000000, 0xffffffff)
)
export const anyByte: fc.Arbitrary<number> = fc.integer({ min: 0, max: 255 })
export const anyKey: fc.Arbitrary<Uint8Array> = fc.uint8Array({ minLength: 32, maxLength: 32 })

const controlBody = MAX_CONTROL_FRAME_BYTES - HEADER_BYTES - SIGNATURE_BYTES

/** A frame of any type with any flags. Most are small, some data frames are many kilobytes. */
export const anyFrame: fc.Arbitrary<Uint8Array> = fc
  .record({
    type: fc.integer({ min: 1, max: LAST_FRAME_TYPE }),
    flags: fc.integer({ min: 0, max: 31 }),
    hops: anyByte,
    origin: anyKey,
    incarnation: anyU32,
    seq: anyU32,
    body: fc.oneof(
      { weight: 8, arbitrary: fc.integer({ min: 0, max: 120 }) },
      { weight: 2, arbitrary: fc.integer({ min: 0, max: 40_000 }) }
    )
  })
  .map((fields) =>
    makeFrame(
      fields.type === FrameType.data
        ? fields
        : { ...fields, flags: fields.flags & flagsOf(fields.type), body: Math.min(fields.body, controlBody) }
    )
  )

export const anyFrames: fc.Arbitrary<Uint8Array[]> = fc.array(anyFrame, { maxLength: 12 })

/**
 * Lengths of chunks, in turn and from the beginning again; 0 is an empty chunk. Short ones pause inside prefix and
 * header.
 */
export const anyCuts: fc.Arbitrary<number[]> = fc
  .array(
    fc.oneof(
      fc.integer({ min: 0, max: 9 }),
      fc.integer({ min: 40, max: 120 }),
      fc.integer({ min: 0, max: 3_000 }),
      fc.constant(100_000)
    ),
    { minLength: 1, maxLength: 12 }
  )
  .map((cuts) => [...cuts, 17])

/** `stream` in pieces of the lengths in `cuts`. The pieces lie inside a larger buffer, as those of sockets do. */
export function cut(stream: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const pieces: Uint8Array[] = []
  for (let offset = 0, i = 0; offset < stream.length; i++) {
    const end = Math.min(stream.length, offset + (cuts[i % cuts.length] ?? 1))
    const around = new Uint8Array(end - offset + 8)
    around.set(stream.subarray(offset, end), 3)
    pieces.push(around.subarray(3, 3 + end - offset))
    offset = end
  }
  return pieces
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  return concatBytes(
    parts,
    parts.reduce((total, part) => total + part.length, 0)
  )
}

/** Bytes to overwrite (place as a share of the stream, new value) and where the stream breaks off. */
export const anyDamage = fc.record({
  flips: fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), anyByte), { maxLength: 6 }),
  keep: fc.oneof(fc.constant(1), fc.double({ min: 0, max: 1, noNaN: true }))
})

export function spoil(stream: Uint8Array, damage: { flips: [number, number][]; keep: number }): Uint8Array {
  const spoilt = stream.slice(0, Math.ceil(stream.length * damage.keep))
  for (const [place, value] of damage.flips) {
    if (spoilt.length > 0) spoilt[Math.min(spoilt.length - 1, Math.floor(place * spoilt.length))] = value
  }
  return spoilt
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0
}
