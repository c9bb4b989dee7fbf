// The options in `limits`: what each bounds, in the words of the public interface. Defaults and bounds are the core's.

/** Limits and periods that few programs change. Bytes, milliseconds and counts as the name's last word says. */
export interface NetworkLimits {
  /** Largest message that `write` takes and a reader puts together. Default 16 MiB. */
  maxMessageBytes: number
  /** Largest frame accepted from a link. Default 1 MiB. */
  maxFrameBytes: number
  /** Bytes of messages kept for `read()`. Default 32 MiB. */
  inboxBytes: number
  /** Bytes of messages that wait in `write()` calls nobody awaited. Default 4 MiB. */
  writeQueueBytes: number
  /**
   * Bytes written before there is any neighbour, held until the first one is up, in whole slabs of 1 MiB; beyond them
   * `write` waits. Default 1 MiB.
   */
  holdBytes: number
  /** Bytes queued on one link before the links that feed it are paused. Default 8 MiB. */
  linkQueueBytes: number
  /** Longest pause of a link because another one is full, in ms. Default 250. */
  stallMs: number
  /** Memory of frames passed on lately, for each worker: from there links that lagged catch up. Default 16 MiB. */
  recentBytes: number
  /** How long frames are kept there, in ms. Default 10,000. */
  recentMs: number
  /** A link whose peer takes no byte for so long, in ms, is closed. Default 30,000. */
  stuckMs: number
  /** Period of keep-alive probes, in ms. Default 5,000. */
  pingMs: number
  /** A link that brought no byte for so long, in ms, is closed as dead. Default 12,000. */
  deadMs: number
  /** From a dial to a link that speaks floodnet/1, in ms. Default 5,000. */
  dialTimeoutMs: number
  /** From an accepted socket to a link that speaks floodnet/1, in ms. Default 5,000. */
  handshakeTimeoutMs: number
  /** Accepted sockets that have not finished the handshake. Default 128. */
  maxHandshakes: number
  /** First pause between attempts to find missing neighbours, in ms; it grows from there. Default 1,000. */
  retryMinMs: number
  /** Longest pause between attempts to find missing neighbours, in ms. Default 60,000. */
  retryMaxMs: number
  /** Authors whose packets are told apart at one time. Default 16,384. */
  maxOrigins: number
  /**
   * A packet in its stem phase that nobody has flooded by then, in ms and about as much again, is flooded by each node
   * that it passed. Default 5,000.
   */
  stemTimeoutMs: number
  /**
   * Keys of one-time messages remembered, beside the authors. When they are too many, the time in which such messages
   * are taken becomes shorter. Default 32,768.
   */
  maxOneTimeOrigins: number
  /**
   * What one author may write, in bytes and in packets a second, beside a burst (`rateBurstMs`); what is beyond it is
   * neither read here nor passed on, and counted. 0: any amount. Own messages are not limited. Default 0.
   */
  maxOriginBytesPerSecond: number
  /** The same in packets. Default 0. */
  maxOriginPacketsPerSecond: number
  /** The same in messages: a packet may hold up to 16,384. What is left of the rate may become a debt. Default 0. */
  maxOriginMessagesPerSecond: number
  /** What one neighbour may bring of news, of whichever author, in bytes a second. 0: any amount. Default 0. */
  maxNeighbourBytesPerSecond: number
  /** The same in packets. Default 0. */
  maxNeighbourPacketsPerSecond: number
  /** The same in messages. Default 0. */
  maxNeighbourMessagesPerSecond: number
  /**
   * Authors not heard before, one-time origins among them, that one neighbour may bring in a second: a flooder may take
   * a new key for each packet. 0: any number. Default 0.
   */
  maxNeighbourOriginsPerSecond: number
  /** Whoever was silent for so long, in ms, may bring the worth of this time at once. Default 5,000. */
  rateBurstMs: number
  /** Bytes of unfinished large messages kept by a reader. Default 64 MiB. */
  reassemblyBytes: number
}
