// What the dashboard's page receives once a second. Types only, because the page uses them too.
import type { Figures, PeerFigures } from '../figures/figures.ts'
import type { Rates } from '../figures/rates.ts'

export interface Snapshot {
  /** Counted from 1; a page that reads too slowly misses some. */
  readonly number: number
  /** Unix ms. */
  readonly at: number
  readonly id: string
  readonly address: string | null
  readonly figures: Figures & { readonly peers: readonly SnapshotPeer[] }
  /** Since the previous snapshot; null if there was none. */
  readonly rates: Rates | null
  /** Links that said goodbye and still have a socket. */
  readonly closing: number
  /** Links closed, by reason. */
  readonly closes: Readonly<Record<string, number>>
  readonly dials: { readonly started: number; readonly opened: number; readonly failed: number }
  readonly feed: Feed
}

/** A neighbour, with what only the node itself knows of it. */
export interface SnapshotPeer extends PeerFigures {
  readonly address: string
  readonly direction: 'dialled' | 'accepted'
  readonly upSeconds: number
  readonly queuedBytes: number
}

/** What happened since the previous snapshot. */
export interface Feed {
  readonly lines: readonly FeedLine[]
  /** All events since pages are open. Those without a line were skipped. */
  readonly total: number
}

export interface FeedLine {
  /** Unix ms, of the last such event. */
  readonly at: number
  /** The event's name. */
  readonly name: string
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  /** One line that is safe to show. */
  readonly text: string
  /** Events that it stands for. */
  readonly count: number
}
