// Keys that were made for one message. They come by the thousand and speak once, so they have no place among the
// authors. They are kept by the time in their incarnation, and forgotten when no packet of that time is accepted any
// more.
import { assert } from '../assert.ts'
import { INCARNATION_OFFSET } from '../wire/layout.ts'
import type { Recollection } from './forgotten-origins.ts'
import { type Origin, OriginTable, type OriginVerdict, UNKNOWN_ORIGIN } from './origin-table.ts'
import { windowBytesFor } from './window-memory.ts'

/**
 * A one-time packet is accepted only this close to its time, before or after. Kerberos tolerates as much between clocks
 * (RFC 4120, 5 minutes).
 */
export const ONE_TIME_SKEW_S = 300
/** Keys are forgotten in lots of this many seconds of incarnations. A guess: some twelve lots live at a time. */
const LOT_S = 64
/** Share of the table that the keys of one lot may fill, so that nobody can fill it with future times. A guess. */
const LOT_SHARE = 4
/** The windows of one lot's keys may take this part of what they would for authors: a key speaks once. A guess. */
const WINDOW_LOTS = 16
/**
 * Displaced keys that are remembered for each key of a lot, at 16 bytes. A guess: four times the room of all lots
 * together.
 */
const FORGOTTEN_KEYS_SHARE = 4
/**
 * Numbers of keys in one lot; above any `maxOneTimeOrigins`, and with the lot's number before it, a key's number is
 * still exact.
 */
const LOT_NUMBERS = 2 ** 21
/**
 * Forgotten lots that are known one by one, so that a clock set back by some hours does no harm: 18 h of them. A guess.
 */
const MAX_DROPPED_LOTS = 1_024
/** Keys, unless the host says otherwise: see `maxOneTimeOrigins`. */
export const MAX_ONE_TIME_ORIGINS = 32_768

/**
 * Keys by number as in `OriginTable`; each lot is such a table. It is bounded without letting a replay through: a lot
 * leaves only when all its times are refused, because of their age or, if the table is full, because of the floor,
 * which rises to the lot's end. So a full table shortens the time in which packets are accepted.
 */
export class OneTimeTable {
  readonly #maxOrigins: number
  readonly #seed: number
  /** Keys by the time of their incarnation, in lots; unordered. */
  readonly #lots = new Map<number, OriginTable>()
  #size = 0
  #nowMs = 0
  #steadyMs = 0
  /** Incarnations below this are refused. */
  #floor = 0
  /** The same after the clock went back: lots since then are known one by one. */
  #lowestFloor = 0
  /** Forgotten lots, from which nothing is accepted any more. */
  readonly #dropped = new Set<number>()

  /** `seed` (32 random bits) keeps strangers from choosing keys that collide. */
  constructor(maxOrigins = MAX_ONE_TIME_ORIGINS, seed = 1) {
    this.#maxOrigins = maxOrigins
    this.#seed = seed
  }

  get size(): number {
    return this.#size
  }

