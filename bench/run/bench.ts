// What a benchmark is to those who run it and those who print it.

/** How long a run lasts. */
export interface Phases {
  readonly warmUpMs: number
  readonly timedMs: number
  /** Of `rss.60s`. */
  readonly watchMs: number
}

export const FULL: Phases = { warmUpMs: 1_500, timedMs: 3_000, watchMs: 60_000 }
export const QUICK: Phases = { warmUpMs: 300, timedMs: 500, watchMs: 3_000 }

/** Figures of one run by metric; the last words of a name are its unit. */
export type Figures = Readonly<Record<string, number>>

export interface Bench {
  readonly name: string
  /** What it does and with which settings, in a line. */
  readonly about: string
  /** The metric that the table leads with. */
  readonly headline: string
  /** Runs only when `--only` names it: part of a series, not of the overview. */
  readonly onRequest?: boolean
  /** Long in itself: runs in the first round alone. */
  readonly once?: boolean
  run(phases: Phases): Promise<Figures>
}

/** Thrown by a run that cannot be had on this machine. */
export class Skipped extends Error {}
