// Why packets or messages are lost, in one list for all threads, events, counters and metrics. docs/API.md explains
// each.
import type { FloodCounts } from '@floodnet/core'

/** Counts of the flood that are losses: a packet that was neither passed on nor a duplicate. */
export const FLOOD_LOSSES = [
  'stale',
  'old-incarnation',
  'future-incarnation',
  'forgotten-origin',
  'origins-full',
  'one-time-age',
  'one-time-full',
  'origin-rate',
  'weak-signature'
] as const satisfies readonly (keyof FloodCounts)[]

/** Every reason that `drops` may count. A dashboard sees each at zero before the first loss. */
export const DROP_REASONS = [
  'lagging',
  'link-down',
  'no-link',
  'sibling-lagging',
  'packet-link-lagging',
  'packet-link-fault',
  'inbox-full',
  'worker-crash',
  'closed',
  'left',
  'write-queue-full',
  'incomplete-message',
  'message-too-large',
  'reassembly-full',
  'malformed-batch',
  'malformed-fragment',
  ...FLOOD_LOSSES,
  'neighbour-rate',
  'frame-too-large',
  'gap',
  'direct-forged',
  'direct-untried',
  'control-rate'
] as const

/** Why packets or messages are lost. */
export type DropReason = (typeof DROP_REASONS)[number]
