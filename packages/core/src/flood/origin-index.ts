// Finds the author of a frame by its 32 key bytes: an open-addressing hash table into rows that lie side by side. An
// author's row holds everything that a packet in order needs, so such a packet follows no pointers. Hot: guarded by the
// benchmark core.window.
import { assert } from '../assert.ts'
import { ORIGIN_BYTES, ORIGIN_OFFSET } from '../wire/layout.ts'

/** No author is found. */
export const UNKNOWN_ORIGIN = -1

/** To shift an author's number by: a multiplication would be checked for overflow. */
const ROW_SHIFT = 4
/** Words of a row. The first eight are the key; the rest is the caller's. */
const ROW_WORDS = 1 << ROW_SHIFT
const KEY_WORDS = ORIGIN_BYTES / 4
/** First word after the key. */
export const FREE_WORD = KEY_WORDS

/** Authors at first. */
const FIRST_ORIGINS = 8
/**
 * Places for each author: with eight, hardly any search looks at a second one (a prototype, 64 authors: 12 ns, with
 * four 13, with two 16).
 */
const PLACES_SHARE = 8
/** This many fit places of two bytes, which halves the memory that a search goes through. */
const SMALL_ORIGINS = 0xffff

/**
 * Authors are numbers from 0 on. They do not change, except for the last one, which takes the number of an author that
 * is removed.
 */
export class OriginIndex {
  readonly #seed: number
  /** An author's number plus one; 0 is free. */
  #places: Uint16Array | Uint32Array = placesFor(FIRST_ORIGINS)
  #rows = new Uint32Array(FIRST_ORIGINS * ROW_WORDS)
  #size = 0

  /** `seed` (32 random bits) keeps strangers from choosing keys that collide. */
  constructor(seed: number) {
    this.#seed = seed | 1
  }

  /** The rows of all authors; see `rowOf`. `add` replaces the array when it has to make room. */
  get rows(): Uint32Array {
    return this.#rows
  }

  /** The author of the frame at `start`, or UNKNOWN_ORIGIN. */
  find(view: DataView, start: number): number {
    const offset = start + ORIGIN_OFFSET
    const places = this.#places
    const rows = this.#rows
    const mask = places.length - 1
    let place = mixed(view.getUint32(offset, true), view.getUint32(offset + 12, true), this.#seed) & mask
    for (;;) {
      const author = places[place]! - 1
      if (author === UNKNOWN_ORIGIN || hasKey(rows, rowOf(author), view, offset)) return author
      place = (place + 1) & mask
    }
  }

  /** Adds the author of the frame at `start` and returns its number. The rest of its row keeps its old content. */
  add(view: DataView, start: number): number {
    assert(this.find(view, start) === UNKNOWN_ORIGIN, 'an author is added once')
    if (PLACES_SHARE * (this.#size + 1) > this.#places.length) this.#grow()
    const author = this.#size++
    const row = rowOf(author)
    for (let word = 0; word < KEY_WORDS; word++)
      this.#rows[row + word] = view.getUint32(start + ORIGIN_OFFSET + 4 * word, true)
    this.#places[this.#placeOf(author, 0)] = author + 1
    return author
  }

  /** The last author takes the number of the one that goes. */
  remove(author: number): void {
    this.#vacate(this.#placeOf(author, author + 1))
    const last = this.#size - 1
    if (author < last) {
      this.#places[this.#placeOf(last, last + 1)] = author + 1
      this.#rows.copyWithin(rowOf(author), rowOf(last), rowOf(last + 1))
    }
    this.#size = last
  }

  /** Frees a place and moves up the entries that were pushed past it, because a search ends at the first free place. */
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
    const rows = new Uint32Array(this.#rows.length * 2)
    rows.set(this.#rows)
    this.#rows = rows
    this.#places = placesFor(rows.length / ROW_WORDS)
    for (let author = 0; author < this.#size; author++) this.#places[this.#placeOf(author, 0)] = author + 1
  }

  /** The first place with this content on the author's search path. */
  #placeOf(author: number, content: number): number {
    const mask = this.#places.length - 1
    let place = this.#homeOf(author)
    while (this.#places[place] !== content) place = (place + 1) & mask
    return place
  }

  /** Where a search for the author begins. */
  #homeOf(author: number): number {
    const row = rowOf(author)
    return mixed(this.#rows[row]!, this.#rows[row + 3]!, this.#seed) & (this.#places.length - 1)
  }
}

/** The first word of an author's row. */
export function rowOf(author: number): number {
  return author << ROW_SHIFT
}

function placesFor(authors: number): Uint16Array | Uint32Array {
  return new (authors <= SMALL_ORIGINS ? Uint16Array : Uint32Array)(authors * PLACES_SHARE)
}

/**
 * Hash of two words. It works on bits alone: the engine would compute a sum of these words and the seed as a
 * floating-point number (4 ns).
 */
export function mixed(first: number, second: number, seed: number): number {
  const mix = Math.imul(first ^ seed, 0x9e3779b1) ^ Math.imul(second ^ (seed >>> 7), 0x85ebca6b)
  return mix ^ (mix >>> 15)
}

// Written out, because the loop costs half as much again.
function hasKey(rows: Uint32Array, row: number, view: DataView, offset: number): boolean {
  return (
    rows[row] === view.getUint32(offset, true) &&
    rows[row + 1] === view.getUint32(offset + 4, true) &&
    rows[row + 2] === view.getUint32(offset + 8, true) &&
    rows[row + 3] === view.getUint32(offset + 12, true) &&
    rows[row + 4] === view.getUint32(offset + 16, true) &&
    rows[row + 5] === view.getUint32(offset + 20, true) &&
    rows[row + 6] === view.getUint32(offset + 24, true) &&
    rows[row + 7] === view.getUint32(offset + 28, true)
  )
}
