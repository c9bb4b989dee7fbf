// How much a link may ask of this node: control frames, probes, frames of trees.
import { TokenBucket } from '@floodnet/core'

/**
 * A guess: five requests from each of 200 nodes that join through us at once, and then those of one newcomer every 25
 * ms.
 */
const CONTROL_BURST = 1_000
const CONTROL_PER_SECOND = 200

/** For a link that is not to a neighbour. A guess: a peer that asks for a place asks once or twice. */
const GUEST_CONTROL_BURST = 32
const GUEST_CONTROL_PER_SECOND = 4
/** Probes that a node answers. A guess: the option pingMs accepts periods from 20 ms. */
const PROBE_BURST = 100
const PROBES_PER_SECOND = 60

/** The same for a guest. */
export function guestBudget(nowMs: number): TokenBucket {
  return new TokenBucket(GUEST_CONTROL_BURST, GUEST_CONTROL_PER_SECOND, nowMs)
}

/** Limit on the probes of one link that we answer: each answer is a write of its own. */
export function probeBudget(nowMs: number): TokenBucket {
  return new TokenBucket(PROBE_BURST, PROBES_PER_SECOND, nowMs)
}

/** Limit on the control frames of one link that reach the node's thread and whose signatures we verify. */
export function controlBudget(nowMs: number): TokenBucket {
  return new TokenBucket(CONTROL_BURST, CONTROL_PER_SECOND, nowMs)
}

/**
 * A guess: twice a PRUNE for each author that may be busy, and then the announcements of 4,096 authors (21 frames)
 * every 50 ms.
 */
const TREE_BURST = 8_192
const TREE_PER_SECOND = 1_000

/** Limit on the tree frames of one link. */
export function treeBudget(nowMs: number): TokenBucket {
  return new TokenBucket(TREE_BURST, TREE_PER_SECOND, nowMs)
}
