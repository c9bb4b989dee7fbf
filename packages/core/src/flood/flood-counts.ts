// What a flood counts. It separates losses by reason: a loss is a packet that is neither passed on nor seen before.

/**
 * The outcomes of the frames offered. A packet whose seq is too old to tell is `stale`: counted, never delivered twice.
 */
export interface FloodCounts {
  fresh: number
  duplicate: number
  stale: number
  'old-incarnation': number
  'future-incarnation': number
  'forgotten-origin': number
  'origins-full': number
  'one-time-age': number
  'one-time-full': number
  'origin-rate': number
  'neighbour-rate': number
  /**
   * Verifiers judge the signature differently: an honest node of another kind may have passed it on, so it is no fault.
   */
  'weak-signature': number
}

export function noFloodCounts(): FloodCounts {
  return {
    fresh: 0,
    duplicate: 0,
    stale: 0,
    'old-incarnation': 0,
    'future-incarnation': 0,
    'forgotten-origin': 0,
    'origins-full': 0,
    'one-time-age': 0,
    'one-time-full': 0,
    'origin-rate': 0,
    'neighbour-rate': 0,
    'weak-signature': 0
  }
}
