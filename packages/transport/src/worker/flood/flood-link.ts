// What takes part in the flood of a worker: a peer's link, the program, a sibling.
import type { Inlet } from './backpressure.ts'
import type { Follower } from './catch-up.ts'

/** A place that takes part in the flood. */
export interface FloodLink extends Inlet, Follower {
  /** Above 0: to a peer. Below: to the program or a sibling worker. */
  readonly id: number
  /**
   * A chunk from here had so many packets that were news, and so many that had come before. Absent where nobody asks:
   * the program, a sibling.
   */
  onBrought?(fresh: number, duplicates: number): void
}
