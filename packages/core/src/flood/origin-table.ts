// The authors that a node tells apart, each with its replay window. Bounded by the number of authors, not by rate or
// time. Hot: guarded by the benchmark core.window.
import { assert } from '../assert.ts'
import { toHex } from '../bytes.ts'
import { INCARNATION_OFFSET, ORIGIN_BYTES, ORIGIN_OFFSET } from '../wire/layout.ts'
import type { RateBucket } from './rate-limits.ts'
import { ReplayWindow } from './replay-window.ts'

/** An author is forgotten only after this silence, and only when room is needed. A guess: longer than an incarnation lasts (RENEW_AFTER_MS). */
export const ORIGIN_IDLE_MS = 900_000
/** Entries looked at for an idle one before a new author is refused; bounds the work that a stranger's packet can cause. */
const EVICTION_SCAN = 64

const KEY_WORDS = ORIGIN_BYTES / 4
/** Places for each author: with two, every second search looks at a second place (27 ns for 64 authors, with four 24). */
const PLACES_SHARE = 4

/** Authors at first. */
const FIRST_ORIGINS = 8

/** One author in its present incarnation. */
export interface Origin {
  /** Public key, 64 hex digits. */
  readonly id: string
  incarnation: number
  window: ReplayWindow
  /** The incarnation before, of which some packets may still be on a slower way. */
  earlier: { readonly incarnation: number; readonly window: ReplayWindow } | null
  lastSeenMs: number
  /** What is left of its rate, where rates are limited. */
  rate: RateBucket | null
  /** What the host keeps beside an author (a parsed key, say). The table only carries it. */
  attachment: unknown
}

/** Open-addressing hash table from the 32 key bytes in a frame to the author. The keys lie side by side: a search follows no pointers. */
export class OriginTable {
  readonly #maxOrigins: number
  readonly #seed: number
  /** Index into `#origins` plus one; 0 is free. */
  #places: Uint32Array
  readonly #origins: Origin[] = []
  /** The key of the author at each index, as eight words. */
  #keys: Uint32Array
  #hand = 0
  #floor = 0

  /** `seed` (32 random bits) keeps strangers from choosing keys that collide. */
  constructor(maxOrigins: number, seed: number) {
    this.#maxOrigins = maxOrigins
    this.#seed = seed | 1
    this.#places = new Uint32Array(FIRST_ORIGINS * PLACES_SHARE)
    this.#keys = new Uint32Array(FIRST_ORIGINS * KEY_WORDS)
  }

  get size(): number {
    return this.#origins.length
  }

  /**
   * Incarnations up to this one are refused from authors that the table does not know: it has forgotten an author with
   * that incarnation, whose packets could otherwise be replayed. Living authors are not hurt, however long they run and
   * whoever was forgotten: they renew their incarnation (RENEW_AFTER_MS) sooner than anybody is forgotten.
   */
  get incarnationFloor(): number {
    return this.#floor
  }

  /** The author of the frame at `start`, or null when it is unknown. */
  find(view: DataView, start: number): Origin | null {
    const index = this.#places[this.#placeOf(view, start + ORIGIN_OFFSET)]!
    return index === 0 ? null : this.#origins[index - 1]!
  }

