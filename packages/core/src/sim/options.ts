// Everything that can go wrong in a simulated network, in one type. Times are simulated.
import type { JoinOptions } from '../join/index.ts'

export interface SimOptions {
  seed: number
  /** Options for every actor. */
  join: Partial<JoinOptions>
  /** One-way delay of a path: drawn once for each pair of nodes, evenly between these. */
  minLatencyMs: number
  maxLatencyMs: number
  /** Added to each packet's delay, evenly from 0. Links still keep their order. */
  jitterMs: number
  /**
   * Links are TCP: nothing that was sent on a living link is lost. A lost packet comes late instead, with this
   * probability for each packet and `retransmitMs` later, twice that if it is lost again, and so on.
   */
  lossRate: number
  retransmitMs: number
  /** Share of nodes that take `slowMs` for each packet, one after the other. */
  slowShare: number
  slowMs: number
  /** Share of nodes that nobody can dial (NAT): dials of them vanish. They dial others freely. */
  natShare: number
  /** Whether such a node knows it, and therefore advertises no address. */
  natAware: boolean
  /** Probabilities that a dial is refused, and that it vanishes, whatever is there. */
  refuseRate: number
  vanishRate: number
  /** Share of all links that break in each second. Each end notices by itself within `deadMs`. */
  cutRate: number
  /** How long a broken link or a vanished peer stays unnoticed at most; at least half of it. */
  deadMs: number
  /** How often a node tells its neighbours how many it has, if that changed. */
  probeMs: number
  /** Whether `checkJoinState` runs after every step. It costs about as much as the steps. */
  check: boolean
}

export const simDefaults: SimOptions = {
  seed: 1,
  join: {},
  // A guess at the Internet without its farthest corners: a mean round trip of 80 ms.
  minLatencyMs: 5,
  maxLatencyMs: 75,
  jitterMs: 5,
  lossRate: 0,
  // The least retransmission time-out of Linux.
  retransmitMs: 200,
  slowShare: 0,
  slowMs: 100,
  natShare: 0,
  natAware: false,
  refuseRate: 0,
  vanishRate: 0,
  cutRate: 0,
  // The node's defaults (limits.ts).
  deadMs: 12_000,
  probeMs: 5_000,
  check: false
}

export function resolveSimOptions(options: Partial<SimOptions>): SimOptions {
  return { ...simDefaults, ...options }
}
