// What a thread counts. The program hears of losses too, but at most once a second for each cause.

import type { DropReason } from './drop-reasons.ts'

/** Counts by name. */
export type Counts = Record<string, number>

export function addTo(counts: Counts, name: string, amount = 1): void {
  counts[name] = (counts[name] ?? 0) + amount
}

/** Adds every count of `more` to `counts`. */
export function addAll(counts: Counts, more: Readonly<Counts>): void {
  for (const [name, amount] of Object.entries(more)) addTo(counts, name, amount)
}

/** Packets or messages lost since the last report. `link` is null if no single link is the cause. */
export interface Loss {
  readonly reason: DropReason
  readonly link: number | null
  count: number
}

/** Losses by reason and link: totals since the start, and what is new since the last report. */
export class LossTally {
  readonly totals: Counts = {}
  readonly #news = new Map<string, Loss>()

  add(reason: DropReason, link: number | null, count: number): void {
    if (count === 0) return
    addTo(this.totals, reason, count)
    const key = `${reason}/${link}`
    const loss = this.#news.get(key)
    if (loss === undefined) this.#news.set(key, { reason, link, count })
    else loss.count += count
  }

  /** Reports what is new. */
  report(tell: (loss: Loss) => void): void {
    for (const loss of this.#news.values()) tell(loss)
    this.#news.clear()
  }
}