  /** Adds the author of the frame at `start`. Null when the table is full of authors that spoke lately. */
  add(bytes: Uint8Array, view: DataView, start: number, nowMs: number): Origin | null {
    if (this.#origins.length >= this.#maxOrigins && !this.#evictIdle(nowMs)) return null
    if (PLACES_SHARE * (this.#origins.length + 1) > this.#places.length) this.#grow()
    const place = this.#placeOf(view, start + ORIGIN_OFFSET)
    assert(this.#places[place] === 0, 'an author is added once')
    const origin: Origin = {
      id: toHex(bytes, start + ORIGIN_OFFSET, start + ORIGIN_OFFSET + ORIGIN_BYTES),
      incarnation: view.getUint32(start + INCARNATION_OFFSET),
      window: new ReplayWindow(),
      earlier: null,
      lastSeenMs: nowMs,
      rate: null,
      attachment: null
    }
    this.#writeKey(this.#origins.length, view, start + ORIGIN_OFFSET)
    this.#origins.push(origin)
    this.#places[place] = this.#origins.length
    return origin
  }

  /** Place of the key at `offset`, or the free place where it belongs. */
  #placeOf(view: DataView, offset: number): number {
    const places = this.#places
    const mask = places.length - 1
    let place = hash(view.getUint32(offset, true), view.getUint32(offset + 12, true), this.#seed) & mask
    for (;;) {
      const index = places[place]!
      if (index === 0 || sameKey(this.#keys, (index - 1) * KEY_WORDS, view, offset)) return place
      place = (place + 1) & mask
    }
  }

  #writeKey(index: number, view: DataView, offset: number): void {
    for (let word = 0; word < KEY_WORDS; word++)
      this.#keys[index * KEY_WORDS + word] = view.getUint32(offset + 4 * word, true)
  }

  #evictIdle(nowMs: number): boolean {
    const count = this.#origins.length
    for (let i = 0; i < Math.min(EVICTION_SCAN, count); i++) {
      this.#hand = (this.#hand + 1) % count
      const origin = this.#origins[this.#hand]!
      if (nowMs - origin.lastSeenMs < ORIGIN_IDLE_MS) continue
      this.#remove(this.#hand)
      return true
    }
    return false
  }

  #remove(index: number): void {
    const gone = this.#origins[index]!
    this.#floor = Math.max(this.#floor, gone.incarnation)
    this.#vacate(this.#placeHolding(index))
    const last = this.#origins.length - 1
    if (index < last) {
      this.#places[this.#placeHolding(last)] = index + 1
      this.#origins[index] = this.#origins[last]!
      this.#keys.copyWithin(index * KEY_WORDS, last * KEY_WORDS, (last + 1) * KEY_WORDS)
    }
    this.#origins.pop()
  }

  /** Frees a place and moves up those that were pushed past it, since a search ends at the first free place. */
  #vacate(place: number): void {
    const mask = this.#places.length - 1
    let hole = place
    for (let next = (hole + 1) & mask; this.#places[next] !== 0; next = (next + 1) & mask) {
      const home = this.#homeOf(this.#places[next]! - 1)
      if (((next - home) & mask) < ((next - hole) & mask)) continue
      this.#places[hole] = this.#places[next]!
      hole = next
    }
    this.#places[hole] = 0
  }

  #grow(): void {
    this.#places = new Uint32Array(this.#places.length * 2)
    const keys = new Uint32Array(this.#keys.length * 2)
    keys.set(this.#keys)
    this.#keys = keys
    for (let index = 0; index < this.#origins.length; index++) {
      this.#places[this.#search(this.#homeOf(index), 0)] = index + 1
    }
  }

  #placeHolding(index: number): number {
    return this.#search(this.#homeOf(index), index + 1)
  }

  #search(home: number, content: number): number {
    let place = home
    while (this.#places[place] !== content) place = (place + 1) & (this.#places.length - 1)
    return place
  }

  /** Where a search for the author at `index` begins. */
  #homeOf(index: number): number {
    const key = index * KEY_WORDS
    return hash(this.#keys[key]!, this.#keys[key + 3]!, this.#seed) & (this.#places.length - 1)
  }
}

function hash(first: number, second: number, seed: number): number {
  const mixed = Math.imul(first ^ seed, 0x9e3779b1) ^ Math.imul(second + seed, 0x85ebca6b)
  return mixed ^ (mixed >>> 15)
}

// Written out: the loop costs half as much again.
function sameKey(keys: Uint32Array, key: number, view: DataView, offset: number): boolean {
  return (
    keys[key] === view.getUint32(offset, true) &&
    keys[key + 1] === view.getUint32(offset + 4, true) &&
    keys[key + 2] === view.getUint32(offset + 8, true) &&
    keys[key + 3] === view.getUint32(offset + 12, true) &&
    keys[key + 4] === view.getUint32(offset + 16, true) &&
    keys[key + 5] === view.getUint32(offset + 20, true) &&
    keys[key + 6] === view.getUint32(offset + 24, true) &&
    keys[key + 7] === view.getUint32(offset + 28, true)
  )
}
