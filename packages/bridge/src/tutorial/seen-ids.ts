// Which packet ids were seen, in two halves: when the newer is full it becomes the older, and the older is forgotten at once.
// Go nodes remember for ever; forgetting one by one would cost a search each.

export class SeenIds {
  readonly #half: number
  #newer = new Set<bigint>()
  #older = new Set<bigint>()

  constructor(max: number) {
    this.#half = Math.max(1, Math.floor(max / 2))
  }

  get size(): number {
    return this.#newer.size + this.#older.size
  }

  has(id: bigint): boolean {
    return this.#newer.has(id) || this.#older.has(id)
  }

  /** False when it was there. */
  add(id: bigint): boolean {
    if (this.has(id)) return false
    if (this.#newer.size >= this.#half) {
      this.#older = this.#newer
      this.#newer = new Set()
    }
    this.#newer.add(id)
    return true
  }
}
