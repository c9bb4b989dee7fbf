// Limits and times of the relay, each with its source.

/** What bounds a relay's memory, and the times of turns among bridges. */
export interface RelayOptions {
  /**
   * The next bridge in turn waits this long for the one before it, in ms. A flood takes milliseconds; a busy machine
   * seconds.
   */
  readonly turnMs: number
  /**
   * How often a bridge announces itself, in ms, and after which silence it counts as gone (a guess: two may be lost).
   */
  readonly helloMs: number
  readonly goneMs: number
  /** Other bridges known. Anyone may pretend to be some, and each makes the others wait a turn more (a guess). */
  readonly maxSiblings: number
  /**
   * Words that wait for their turn, in each direction. If more come, the oldest is said early (a guess: 20 a second for
   * 50 s).
   */
  readonly maxWaiting: number
  /** Words remembered as said, in each direction (the same hour of 20 a second as for packet ids). */
  readonly maxDone: number
  /**
   * If another bridge said a word before we heard it, how long that counts for the word that we are about to hear, in
   * ms (a guess).
   */
  readonly creditMs: number
  /** Longest text carried over, in bytes: what floodchat shows. */
  readonly maxTextBytes: number
}

/** The defaults. */
export const RELAY_DEFAULTS: RelayOptions = {
  turnMs: 3_000,
  helloMs: 5_000,
  goneMs: 12_000,
  maxSiblings: 8,
  maxWaiting: 1_000,
  maxDone: 65_536,
  creditMs: 30_000,
  maxTextBytes: 16 * 1024
}
