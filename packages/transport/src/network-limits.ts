// The options in `limits`: what each bounds, in the words of the public interface. The core holds their defaults and
// bounds.

/**
 * Limits and periods that few programs change. The last word of each name is its unit: bytes, milliseconds or a count.
 */
export interface NetworkLimits {
  /** Largest message that `write` accepts and a reader puts together. Default 16 MiB. */
  maxMessageBytes: number
  /** Largest frame accepted from a link. Default 1 MiB. */
  maxFrameBytes: number
  /** Bytes of messages kept for `read()`. Default 32 MiB. */
  inboxBytes: number
  /** Bytes of messages that wait in `write()` calls that nobody awaited. Default 4 MiB. */
  writeQueueBytes: number
  /**
   * Bytes that the node holds before it has a neighbour, until the first link is up, in whole slabs of 1 MiB; beyond
   * that, `write` waits. Default 1 MiB.
   */
  holdBytes: number
  /** Bytes queued on one link before the links that feed it are paused. Default 8 MiB. */
  linkQueueBytes: number
  /** Longest pause of a link because another one is full, in ms. Default 250. */
  stallMs: number
  /** Memory for recently forwarded frames, for each worker; links that lagged catch up from there. Default 4 MiB. */
  recentBytes: number
  /** How long a worker keeps these frames, in ms. Default 30,000. */
  recentMs: number
  /** A link is closed if its peer takes no byte for this long, in ms. Default 30,000. */
  stuckMs: number
  /** Period of keep-alive probes, in ms. Default 5,000. */
  pingMs: number
  /** A link is closed as dead if it brings no byte for this long, in ms. Default 12,000. */
  deadMs: number
  /** Longest time from a dial to a link that speaks floodnet/1, in ms. Default 5,000. */
  dialTimeoutMs: number
  /** Longest time from an accepted socket to a link that speaks floodnet/1, in ms. Default 5,000. */
  handshakeTimeoutMs: number
  /** Accepted sockets that have not finished the handshake. Default 128. */
  maxHandshakes: number
  /** First pause between attempts to find missing neighbours, in ms; it grows from there. Default 1,000. */
  retryMinMs: number
  /** Longest pause between attempts to find missing neighbours, in ms. Default 60,000. */
  retryMaxMs: number
  /** Authors that the node tells apart at one time. Default 16,384. */
  maxOrigins: number
  /**
   * If nobody has flooded a packet in its stem phase after this time, in ms, plus a random time of the same mean, each
   * node that it passed floods it. Default 5,000.
   */
  stemTimeoutMs: number
  /**
   * Keys of one-time messages that the node remembers, beside the authors. If there are too many, it accepts such
   * messages for a shorter time. Default 32,768.
   */
  maxOneTimeOrigins: number
  /**
   * Bytes a second that one author may write, beside a burst (`rateBurstMs`). The node neither reads nor passes on what
   * exceeds it, but counts it. 0: any amount. The node's own messages are not limited. Default 0.
   */
  maxOriginBytesPerSecond: number
  /** The same in packets. Default 0. */
  maxOriginPacketsPerSecond: number
  /**
   * The same in messages: a packet may hold up to 16,384. A packet may exceed what is left of the rate; the excess is a
   * debt. Default 0.
   */
  maxOriginMessagesPerSecond: number
  /** New bytes a second that one neighbour may bring, from any authors. 0: any amount. Default 0. */
  maxNeighbourBytesPerSecond: number
  /** The same in packets. Default 0. */
  maxNeighbourPacketsPerSecond: number
  /** The same in messages. Default 0. */
  maxNeighbourMessagesPerSecond: number
  /**
   * Authors not heard before, with one-time keys, that one neighbour may bring in a second, because a flooder may use a
   * new key for each packet. 0: any number. Default 0.
   */
  maxNeighbourOriginsPerSecond: number
  /**
   * After a silence of this length, in ms, an author or neighbour may send as much at once as this time allows. Default
   * 5,000.
   */
  rateBurstMs: number
  /** Bytes of unfinished large messages that a reader keeps. Default 64 MiB. */
  reassemblyBytes: number
}
