// The figures of a node: what `stats()` resolves with, and its neighbours. Types only.

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

/** A neighbour with what has crossed its link since that came up, as `stats` returns it. */
export interface PeerStats extends Peer {
  /** Packets over the link, including copies. */
  readonly packets: { in: number; out: number }
  /** Bytes of frames over the link, before encryption. */
  readonly bytes: { in: number; out: number }
  /** Packets that the neighbour brought before any other did. */
  readonly fresh: number
  /** Packets that the neighbour brought after another had. */
  readonly duplicates: number
  /** Bytes that wait until the neighbour reads them. */
  readonly queuedBytes: number
}

/** Counters since the start, and gauges. Packets are frames with data; messages are what programs write and read. */
export interface NetworkStats {
  /** Milliseconds since the start. */
  readonly uptimeMs: number
  /** False from `leave` to `join`, and after the end. Counters continue from one network to the next. */
  readonly joined: boolean
  /** Neighbours by who dialled, and links that said goodbye and still have a socket. */
  readonly links: { dialled: number; accepted: number; closing: number }
  /** Packets over all links to neighbours, including duplicates. */
  readonly packets: { in: number; out: number }
  /** Bytes of frames over all links, before encryption. */
  readonly bytes: { in: number; out: number }
  /** Messages that this program wrote, and that the node delivered to it. */
  readonly messages: { written: number; delivered: number }
  /** Packets that a neighbour brought before any other: what this node hears of the network. */
  readonly fresh: number
  /** Packets that had already come over another link. Copies of each packet, on average: `1 + duplicates / fresh`. */
  readonly duplicates: number
  /** Packets or messages lost, by reason. */
  readonly drops: Readonly<Record<string, number>>
  /** Links closed, by reason. */
  readonly closes: Readonly<Record<string, number>>
  /** What trees of busy authors did, by name; empty with `parents: 0`. */
  readonly trees: Readonly<Record<string, number>>
  /** Packets that pass a stem before they flood, by how their stem ended here. */
  readonly stems: Readonly<Record<string, number>>
  /** Dials so far, and how they ended. */
  readonly dials: { started: number; opened: number; failed: number }
  /** Results of looking for others, by name: `dns-found`, `mapping-reached` and so on. */
  readonly finding: Readonly<Record<string, number>>
  /** What the join actor counted, by name. */
  readonly joins: Readonly<Record<string, number>>
  /** What is waiting: to be read by the program, to be sent for it, and at the links. */
  readonly queues: { inboxMessages: number; inboxBytes: number; writeBytes: number; linkBytes: number }
  /** Running I/O threads, and how often one came back after a crash. */
  readonly workers: { running: number; restarts: number }
  /** Authors that the node tells apart at present. */
  readonly origins: number
  /** One-time keys remembered at present. */
  readonly oneTimeOrigins: number
  /** 99th percentile and maximum delay of this thread's event loop since the start, in ms. Sampled every second. */
  readonly eventLoopDelayMs: { p99: number; max: number }
  /**
   * How long event loops were busy, in ms: that of the program's thread, which is also the node's, and that of each I/O
   * thread since it began. The difference between two looks gives the share of time in which the thread could do
   * nothing else.
   */
  readonly busyMs: { program: number; workers: readonly number[] }
  /** The neighbours, oldest first. */
  readonly peers: readonly PeerStats[]
}
