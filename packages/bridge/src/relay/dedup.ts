// Words in one direction that another bridge may say as well: each should be said once. A word that is not ours to say
// waits. If another bridge says it, we forget it; if nobody does within its turn, it becomes ours after all. Pure: time
// is an argument.

import { RecentKeys } from '../recent-keys.ts'
import type { RelayOptions } from './options.ts'

interface Waiting<T> {
  readonly key: string
  readonly item: T
  readonly sinceMs: number
}

export class Dedup<T> {
  readonly #options: RelayOptions
  /**
   * Whether a key comes only once. If not, somebody who says the same thing twice uses it twice, and we count how
   * often.
   */
  readonly #hasIds: boolean
  /** Keys of words that come only once, said by anybody. */
  readonly #done: RecentKeys<string>
  #waiting: Waiting<T>[] = []
  /** Keys of words that another bridge said before we heard them ourselves, with the time until which they count. */
  #credits: { key: string; untilMs: number }[] = []

  constructor(hasIds: boolean, options: RelayOptions) {
    this.#hasIds = hasIds
    this.#options = options
    this.#done = new RecentKeys(options.maxDone)
  }

  /**
   * We heard a word. Returns what to say now: the word itself if its turn is ours (rank 0); nothing if it waits or was
   * said already; an older one for which there is no more room.
   */
  foreign(key: string, item: T, rank: number, nowMs: number): T[] {
    if (this.#hasIds ? this.#isDone(key) : this.#takeCredit(key, nowMs)) return []
    if (rank === 0) {
      if (this.#hasIds) this.#done.add(key)
      return [item]
    }
    this.#waiting.push({ key, item, sinceMs: nowMs })
    return this.#waiting.length > this.#options.maxWaiting ? this.#take(([oldest]) => (oldest ? [oldest] : [])) : []
  }

  /** Another bridge said a word. */
  said(key: string, nowMs: number): void {
    const at = this.#waiting.findIndex((waiting) => waiting.key === key)
    if (at >= 0) this.#waiting.splice(at, 1)
    if (this.#hasIds) this.#done.add(key)
    else if (at < 0) this.#giveCredit(key, nowMs)
  }

  /** Words that have become ours to say. Asks `rankOf` again, because bridges come and go. */
  due(nowMs: number, rankOf: (key: string) => number): T[] {
    const { turnMs } = this.#options
    return this.#take((waiting) => waiting.filter(({ key, sinceMs }) => nowMs - sinceMs >= rankOf(key) * turnMs))
  }

  #take(choose: (waiting: readonly Waiting<T>[]) => Waiting<T>[]): T[] {
    const chosen = new Set(choose(this.#waiting))
    if (chosen.size === 0) return []
    this.#waiting = this.#waiting.filter((waiting) => !chosen.has(waiting))
    if (this.#hasIds) for (const { key } of chosen) this.#done.add(key)
    return [...chosen].map(({ item }) => item)
  }

  #isDone(key: string): boolean {
    return this.#done.has(key) || this.#waiting.some((waiting) => waiting.key === key)
  }

  #takeCredit(key: string, nowMs: number): boolean {
    this.#credits = this.#credits.filter(({ untilMs }) => untilMs > nowMs)
    const at = this.#credits.findIndex((credit) => credit.key === key)
    if (at < 0) return false
    this.#credits.splice(at, 1)
    return true
  }

  #giveCredit(key: string, nowMs: number): void {
    const { creditMs, maxWaiting } = this.#options
    this.#credits = [...this.#credits.slice(1 - maxWaiting), { key, untilMs: nowMs + creditMs }]
  }
}
