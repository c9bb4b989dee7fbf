// Turns written messages into DATA frames inside a slab: many messages share a packet, a lone one travels bare, a large
// one is cut into fragments. It leaves room for the signature, which the holder of the key fills in.
import { assert } from '../assert.ts'
import { viewOf, writeHeader } from '../wire/header.ts'
import {
  Flag,
  FrameType,
  HEADER_BYTES,
  MAX_BATCH_BODY_BYTES,
  MAX_PACKET_BODY_BYTES,
  MAX_SEQ,
  SIGNATURE_BYTES,
  trailerBytesOf
} from '../wire/layout.ts'
import { writeStemHeader } from '../wire/stem-codec.ts'
import { BATCH_PREFIX_BYTES, MAX_BATCH_MESSAGES } from './batch.ts'
import { FRAGMENT_PAYLOAD_BYTES, FRAGMENT_PREFIX_BYTES } from './fragment.ts'

/**
 * An author starts a new incarnation after this time, busy or not, so that a node that has forgotten it hears it again.
 * It is below ORIGIN_IDLE_MS by as much as clocks may differ, so no honest author is ever below the floor of a node
 * that forgets.
 */
export const RENEW_AFTER_MS = 600_000

/**
 * Nodes refuse an incarnation further ahead of the clock than this, or soon will (MAX_INCARNATION_AHEAD_S): the clock
 * was wrong when it began. A guess.
 */
export const INCARNATION_TRUST_S = 600

/**
 * The incarnation that follows `last` at this time: the clock's seconds, and higher than `last`. Only if `last` began
 * with a clock that was far ahead is it abandoned, because nobody accepts it.
 */
export function nextIncarnation(last: number, nowS: number): number {
  return last > nowS + INCARNATION_TRUST_S ? nowS : Math.max(last + 1, nowS)
}

/** Largest frame that the writer makes; a slab must hold at least one. */
export const MAX_WRITTEN_FRAME_BYTES = HEADER_BYTES + MAX_BATCH_BODY_BYTES + SIGNATURE_BYTES

/** The name of a written message. */
export interface MessageId {
  readonly incarnation: number
  readonly seq: number
  readonly index: number
}

/** Writes for one author. Attach a slab, append until it is full, and take the frames with `detach`. */
export class PacketWriter {
  readonly #origin: Uint8Array
  /** The body of a batch grows to this many bytes; a message that fills more is alone in its packet. */
  batchBytes = MAX_BATCH_BODY_BYTES
  readonly #trailer: number
  readonly #flags: number
  #incarnation: number
  #seq = 0
  #renewedMs: number
  #bytes: Uint8Array | null = null
  #view: DataView | null = null
  #sealed = 0
  #end = 0
  #count = 0

  /**
   * `incarnation` must be higher than any used with this key before; Unix seconds work. `flags`: additional flags for
   * every frame.
   */
  constructor(origin: Uint8Array, incarnation: number, signed: boolean, nowMs: number, flags = 0) {
    this.#origin = origin
    this.#incarnation = incarnation
    this.#flags = flags | (signed ? Flag.signed : 0)
    this.#trailer = trailerBytesOf(this.#flags)
    this.#renewedMs = nowMs
  }

  /** The incarnation of the last packet. */
  get incarnation(): number {
    return this.#incarnation
  }

