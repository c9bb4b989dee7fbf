// What the table of authors keeps of one, and says of its packets.
import type { RateBucket } from './rate-limits.ts'
import type { ReplayWindow, WindowVerdict } from './replay-window.ts'

export interface TableOptions {
  readonly maxForgotten?: number
  readonly lastsMs?: number
  /** What each window may span. */
  readonly windowPackets?: number
  /** What all windows together may grow by. */
  readonly windowBytes?: number
}

/** What is kept of an author beside its row. */
export interface Origin {
  /** Public key, 64 hex digits. */
  readonly id: string
  /** Of its present incarnation. Its numbers are in the row, so it is useless once the author is forgotten. */
  window: ReplayWindow
  /** The incarnation before; some of its packets may still be on a slower path. */
  earlier: { readonly incarnation: number; readonly window: ReplayWindow } | null
  /** What is left of its rate, if rates are limited. */
  rate: RateBucket | null
  /** What the host keeps with an author (a parsed key, for example). The table only carries it. */
  attachment: unknown
  /** The link that brought it first. */
  readonly source: number
  /** When it was first heard, in seconds. */
  readonly sinceS: number
  /** The host has named it: it does not give way, and its neighbour's rate does not hold it up. */
  isKnown: boolean
}

/**
 * What an author's windows say about a packet. `new-incarnation`: later than the present one, so every number is fresh.
 */
export type OriginVerdict = WindowVerdict | 'old-incarnation' | 'new-incarnation'

/** What an author's windows have grown by. */
export function grownBytes({ window, earlier }: Pick<Origin, 'window' | 'earlier'>): number {
  return window.bytes + (earlier?.window.bytes ?? 0)
}
