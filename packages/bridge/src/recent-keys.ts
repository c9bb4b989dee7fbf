// A bounded set of keys, in two halves: when the newer half is full it becomes the older one, and the previous older
// half is forgotten at once. Go nodes remember forever; forgetting one by one would cost a search each.

export class RecentKeys<K extends string | bigint> {
  readonly #half: number
  #newer = new Set<K>()
  #older = new Set<K>()

  /** @param max keys at most; at least half as many of the latest are remembered */
  constructor(max: number) {
    this.#half = Math.max(1, Math.floor(max / 2))
  }

  has(key: K): boolean {
    return this.#newer.has(key) || this.#older.has(key)
  }

  /** False if it was there. */
  add(key: K): boolean {
    if (this.has(key)) return false
    if (this.#newer.size >= this.#half) {
      this.#older = this.#newer
      this.#newer = new Set()
    }
    this.#newer.add(key)
    return true
  }
}
