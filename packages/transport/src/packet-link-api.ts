// The public face of a packet link: what a bridge between floods gives to a node, and what it gets back.

/**
 * Receives packets that the node has passed on: whole DATA frames of floodnet/1, signed by their authors. The sink owns
 * them. The node calls it again once it has resolved; until then a few MiB wait, and after `stallMs` the node drops and
 * counts more (`packet-link-lagging`).
 */
export type PacketSink = (packets: readonly Uint8Array[]) => void | Promise<void>

/** A place in the flood whose other end is the program. Made by `Network.openPacketLink`. */
export interface PacketLink {
  /**
   * Brings a packet from elsewhere: one that another packet link took out of a network of the same name. The node
   * judges it like a neighbour's: it drops and counts a forged one (`packet-link-fault`), and does not pass on one that
   * it has seen. Resolves when the packet is on its way to the I/O thread: await it to get back-pressure.
   * @throws ERR_FLOODNET_OPTION if these bytes are not a packet or the link is closed, ERR_FLOODNET_CLOSED if the
   *   network is.
   */
  offer(packet: Uint8Array): Promise<void>
  /** Removes the link from the flood. */
  close(): void
}