  /** Sets the time, as in `OriginTable`, for what is asked and heard from now on. */
  tick(unixMs: number, steadyMs = unixMs): void {
    // Otherwise, once the clock is right again, the floor would keep everybody out for as long as the clock had been
    // ahead.
    if (unixMs < this.#nowMs) this.#floor = this.#lowestFloor
    this.#nowMs = unixMs
    this.#steadyMs = steadyMs
  }

  /** The key of the frame at `start`, or UNKNOWN_ORIGIN if it has not spoken at this time. */
  find(view: DataView, start: number): number {
    const number = lotOf(view.getUint32(start + INCARNATION_OFFSET))
    return numberIn(number, this.#lots.get(number)?.find(view, start) ?? UNKNOWN_ORIGIN)
  }

  origin(key: number): Origin {
    return this.#lotHolding(key).origin(key % LOT_NUMBERS)
  }

  check(key: number, incarnation: number, seq: number): OriginVerdict {
    return this.#lotHolding(key).check(key % LOT_NUMBERS, incarnation, seq)
  }

  commit(key: number, incarnation: number, seq: number): void {
    const lot = this.#lotHolding(key)
    lot.tick(this.#nowMs, this.#steadyMs)
    lot.commit(key % LOT_NUMBERS, incarnation, seq)
  }

  /** Whether packets of this time are accepted. */
  admits(incarnation: number): boolean {
    if (this.#dropped.has(lotOf(incarnation))) return false
    return incarnation >= this.#floor && Math.abs(incarnation - this.#nowMs / 1000) <= ONE_TIME_SKEW_S
  }

  /** See `OriginTable`. */
  recall(view: DataView, start: number, incarnation: number, seq: number): Recollection {
    return this.#lots.get(lotOf(incarnation))?.recall(view, start, incarnation, seq) ?? null
  }

  /**
   * Adds the key of the frame at `start`, whose time is admitted, and which link `source` brings. UNKNOWN_ORIGIN: there
   * were too many recently, and no other has to give way.
   */
  add(bytes: Uint8Array, view: DataView, start: number, source = 0): number {
    const incarnation = view.getUint32(start + INCARNATION_OFFSET)
    if (this.#size >= this.#maxOrigins) this.#makeRoom(view, start, source)
    // Making room may have raised the floor above this very packet.
    if (this.#size >= this.#maxOrigins || incarnation < this.#floor) return UNKNOWN_ORIGIN
    const number = lotOf(incarnation)
    const lot = this.#lotFor(number)
    lot.tick(this.#nowMs, this.#steadyMs)
    const before = lot.size
    const key = lot.add(bytes, view, start, source)
    this.#size += lot.size - before
    return numberIn(number, key)
  }

  #lotHolding(key: number): OriginTable {
    const lot = this.#lots.get(Math.floor(key / LOT_NUMBERS))
    assert(lot !== undefined, 'a key is asked for while its lot is there')
    return lot
  }

  #lotFor(number: number): OriginTable {
    const known = this.#lots.get(number)
    if (known !== undefined) return known
    this.#expire()
    const max = Math.ceil(this.#maxOrigins / LOT_SHARE)
    const lot = new OriginTable(max, this.#seed, {
      maxForgotten: max * FORGOTTEN_KEYS_SHARE,
      lastsMs: LOT_S * 1_000,
      windowBytes: Math.ceil(windowBytesFor(this.#maxOrigins) / WINDOW_LOTS)
    })
    this.#lots.set(number, lot)
    return lot
  }

  #expire(): void {
    for (const number of this.#lots.keys()) if (endOf(number) < this.#nowMs / 1000 - ONE_TIME_SKEW_S) this.#drop(number)
  }

  /**
   * Never the present lot nor the one before it, so that an author whose clock is right is heard in any case. If only
   * these are left, or future ones, the fullest one makes room.
   */
  #makeRoom(view: DataView, start: number, source: number): void {
    this.#expire()
    if (this.#size < this.#maxOrigins) return
    const oldest = Math.min(...this.#lots.keys())
    if (oldest < lotOf(this.#nowMs / 1000) - 1) return this.#drop(oldest)
    let fullest: OriginTable | null = null
    for (const lot of this.#lots.values()) if (lot.size > (fullest?.size ?? 0)) fullest = lot
    fullest?.tick(this.#nowMs, this.#steadyMs)
    if (fullest?.makeRoom(view, start, source)) this.#size--
  }

  #drop(number: number): void {
    this.#size -= this.#lots.get(number)?.size ?? 0
    this.#lots.delete(number)
    // Also for times that are too old by now, because the clock may be set back.
    this.#floor = Math.max(this.#floor, endOf(number))
    this.#dropped.add(number)
    const [first] = this.#dropped
    if (this.#dropped.size <= MAX_DROPPED_LOTS || first === undefined) return
    this.#dropped.delete(first)
    this.#lowestFloor = Math.max(this.#lowestFloor, endOf(first))
  }
}

/** The number of a key in its lot, from its number in the table. */
function numberIn(lot: number, key: number): number {
  return key === UNKNOWN_ORIGIN ? UNKNOWN_ORIGIN : lot * LOT_NUMBERS + key
}

function lotOf(incarnation: number): number {
  return Math.floor(incarnation / LOT_S)
}

/** The first incarnation after the lot. */
function endOf(number: number): number {
  return (number + 1) * LOT_S
}
