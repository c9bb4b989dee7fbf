// Which authors are worth a tree: those that write much. Checked when a duplicate arrives, because only then is there
// anything to save. It takes one word in the author's row, and nothing for a fresh packet.

/**
 * Packets, or bytes of packets like this one, that make an author busy within BUSY_WITHIN_S. Guesses: what a tree costs
 * is saved within a second.
 */
export const BUSY_PACKETS = 8
export const BUSY_BYTES = 16_384
export const BUSY_WITHIN_S = 10

/** What `observe` returns for a busy author. Words are not negative. */
export const BUSY = -1

/**
 * The author's word after a duplicate of packet `seq`, or BUSY. `word` 0: nothing was observed yet. `seconds`: the
 * time.
 */
export function observe(word: number, seq: number, frameBytes: number, seconds: number): number {
  const since = word >>> 16
  const age = (seconds - since) & 0xffff
  if (word === 0 || age > BUSY_WITHIN_S) return begun(seq, frameBytes, seconds)
  const packets = ((seq - (word & 0xffff)) & 0xffff) + 1
  // A number below the first one is an old packet on a slower path.
  if (packets > 0x8000) return word
  return packets >= BUSY_PACKETS || packets * frameBytes >= BUSY_BYTES ? BUSY : word
}

function begun(seq: number, frameBytes: number, seconds: number): number {
  if (frameBytes >= BUSY_BYTES) return BUSY
  const word = ((seconds & 0xffff) << 16) | (seq & 0xffff)
  return word === 0 ? 1 : word >>> 0
}
