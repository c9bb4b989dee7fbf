// A table of authors that is asked by keys alone, and keys to ask it with.
import { toHex } from '../../src/bytes.ts'
import { type Origin, OriginTable, type OriginVerdict, UNKNOWN_ORIGIN } from '../../src/flood/origin-table.ts'
import { viewOf } from '../../src/wire/header.ts'

export type Random = (below: number) => number

/** Adds and finds authors by their keys alone; each frame lies somewhere else in its bytes. */
export class Keyed {
  readonly table: OriginTable
  readonly #bytes = new Uint8Array(128)
  readonly #view = viewOf(this.#bytes)
  #start = 0

  /** `maxForgotten` 0: nobody who is forgotten is remembered. */
  constructor(maxOrigins: number, seed: number, maxForgotten?: number) {
    this.table = new OriginTable(maxOrigins, seed, maxForgotten === undefined ? {} : { maxForgotten })
  }

  find(key: Uint8Array): Origin | null {
    return this.#originOf(this.number(key))
  }

  /** The author's number, or UNKNOWN_ORIGIN. */
  number(key: Uint8Array): number {
    this.#place(key, 1)
    return this.table.find(this.#view, this.#start)
  }

  add(key: Uint8Array, nowMs: number, incarnation = 1): Origin | null {
    this.#place(key, incarnation)
    this.table.tick(nowMs)
    return this.#originOf(this.table.add(this.#bytes, this.#view, this.#start))
  }

  /** What the table says of the packet before it takes it in; only fresh ones are taken in. */
  offer(key: Uint8Array, incarnation: number, seq: number, nowMs = 0): OriginVerdict {
    const author = this.number(key)
    const verdict = this.table.check(author, incarnation, seq)
    this.table.tick(nowMs)
    if (verdict === 'fresh' || verdict === 'new-incarnation') this.table.commit(author, incarnation, seq)
    return verdict
  }

  #originOf(author: number): Origin | null {
    return author === UNKNOWN_ORIGIN ? null : this.table.origin(author)
  }

  #place(key: Uint8Array, incarnation: number): void {
    this.#start = (this.#start + 7) % 60
    this.#bytes.set(key, this.#start + 8)
    this.#view.setUint32(this.#start + 40, incarnation)
  }
}

/** Different keys; half of them share words with others, the hashed ones among them. */
export function makeKeys(count: number, random: Random): Uint8Array[] {
  const keys = new Map<string, Uint8Array>()
  while (keys.size < count) {
    const key = new Uint8Array(32)
    const view = viewOf(key)
    const alike = random(2) === 0
    for (let word = 0; word < 8; word++) view.setUint32(4 * word, alike ? random(3) : random(0x100000000))
    // A word of its own, so that there are always enough.
    if (alike) view.setUint32(4 * random(8), random(0x10000))
    keys.set(toHex(key), key)
  }
  return [...keys.values()]
}
