// Proof of work: how many tries a packet costs on average, and which results count. Pure arithmetic; the host hashes.
// As in the tutorial, the cost grows with the length, so that much text costs much.

/** Most bits of the option: 2^24 tries for each byte are a minute's work for one letter. */
export const MAX_WORK_BITS = 24
/**
 * The weight of the header, in bytes: an empty packet costs work too. With 6 bits a packet costs 64 x length + 128; in
 * the tutorial 64 x length + 124.
 */
const HEADER_WEIGHT = 2
/** The first 48 bits of a try's hash count: as many as plain numbers divide exactly. */
const VALUE_BITS = 48

/** Tries that a body of this many bytes takes on average. */
export function workCost(bits: number, bodyBytes: number): number {
  return 2 ** bits * (bodyBytes + HEADER_WEIGHT)
}

/** The first 48 bits of a try's hash, as a number, must be below this. */
export function workThreshold(bits: number, bodyBytes: number): number {
  return Math.floor(2 ** VALUE_BITS / workCost(bits, bodyBytes))
}
