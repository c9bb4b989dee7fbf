// The public face of a packet link: what a bridge between floods gives to a node and gets back.

/**
 * Takes packets that the node has passed on: whole DATA frames of floodnet/1, signed by their authors, which the taker
 * owns. It is called again when it has resolved; until then a few MiB wait, and after `stallMs` more are dropped and
 * counted (`packet-link-lagging`).
 */
export type PacketSink = (packets: readonly Uint8Array[]) => void | Promise<void>

/** A place in the flood whose other end is the program. Made by `Network.openPacketLink`. */
export interface PacketLink {
  /**
   * Brings a packet from elsewhere: one that another packet link has taken out of a network of the same name. It is
   * judged as a neighbour's would be; a forged one is dropped and counted (`packet-link-fault`), one seen before ends
   * here. Resolves when it is on its way to the I/O thread: awaiting it is the back-pressure.
   * @throws ERR_FLOODNET_OPTION when these bytes are not a packet or the link is closed, ERR_FLOODNET_CLOSED when the
   * network has.
   */
  offer(packet: Uint8Array): Promise<void>
  /** Takes the link out of the flood. */
  close(): void
}
