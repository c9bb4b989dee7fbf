// A simulated node: its actor, and its state in the world.
import type { JoinOptions, JoinState, NodeId } from '../join/index.ts'

/** A node's place, which keeps its id and address over restarts. */
export interface SimNode {
  readonly index: number
  readonly id: NodeId
  readonly address: string
  /** Options of its actor, on top of those for all. */
  join: Partial<JoinOptions>
  /** Whether others can dial it. */
  reachable: boolean
  slow: boolean
  /** When it has worked through what came before. */
  busyUntil: number
  /** Nodes of different sides cannot reach each other while the world is split. */
  side: number
  incarnation: number
  /** Null while it is down. */
  state: JoinState | null
  /** While down: whether dials of it vanish instead of being refused. */
  silent: boolean
  readonly ends: Set<number>
  /** The earliest wake under way. */
  wakeAt: number
  /** Since when it has been up without a neighbour, or infinity. */
  aloneSince: number
  longestAloneMs: number
  /** A probe with its degree is under way. */
  reporting: boolean
}
