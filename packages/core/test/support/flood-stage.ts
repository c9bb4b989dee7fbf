// A flood with a host that writes down what it is asked for. Signatures are genuine unless the frame's last byte is 0.
import { Flood, type FloodHost, type WorkCheck } from '../../src/flood/flood.ts'
import { OneTimeTable } from '../../src/flood/one-time-table.ts'
import { type Origin, OriginTable } from '../../src/flood/origin-table.ts'
import type { RateLimits } from '../../src/flood/rate-limits.ts'
import type { FrameFault } from '../../src/wire/faults.ts'
import { viewOf } from '../../src/wire/header.ts'
import { Flag } from '../../src/wire/layout.ts'
import { type FrameFields, joined, makeFrame } from './frames.ts'

interface Forwarded {
  readonly source: number
  readonly bytes: Uint8Array
  readonly start: number
  readonly end: number
  readonly frames: number
  /** What lay there when it was forwarded. */
  readonly copy: Uint8Array
}

/** Some time in 2026. */
export const NOW_S = 1_790_000_000

export class Stage implements FloodHost {
  readonly flood: Flood
  readonly origins: OriginTable
  readonly oneTime: OneTimeTable
  readonly forwarded: Forwarded[] = []
  /** Sequence numbers of the frames whose signatures were looked at. */
  readonly verified: number[] = []
  readonly knownWhenVerified: (string | null)[] = []
  nowS = NOW_S
  /** The clock that never goes back, where it is another. */
  steadyS: number | null = null

  constructor({
    maxOrigins = 16,
    maxOneTimeOrigins = 64,
    signed = true,
    rates = null as RateLimits | null,
    hasWork = null as WorkCheck | null
  } = {}) {
    this.origins = new OriginTable(maxOrigins, 99)
    this.oneTime = new OneTimeTable(maxOneTimeOrigins, 99)
    this.flood = new Flood(this, this.origins, signed, this.oneTime, rates, hasWork)
  }

  forward(source: number, bytes: Uint8Array, start: number, end: number, frames: number): void {
    this.forwarded.push({ source, bytes, start, end, frames, copy: bytes.slice(start, end) })
  }

  verify(origin: Origin | null, bytes: Uint8Array, start: number, end: number): boolean {
    this.verified.push(viewOf(bytes).getUint32(start + 44))
    this.knownWhenVerified.push(origin?.id ?? null)
    return bytes[end - 1] !== 0
  }

  /** Offers the frames as one chunk from link `source`; stops at a fault, as a link does. */
  chunk(frames: readonly Uint8Array[], { source = 1, trusted = false } = {}): FrameFault | null {
    const bytes = joined(frames)
    const view = viewOf(bytes)
    this.flood.tick(this.nowS * 1_000, (this.steadyS ?? this.nowS) * 1_000)
    let start = 0
    let fault: FrameFault | null = null
    for (const frame of frames) {
      fault = this.flood.offer(source, bytes, view, start, start + frame.length, trusted)
      if (fault !== null) break
      start += frame.length
    }
    this.flood.flush()
    return fault
  }

  /** Offers one frame. Returns whether it was forwarded. */
  takes(fields: FrameFields, from?: { source?: number; trusted?: boolean }): boolean {
    const before = this.forwarded.length
    this.chunk([signed(fields)], from)
    return this.forwarded.length > before
  }
}

/** A signed data frame of this time. */
export function signed(fields: FrameFields = {}): Uint8Array {
  return makeFrame({ incarnation: NOW_S, flags: Flag.signed, ...fields })
}

/** The same frame with a signature that is not its author's. */
export function forged(fields: FrameFields = {}): Uint8Array {
  const frame = signed(fields)
  frame[frame.length - 1] = 0
  return frame
}

/** A packet of the one-time key number `key`. */
export function oneTime(key: number, fields: FrameFields = {}): FrameFields {
  const origin = new Uint8Array(32).fill(0x77)
  viewOf(origin).setUint32(0, key)
  // The table hashes these bytes too.
  viewOf(origin).setUint32(12, Math.imul(key, 0x9e3779b1))
  return { origin, incarnation: NOW_S, flags: Flag.signed | Flag.oneTime, ...fields }
}
