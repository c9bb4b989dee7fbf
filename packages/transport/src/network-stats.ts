// The figures that a node gives: what `stats()` resolves with, and its neighbours. Types only.

/** A neighbour: a peer with whom a link is up. */
export interface Peer {
  /** Ed25519 public key, 64 hex digits. */
  readonly id: string
  /** Where the peer can be dialled, if known, else where it comes from. */
  readonly address: string
  /** Who dialled whom. */
  readonly direction: 'dialled' | 'accepted'
  /** Last measured round trip, in ms; null before the first probe came back. */
  readonly rttMs: number | null
  /** Milliseconds since the link came up. */
  readonly upMs: number
  /** True while frames for this peer are dropped because it takes them too slowly. */
  readonly lagging: boolean
}

/** A neighbour with what crossed its link since that came up, as `stats` has it. */
export interface PeerStats extends Peer {
  /** Packets over the link, copies among them. */
  readonly packets: { in: number; out: number }
  /** Bytes of frames over the link, before encryption. */
  readonly bytes: { in: number; out: number }
  /** Packets that the neighbour brought before any other did. */
  readonly fresh: number
  /** Packets that the neighbour brought after another had. */
  readonly duplicates: number
  /** Bytes that wait until the neighbour takes them. */
  readonly queuedBytes: number
}

/** Counters since the start, and gauges. Packets are frames with data; messages are what programs write and read. */
export interface NetworkStats {
  /** Milliseconds since the start. */
  readonly uptimeMs: number
  /** False from `leave` to `join`, and after the end. Counters go on from one network to the next. */
  readonly joined: boolean
  /** Neighbours, by who dialled; and links that said goodbye and still have a socket. */
  readonly links: { dialled: number; accepted: number; closing: number }
  /** Packets over all links to neighbours, duplicates among them. */
  readonly packets: { in: number; out: number }
  /** Bytes of frames over all links, before encryption. */
  readonly bytes: { in: number; out: number }
  /** Messages this program wrote and the node delivered to it. */
  readonly messages: { written: number; delivered: number }
  /** Packets that a neighbour brought and no other had before: what this node hears of the network. */
  readonly fresh: number
  /** Packets that had come before over another link. Copies of each packet, on average: `1 + duplicates / fresh`. */
  readonly duplicates: number
  /** Packets or messages lost, by reason. */
  readonly drops: Readonly<Record<string, number>>
  /** Links closed, by reason. */
  readonly closes: Readonly<Record<string, number>>
  /** What trees of busy authors did, by name; nothing with `parents: 0`. */
  readonly trees: Readonly<Record<string, number>>
  /** What became of packets that pass a stem before they flood, by what ended their stem here. */
  readonly stems: Readonly<Record<string, number>>
  /** Dials so far, and how they ended. */
  readonly dials: { started: number; opened: number; failed: number }
  /** What looking for others brought, by name: `dns-found`, `mapping-reached` and so on. */
  readonly finding: Readonly<Record<string, number>>
  /** What the join actor counted, by name. */
  readonly joins: Readonly<Record<string, number>>
  /** What waits now: to be read by the program, to be sent for it, and at the links. */
  readonly queues: { inboxMessages: number; inboxBytes: number; writeBytes: number; linkBytes: number }
  /** I/O threads that run, and how often one came back after a crash. */
  readonly workers: { running: number; restarts: number }
  /** Authors that the node tells apart now. */
  readonly origins: number
  /** One-time keys remembered now. */
  readonly oneTimeOrigins: number
  /** 99th percentile and maximum delay of this thread's event loop since the start, in ms. Looked at every second. */
  readonly eventLoopDelayMs: { p99: number; max: number }
  /**
   * For how long event loops were busy: of the program's thread, which is the node's, and of each I/O thread since it
   * began, in ms. Of two looks: the share of the time between them in which the thread could do nothing else.
   */
  readonly busyMs: { program: number; workers: readonly number[] }
  /** The neighbours, oldest first. */
  readonly peers: readonly PeerStats[]
}
