// What one node's part in the stream needs from the whole.
import type { SeqRange } from '../../wire/tree-codec.ts'
import type { Sim } from '../state.ts'
import type { Measure } from './figures.ts'
import type { TreeFrame } from './frames.ts'
import type { StreamOptions } from './options.ts'
import type { Speaker } from './speaker.ts'

/** A node as the stream sees it. */
export interface StreamNode {
  readonly hostile: boolean
  readonly startedMs: number
  readonly node: { readonly index: number }
  readonly got: number[]
}

/** A node that may be hostile. */
export interface HostileNode {
  readonly hostile: boolean
  readonly world: NodeWorld
  /** By author: packets passed on. */
  readonly passed: number[]
  /** By slot; 0: none. */
  readonly links: readonly number[]
  sendPrune(slot: number, author: number): void
  sendGraft(slot: number, author: number, ranges: readonly SeqRange[]): void
}

export interface NodeWorld {
  readonly sim: Sim
  readonly options: StreamOptions
  readonly speakers: readonly Speaker[]
  readonly floods: boolean
  readonly measure: Measure | null
  /** A packet has come here for the first time. */
  deliver(to: StreamNode, packet: number, hops: number): void
  noteGap(node: StreamNode, packets: number): void
  noteFrame(node: StreamNode, frame: TreeFrame, bytes: number): void
  planDeparture(node: StreamNode, at: number): void
}
