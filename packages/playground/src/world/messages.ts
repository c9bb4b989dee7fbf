// What crosses between the page and its workers. Each message is declared here, once.
import type { RunResult } from '@floodnet/core/sim'
import type { TimedSample } from './run.ts'
import type { Action, SharedRun, TimedAction } from './settings.ts'
import type { Shape } from './shape.ts'

export const LANES = ['flood', 'trees'] as const
export type LaneName = (typeof LANES)[number]
export type ForLanes<T> = Readonly<Record<LaneName, T>>

/** `run` numbers the runs of a page: results of an earlier one no longer count. */
export type ToSim =
  | { readonly kind: 'begin'; readonly run: number; readonly shared: SharedRun }
  /**
   * Continue to this time. One Frame answers, even if it took too long. Copies are included only if they are visible.
   */
  | { readonly kind: 'advance'; readonly untilMs: number; readonly isSeen: boolean }
  | { readonly kind: 'act'; readonly action: Action }

export type FromSim =
  | { readonly kind: 'growing'; readonly run: number; readonly shape: Shape; readonly done: number }
  | Frame
  /** The requested action is planned for this time. */
  | { readonly kind: 'planned'; readonly run: number; readonly atMs: number }

/** All times in simulated ms since authors began to write. */
export interface Frame {
  readonly kind: 'frame'
  readonly run: number
  readonly nowMs: number
  /** Arrived since the last frame. */
  readonly copies: ForLanes<Float32Array>
  /** Only those that changed. */
  readonly shapes: Partial<ForLanes<Shape>>
  readonly states: ForLanes<LaneState>
  readonly samples: readonly TimedSample[]
  /** Done and planned. */
  readonly actions: readonly TimedAction[]
  readonly command: string | null
  readonly isCut: boolean
}

export interface LaneState {
  readonly alive: number
  /** Sizes of the overlay's parts, the largest first. */
  readonly parts: readonly number[]
  /** From the last failure until the overlay was one again; null: nothing failed, or it is still broken. */
  readonly healMs: number | null
  /** The progress of the measurement after a failure, 0 to 1. */
  readonly measured: number
  readonly result: RunResult | null
}

/** Numbers of a copy: from, to, when it arrives, how long it was on its way, 1 when it was new. */
export const COPY_FIELDS = 5

export type ToLayout =
  | { readonly kind: 'reset'; readonly nodes: number }
  /** `edges`: two nodes each, as in a Shape; `up`: by node. */
  | { readonly kind: 'links'; readonly edges: Uint16Array; readonly up: Uint8Array }

/** x and y of each node, around 0; `isMoving`: more will come. */
export interface FromLayout {
  readonly places: Float32Array
  readonly isMoving: boolean
}
