// How far others may be ahead of what a neighbour still holds back: so many numbers of an author a window must tell
// apart, or a packet that somebody passed on early would make the rest of them stale.
import { HEADER_BYTES, SIGNATURE_BYTES } from '../wire/layout.ts'

/** What an honest neighbour may hold back, by the options of these names. */
export interface Held {
  /** Waits on its link to us. */
  readonly linkQueueBytes: number
  /** Comes from there when the link lagged, or when we ask for it. */
  readonly recentBytes: number
  /** So long it can. */
  readonly recentMs: number
}

const MIB = 1_048_576
/** Nodes with the default limits. A node expects no less of its neighbours, whatever its own limits are. */
export const HELD_BY_DEFAULT: Held = { linkQueueBytes: 8 * MIB, recentBytes: 4 * MIB, recentMs: 30_000 }
/** On the way between two kernels. Measured: so much they swallow of a peer that reads nothing. */
const SOCKET_BYTES = 4_300_000
const SMALLEST_FRAME_BYTES = HEADER_BYTES + SIGNATURE_BYTES
/** Nobody is heard faster: a verification takes 60 us. */
const FASTEST_PACKETS_PER_MS = 17
/** Whatever the limits say: the directory of such a window takes 1 KiB. */
const MOST_PACKETS = 1_000_000

/**
 * The span that a window may need at a node with these limits: the smallest frames that fit into a neighbour's queue,
 * its recent frames and the sockets between, or what others bring while it holds them, whichever is more.
 */
export function windowPacketsFor(own: Held): number {
  const linkQueueBytes = Math.max(HELD_BY_DEFAULT.linkQueueBytes, own.linkQueueBytes)
  const recentBytes = Math.max(HELD_BY_DEFAULT.recentBytes, own.recentBytes)
  const queued = Math.ceil((linkQueueBytes + recentBytes + SOCKET_BYTES) / SMALLEST_FRAME_BYTES)
  const meanwhile = Math.max(HELD_BY_DEFAULT.recentMs, own.recentMs) * FASTEST_PACKETS_PER_MS
  return Math.min(MOST_PACKETS, Math.max(queued, meanwhile))
}

/** 510,000 numbers. */
export const DEFAULT_WINDOW_PACKETS = windowPacketsFor(HELD_BY_DEFAULT)
