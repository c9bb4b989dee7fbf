// A narrow uplink: what a node sends leaves one frame after the other, control frames first, replays last. All its
// links share it.

import { seqOf } from './speaker.ts'

/** A DATA frame that waits. */
export interface Waiting {
  readonly slot: number
  readonly author: number
  readonly packet: number
  readonly hops: number
}

export class Uplink {
  readonly #bytesPerMs: number
  readonly #frameBytes: number
  #live: Waiting[] = []
  #replays: Waiting[] = []
  /** Waiting of each slot, in bytes. */
  readonly #queued: number[] = []
  #freeMs = 0
  busy = false

  constructor(bytesPerMs: number, frameBytes: number) {
    this.#bytesPerMs = bytesPerMs
    this.#frameBytes = frameBytes
  }

  /** How long the uplink needs for what waits for one link. */
  queuedMs(slot: number): number {
    return this.#queuedBytes(slot) / this.#bytesPerMs
  }

  add(frame: Waiting, isReplay: boolean): void {
    this.#queued[frame.slot] = this.#queuedBytes(frame.slot) + this.#frameBytes
    if (isReplay) this.#replays.push(frame)
    else this.#live.push(frame)
  }

  /** A control frame goes at once, and what waits goes later. */
  spend(bytes: number, nowMs: number): void {
    this.#freeMs = Math.max(nowMs, this.#freeMs) + bytes / this.#bytesPerMs
  }

  /** When the next frame has left, if it begins now. */
  nextDepartureMs(nowMs: number): number {
    this.spend(this.#frameBytes, nowMs)
    return this.#freeMs
  }

  take(): Waiting | undefined {
    const frame = this.#live.shift() ?? this.#replays.shift()
    if (frame !== undefined) this.#queued[frame.slot] = this.#queuedBytes(frame.slot) - this.#frameBytes
    return frame
  }

  /**
   * Drops what waits of an author for a link; of all authors if `author` is -1. Returns the lowest number dropped; 0:
   * there was nothing.
   */
  purge(slot: number, author: number): number {
    const goes = (frame: Waiting) => frame.slot === slot && (author < 0 || frame.author === author)
    const dropped = [...this.#live, ...this.#replays].filter(goes)
    if (dropped.length === 0) return 0
    this.#live = this.#live.filter((frame) => !goes(frame))
    this.#replays = this.#replays.filter((frame) => !goes(frame))
    this.#queued[slot] = this.#queuedBytes(slot) - dropped.length * this.#frameBytes
    return Math.min(...dropped.map(({ packet }) => seqOf(packet)))
  }

  #queuedBytes(slot: number): number {
    return this.#queued[slot] ?? 0
  }
}
