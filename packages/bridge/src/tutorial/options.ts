// Limits and times of a peer among the tutorial's nodes, each with its source.

/** What bounds a peer's links, dials and memory. */
export interface PeerOptions {
  /** Neighbours it tries to have. The tutorial's text says five, its code three. */
  readonly desiredLinks: number
  /**
   * Neighbours it has at most, slots included: the node's own maximum of 12 would do too; a bridge relays little (a
   * guess).
   */
  readonly maxLinks: number
  /** Hops of a join request: the tutorial's figure. Requests of others that claim more are cut to it. */
  readonly joinHops: number
  /** Accepted connections that have not said what they are. Go nodes keep them for ever (a guess). */
  readonly maxStrangers: number
  /** How long such a connection may stay silent, in ms: floodnet's own handshake deadline. */
  readonly strangerMs: number
  /** From a dial to a connection, in ms: floodnet's own. */
  readonly dialMs: number
  /**
   * How long after a request of ours a JOIN_ACK may come, in ms. A walk of five hops, each behind a dial that waits for
   * 5 s.
   */
  readonly ackWithinMs: number
  /**
   * After so long without any neighbour, in ms, people are told that an address took a request and nobody answered. A
   * node that has no link answers at once (a guess with room).
   */
  readonly unansweredMs: number
  /** Dials under way at one time (a guess). */
  readonly maxDials: number
  /**
   * Dials that requests of others may set off: so many at once, then so many a second. Anyone can name any address (a
   * guess).
   */
  readonly foreignDialBurst: number
  readonly foreignDialsPerSecond: number
  /** Join requests of others that are passed on: so many at once, then so many a second (a guess). */
  readonly relayBurst: number
  readonly relaysPerSecond: number
  /** First and longest pause between attempts to find missing neighbours, in ms: floodnet's own. */
  readonly retryMinMs: number
  readonly retryMaxMs: number
  /** Packet ids remembered, in two halves of which the older is forgotten. An hour of 20 messages a second. */
  readonly maxSeen: number
  /** Addresses of others remembered, to join by when the entries are gone (a guess). */
  readonly maxKnown: number
}

/** The defaults. */
export const PEER_DEFAULTS: PeerOptions = {
  desiredLinks: 5,
  maxLinks: 8,
  joinHops: 5,
  maxStrangers: 32,
  strangerMs: 5_000,
  dialMs: 5_000,
  ackWithinMs: 30_000,
  unansweredMs: 10_000,
  maxDials: 4,
  foreignDialBurst: 8,
  foreignDialsPerSecond: 1,
  relayBurst: 40,
  relaysPerSecond: 10,
  retryMinMs: 1_000,
  retryMaxMs: 60_000,
  maxSeen: 65_536,
  maxKnown: 32
}
