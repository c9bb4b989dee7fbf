// Which other bridges there are, and whose turn a word is. Every bridge computes the same order for a word by hashing
// each bridge's id with the word's key (highest random weight), so they agree without asking, provided that they know
// each other. Pure.
import { createHash } from 'node:crypto'
import type { RelayOptions } from './options.ts'

interface OtherBridge {
  readonly sides: readonly string[]
  readonly untilMs: number
}

export class OtherBridges {
  readonly #ownId: string
  readonly #options: RelayOptions
  readonly #otherBridges = new Map<string, OtherBridge>()

  constructor(ownId: string, options: RelayOptions) {
    this.#ownId = ownId
    this.#options = options
  }

  get size(): number {
    return this.#otherBridges.size
  }

  /** A bridge announces itself. No sides: it leaves. True if this is news. */
  hello(id: string, sides: readonly string[], nowMs: number): boolean {
    this.#forgetSilent(nowMs)
    const isNew = !this.#otherBridges.has(id)
    if (id === this.#ownId || (isNew && this.#otherBridges.size >= this.#options.maxSiblings)) return false
    if (sides.length === 0) return this.#otherBridges.delete(id)
    this.#otherBridges.set(id, { sides, untilMs: nowMs + this.#options.goneMs })
    return isNew
  }

  /** Whether another bridge leads to that side. */
  hasSide(side: string, nowMs: number): boolean {
    this.#forgetSilent(nowMs)
    return [...this.#otherBridges.values()].some(({ sides }) => sides.includes(side))
  }

  /** How many bridges to that side come before us for this word: 0 if it is ours to say. */
  rank(key: string, side: string, nowMs: number): number {
    this.#forgetSilent(nowMs)
    const others = [...this.#otherBridges].filter(([, { sides }]) => sides.includes(side))
    if (others.length === 0) return 0
    const own = weight(this.#ownId, key)
    return others.filter(([id]) => weight(id, key) < own).length
  }

  #forgetSilent(nowMs: number): void {
    for (const [id, { untilMs }] of this.#otherBridges) if (untilMs <= nowMs) this.#otherBridges.delete(id)
  }
}

function weight(id: string, key: string): string {
  return createHash('sha256').update(`${id} ${key}`).digest('hex')
}
