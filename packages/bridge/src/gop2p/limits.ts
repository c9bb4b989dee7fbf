// Every bound of a gop2p node, with its default and where the figure comes from. The original has none of them.

/** What bounds a gop2p node. */
export interface Gop2pLimits {
  /** Members at one time. A full mesh sends each message to all of them. */
  readonly maxMembers: number
  /** Members that share one address which is not this machine's: one host must not fill the table. */
  readonly maxMembersPerHost: number
  /** Peers to which a direct message may be addressed. */
  readonly maxRecipients: number
  /** Body of one request or answer, in bytes. */
  readonly maxBodyBytes: number
  /** Bodies that are being received at one time, all connections together, in bytes. */
  readonly maxReceivingBytes: number
  /**
   * A longer body, or one too many, is read up to here and thrown away, in bytes: whose request is cut off says the
   * message to nobody else.
   */
  readonly maxDiscardedBytes: number
  /** Connections that others hold open to us. */
  readonly maxConnections: number
  /** The same from one address that is not this machine's. */
  readonly maxConnectionsPerHost: number
  /** Requests of ours under way at one time; one for each member at most. */
  readonly maxParallel: number
  /** Messages that wait for one member, and their bytes. */
  readonly maxQueued: number
  readonly maxQueuedBytes: number
  /** Messages kept for a program that does not read its inbox. */
  readonly inboxLimit: number
  /** One request of ours, from the dial to the end of its answer, in ms. */
  readonly requestTimeoutMs: number
  /** One message to all members: who has not answered by then is given up for this message, in ms. */
  readonly sendTimeoutMs: number
  /** Joining: the entry, and everyone it lists, in ms. */
  readonly connectTimeoutMs: number
  /** One request of another peer, from its first byte to its last, in ms. */
  readonly receiveTimeoutMs: number
  /** An idle connection of a member stays open so long, in ms. */
  readonly keepAliveMs: number
  /** Pause between two looks at the members, in ms: who was silent for as long is asked for a sign of life. */
  readonly probeMs: number
  /** Pause between two comparisons of names with one member, in ms: how it knows us, and what it calls itself. */
  readonly auditMs: number
  /** Requests in a row that must fail until a member is taken for dead. */
  readonly maxFailures: number
}

/** The defaults. */
export const GOP2P_LIMITS: Gop2pLimits = {
  // A guess: with 128 members each message costs 128 requests, and networks of this kind have a handful.
  maxMembers: 128,
  // A guess: a few nodes behind one address translation.
  maxMembersPerHost: 16,
  maxRecipients: 128,
  // floodnet's largest frame, 1 MiB, grown by a third in base64, and room for the rest.
  maxBodyBytes: 1_500_000,
  maxReceivingBytes: 16 * 1024 * 1024,
  // A guess: four times the largest message of floodnet.
  maxDiscardedBytes: 64 * 1024 * 1024,
  // Two for each member: Go opens a second connection when two messages are under way.
  maxConnections: 256,
  maxConnectionsPerHost: 32,
  maxParallel: 32,
  maxQueued: 512,
  maxQueuedBytes: 8 * 1024 * 1024,
  // The inbox of floodnet's own nodes.
  inboxLimit: 512,
  requestTimeoutMs: 3_000,
  // maxMembers / maxParallel rounds of requestTimeoutMs are 12 s, also when every member hangs.
  sendTimeoutMs: 12_000,
  connectTimeoutMs: 15_000,
  receiveTimeoutMs: 10_000,
  // Go closes its idle connections after 90 s. When we close first, a message that it writes at that moment is lost.
  keepAliveMs: 100_000,
  probeMs: 10_000,
  // A guess: a member that dialled us by another name says everything twice for so long at most.
  auditMs: 30_000,
  maxFailures: 3
}
