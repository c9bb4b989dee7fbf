// The authors whom the host has named: they keep their place in the table, whatever strangers bring. A set of keys,
// looked into by a frame's bytes, and only where an author is new, a table is full or a neighbour over its rate.
import { viewOf } from '../wire/header.ts'
import { ORIGIN_BYTES, ORIGIN_OFFSET } from '../wire/layout.ts'
import { FREE_WORD, OriginIndex, rowOf, UNKNOWN_ORIGIN } from './origin-index.ts'

/**
 * One of so many places of the table may be kept for authors whom the host names. A guess: 4,096 people, and three
 * quarters for everybody else.
 */
export const KNOWN_SHARE = 4

const FLOOR_WORD = FREE_WORD

export class KnownOrigins {
  readonly #seed: number
  #index: OriginIndex
  #size = 0

  /** `seed`: as for the table. */
  constructor(seed: number) {
    this.#seed = seed
    this.#index = new OriginIndex(seed)
  }

  get size(): number {
    return this.#size
  }

  /**
   * Names the authors anew: `keys` are their public keys, one behind the other. `floorOf`: incarnations up to this one
   * may have been forgotten of one who was not named before, whose key is at its place in a frame.
   */
  replace(keys: Uint8Array, floorOf: (view: DataView) => number): void {
    const before = this.#index
    this.#index = new OriginIndex(this.#seed)
    this.#size = 0
    forEachKey(keys, (view) => {
      if (this.has(view, 0)) return
      const known = before.find(view, 0)
      const row = rowOf(this.#index.add(view, 0))
      this.#index.rows[row + FLOOR_WORD] =
        known === UNKNOWN_ORIGIN ? floorOf(view) : before.rows[rowOf(known) + FLOOR_WORD]!
      this.#size++
    })
  }

  /** Whether the author of the frame at `start` is one of them. */
  has(view: DataView, start: number): boolean {
    return this.#size > 0 && this.#index.find(view, start) !== UNKNOWN_ORIGIN
  }

  /**
   * Since it is known nothing of the author is forgotten, and its floor rises no more. `floor`: of those who are not
   * known.
   */
  floorOf(view: DataView, start: number, floor: number): number {
    const known = this.#size === 0 ? UNKNOWN_ORIGIN : this.#index.find(view, start)
    return known === UNKNOWN_ORIGIN ? floor : Math.min(floor, this.#index.rows[rowOf(known) + FLOOR_WORD]!)
  }
}

/** Calls `use` with each key at the place that it has in a frame. */
export function forEachKey(keys: Uint8Array, use: (view: DataView) => void): void {
  const frame = new Uint8Array(ORIGIN_OFFSET + ORIGIN_BYTES)
  const view = viewOf(frame)
  for (let at = 0; at + ORIGIN_BYTES <= keys.length; at += ORIGIN_BYTES) {
    frame.set(keys.subarray(at, at + ORIGIN_BYTES), ORIGIN_OFFSET)
    use(view)
  }
}
