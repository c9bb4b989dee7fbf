// Which counts of the flood are losses.
import type { FloodCounts } from '@floodnet/core'

/** Flood counts that are losses: a packet that was neither passed on nor a duplicate. */
export const LOSSES = [
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
