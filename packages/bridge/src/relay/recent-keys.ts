// A bounded set of keys, in two halves of which the older is forgotten when the newer is full.

export class RecentKeys {
  readonly #half: number
  #newer = new Set<string>()
  #older = new Set<string>()

  constructor(max: number) {
    this.#half = Math.max(1, Math.floor(max / 2))
  }

  has(key: string): boolean {
    return this.#newer.has(key) || this.#older.has(key)
  }

  add(key: string): void {
    if (this.has(key)) return
    if (this.#newer.size >= this.#half) {
      this.#older = this.#newer
      this.#newer = new Set()
    }
    this.#newer.add(key)
  }
}