  /** Bytes of the frames written to the slab so far, with the open one; 0 without a slab. */
  get usedBytes(): number {
    if (this.#count === 0) return this.#sealed
    return this.#end - (this.#count === 1 ? BATCH_PREFIX_BYTES : 0) + this.#trailer
  }

  get attached(): boolean {
    return this.#bytes !== null
  }

  /** Writes into `slab` from now on. */
  attach(slab: Uint8Array): void {
    assert(
      this.#bytes === null && slab.length >= MAX_WRITTEN_FRAME_BYTES,
      'one slab at a time, large enough for any frame'
    )
    this.#bytes = slab
    this.#view = viewOf(slab)
    this.#sealed = 0
  }

  /** Closes the open packet and releases the slab. Returns the bytes of whole frames in it. */
  detach(): number {
    this.#seal()
    this.#bytes = null
    this.#view = null
    const used = this.#sealed
    this.#sealed = 0
    return used
  }

  /** Adds a message of at most MAX_PACKET_BODY_BYTES. Null: no room left in this slab. */
  append(payload: Uint8Array, nowMs: number): MessageId | null {
    const needed = BATCH_PREFIX_BYTES + payload.length
    if (this.#count > 0 && (this.#bodyBytes() + needed > this.batchBytes || this.#count === MAX_BATCH_MESSAGES))
      this.#seal()
    // A lone message loses its prefix when the packet is closed, before the signature takes its room.
    const trailer = this.#count > 0 ? this.#trailer : Math.max(this.#trailer - BATCH_PREFIX_BYTES, 0)
    if (!this.#fits(needed + trailer)) return null
    if (this.#count === 0) this.#open(nowMs)
    this.#view!.setUint32(this.#end, payload.length)
    this.#bytes!.set(payload, this.#end + BATCH_PREFIX_BYTES)
    this.#end += needed
    this.#count++
    return { incarnation: this.#incarnation, seq: this.#seq, index: this.#count - 1 }
  }

  /** Adds fragment `index` of `count` of a large message as a packet of its own. Null: no room left in this slab. */
  appendFragment(payload: Uint8Array, index: number, count: number, nowMs: number): MessageId | null {
    this.#seal()
    const from = index * FRAGMENT_PAYLOAD_BYTES
    const part = payload.subarray(from, from + FRAGMENT_PAYLOAD_BYTES)
    if (!this.#fits(FRAGMENT_PREFIX_BYTES + part.length + this.#trailer)) return null
    // A message must not change its incarnation half-way, because its fragments have consecutive numbers.
    if (index === 0) this.#open(nowMs, count)
    else this.#openSame()
    this.#view!.setUint32(this.#end, index)
    this.#view!.setUint32(this.#end + 4, count)
    this.#bytes!.set(part, this.#end + FRAGMENT_PREFIX_BYTES)
    this.#end += FRAGMENT_PREFIX_BYTES + part.length
    this.#finish(Flag.fragment)
    return { incarnation: this.#incarnation, seq: this.#seq - index, index: 0 }
  }

  /**
   * Adds a message, or fragment `index` of `count` of it, as a packet of its own in a STEM frame. Null: no room left in
   * this slab.
   */
  appendStem(payload: Uint8Array, index: number, count: number, nowMs: number): MessageId | null {
    this.#seal()
    const start = this.#sealed
    if (
      !this.#fits(
        HEADER_BYTES + FRAGMENT_PREFIX_BYTES + Math.min(payload.length, MAX_PACKET_BODY_BYTES) + this.#trailer
      )
    )
      return null
    this.#sealed += HEADER_BYTES
    const place = count === 1 ? this.append(payload, nowMs) : this.appendFragment(payload, index, count, nowMs)
    this.#seal()
    writeStemHeader(this.#bytes!, this.#view!, start, this.#sealed - start)
    return place
  }

  /** Adds a whole frame that another author has made. False: no room left in this slab. */
  appendFrame(frame: Uint8Array): boolean {
    this.#seal()
    if (this.#bytes === null || this.#sealed + frame.length > this.#bytes.length) return false
    this.#bytes.set(frame, this.#sealed)
    this.#sealed += frame.length
    return true
  }

  #bodyBytes(): number {
    return this.#end - this.#sealed - HEADER_BYTES
  }

  #fits(bytes: number): boolean {
    if (this.#bytes === null) return false
    const start = this.#count > 0 ? this.#end : this.#sealed + HEADER_BYTES
    return start + bytes <= this.#bytes.length
  }

  #open(nowMs: number, packets = 1): void {
    const sinceMs = nowMs - this.#renewedMs
    // Less than zero: the clock went back.
    if (sinceMs >= RENEW_AFTER_MS || sinceMs < 0 || this.#seq > MAX_SEQ - packets) {
      this.#incarnation = nextIncarnation(this.#incarnation, Math.floor(nowMs / 1000))
      this.#seq = 0
      this.#renewedMs = nowMs
    }
    this.#openSame()
  }

  #openSame(): void {
    this.#seq++
    this.#end = this.#sealed + HEADER_BYTES
  }

  #seal(): void {
    if (this.#count === 0) return
    if (this.#count > 1) return this.#finish(Flag.batch)
    const body = this.#sealed + HEADER_BYTES
    this.#bytes!.copyWithin(body, body + BATCH_PREFIX_BYTES, this.#end)
    this.#end -= BATCH_PREFIX_BYTES
    this.#finish(0)
  }

  #finish(flags: number): void {
    const end = this.#end + this.#trailer
    writeHeader(this.#bytes!, this.#view!, this.#sealed, end - this.#sealed, {
      type: FrameType.data,
      flags: flags | this.#flags,
      hops: 0,
      origin: this.#origin,
      incarnation: this.#incarnation,
      seq: this.#seq
    })
    this.#sealed = end
    this.#count = 0
  }
}
