// What takes part in the flood of a worker: a peer's link, the program, a sibling.
import type { Inlet } from './backpressure.ts'
import type { Follower } from './catch-up.ts'

/** A place that takes part in the flood. */
export interface FloodLink extends Inlet, Follower {
  /** Above 0 for a peer; below for the program or a sibling worker. */
  readonly id: number
  /**
   * Reports how many packets of a chunk from this link were new, and how many were not. Absent if nobody needs it: for
   * the program and siblings.
   */
  onBrought?(fresh: number, duplicates: number): void
}
