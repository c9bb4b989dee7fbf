// Limits and times of the relay, each with its source.

/** What bounds a relay's memory, and the times of turns among bridges. */
export interface RelayOptions {
  /**
   * A bridge that is next in turn waits so long for the one before it, in ms. A flood takes milliseconds; a busy
   * machine seconds.
   */
  readonly turnMs: number
  /**
   * How often a bridge says that it is there, in ms, and after which silence it is taken for gone (a guess: two may be
   * lost).
   */
  readonly helloMs: number
  readonly goneMs: number
  /**
   * Bridges known beside this one. Anyone may pretend to be some, and each makes the others wait a turn more (a guess).
   */
  readonly maxSiblings: number
  /**
   * Words that wait for their turn, on each way. The oldest is said early when more come (a guess: 20 a second for 50
   * s).
   */
  readonly maxWaiting: number
  /** Words remembered as said, on each way (the same hour of 20 a second as for packet ids). */
  readonly maxDone: number
  /**
   * How long a word said by another bridge, before we heard it, stands for one that we are about to hear, in ms (a
   * guess).
   */
  readonly creditMs: number
  /** Longest text carried over, in bytes: what floodchat shows. */
  readonly maxTextBytes: number
}

/** What holds where nothing is said. */
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
