// What a NATS bridge counts.

/** Why packets are lost at the bridge, and the names under which it counts them. */
export const NATS_LOSSES = [
  /** Packets: the stream refused them. */
  'refused',
  /** Packets: without a stream, nobody accepted them for `nobodyMs`. */
  'nobody',
  /** NATS messages: they came faster than the flood accepted them. */
  'incoming-full',
  /** NATS messages of other bridges that never came, according to their numbers or those of the stream. */
  'missed',
  /** Packets: a part never came. */
  'incomplete',
  /** NATS messages that are not packets. */
  'malformed',
  /** Packets that were still waiting when the bridge closed. */
  'closed'
] as const

/** Why packets are lost at the bridge. */
export type NatsLoss = (typeof NATS_LOSSES)[number]

/** Counters since the start, and gauges. */
export interface NatsBridgeStats {
  /** Whether the NATS server is there. */
  readonly connected: boolean
  readonly reconnects: number
  /** Packets given to NATS and confirmed, and packets brought into the flood. Duplicates among the latter end there. */
  readonly packets: { readonly out: number; readonly in: number }
  /** Bytes of their bodies. */
  readonly bytes: { readonly out: number; readonly in: number }
  /** Packets that another bridge had sent before it was their turn here. */
  readonly known: number
  /** What waits at present, in each direction. */
  readonly queued: { readonly outPackets: number; readonly outBytes: number; readonly inBytes: number }
  readonly losses: Readonly<Record<NatsLoss, number>>
}

/** The counters, as they are written. */
export interface NatsCounts {
  readonly packets: { out: number; in: number }
  readonly bytes: { out: number; in: number }
  known: number
  readonly losses: Record<NatsLoss, number>
}

export function noNatsCounts(): NatsCounts {
  const losses = Object.fromEntries(NATS_LOSSES.map((reason) => [reason, 0])) as Record<NatsLoss, number>
  return { packets: { out: 0, in: 0 }, bytes: { out: 0, in: 0 }, known: 0, losses }
}
