// A node's figures at one moment, as `floodnet top` and the dashboard show them: totals since the start and present
// values, but no rates. Types and arithmetic only: this room runs in a browser too.

/** All times are in seconds, and all sizes in bytes. */
export interface Figures {
  readonly version: string
  readonly uptimeSeconds: number
  readonly links: { readonly dialled: number; readonly accepted: number }
  readonly packets: Directions
  readonly bytes: Directions
  readonly messages: { readonly written: number; readonly delivered: number }
  /** Packets that a neighbour brought before any other did, and those that came later. */
  readonly fresh: number
  readonly duplicates: number
  /** Losses by reason, without zeros. */
  readonly drops: Readonly<Record<string, number>>
  /** Waiting bytes, by queue. */
  readonly queues: Readonly<Record<string, number>>
  readonly origins: number
  readonly workers: { readonly running: number; readonly restarts: number }
  /** How long each thread's event loop was busy, by thread: `program`, `io0` and so on. */
  readonly busySeconds: Readonly<Record<string, number>>
  readonly eventLoopDelaySeconds: { readonly p99: number; readonly max: number }
  readonly process: { readonly cpuSeconds: number; readonly residentBytes: number }
  readonly peers: readonly PeerFigures[]
}

/** Figures of one neighbour since its link came up. */
export interface PeerFigures {
  readonly id: string
  readonly rttSeconds: number | null
  readonly lagging: boolean
  readonly bytes: Directions
  readonly fresh: number
  readonly duplicates: number
}

export interface Directions {
  readonly in: number
  readonly out: number
}

/** Figures, and when they were taken. */
export interface Look {
  readonly figures: Figures
  /** On a clock that never goes back. */
  readonly atMs: number
}

/** The reasons for losses, with the amount of each. */
export function lossesIn(drops: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(drops).filter(([, count]) => count > 0))
}

/** The name of an I/O thread. */
export function ioThread(index: number): string {
  return `io${index}`
}
