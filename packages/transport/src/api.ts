// The public face of a node: what a program passes to createNetwork() and what it gets back.
// Types only; nothing here knows about threads, sockets or frames.

import type { Observable } from 'rxjs'
import type { Entry, NetworkEvent, NetworkEvents } from './network-events.ts'
import type { NetworkLimits } from './network-limits.ts'
import type { NetworkStats, Peer } from './network-stats.ts'
import type { PacketLink, PacketSink } from './packet-link-api.ts'

export type { Entry, EntryOutcome, FloodnetErrorLike, NetworkEvent, NetworkEvents } from './network-events.ts'
export type { NetworkStats, Peer, PeerStats } from './network-stats.ts'
export type { NetworkLimits, PacketLink, PacketSink }

/**
 * What a program may pass to `createNetwork`. Every field is optional; see `docs/LIMITS.md` for all defaults and their
 * sources.
 */
export interface NetworkOptions {
  /**
   * Address to listen on: `'host:port'`, `'[v6]:port'`, `':port'`. Port 0 lets the system choose. Default: port 55555
   * on all interfaces, and the next free port when it is taken. `false`: do not listen; the node only dials.
   * @throws ERR_FLOODNET_ADDRESS_IN_USE when a port named here is taken, ERR_FLOODNET_ADDRESS when it cannot be parsed or bound.
   */
  listen?: string | false
  /**
   * Whom to join, tried until one answers and again whenever the node is short of links: an address (`'host:port'`, or
   * a bare host, which means port 55555), a ticket (`'floodnet:...'`), or names in DNS that list nodes
   * (`'dns:seeds.example.org'`). A ticket brings the network's `name` and `key` too. Default: none (this node is an
   * entry). See docs/FINDING.md.
   */
  join?: string | null | readonly string[]
  /**
   * Where to look for others, and to be found by them, besides: `['lan']`, the local networks, by multicast DNS.
   * Default: nowhere.
   */
  discover?: readonly 'lan'[]
  /** Has a router map a port to this node until `close`. Default false. See docs/FINDING.md. */
  mapPort?: boolean
  /** Name of the network. Nodes of different networks refuse each other at the handshake. Default `'floodnet'`. */
  name?: string
  /**
   * File that keeps the node's Ed25519 key (PKCS#8 PEM, mode 0600; made when absent). Default: a fresh key in memory.
   */
  identity?: string
  /**
   * Address told to peers as ours (`'host:port'`), for nodes behind a port mapping. Default: our port at the address
   * that peers see.
   */
  advertise?: string
  /**
   * I/O worker threads, 1 to 16. Default 1. On Linux with Node >= 22.12 all of them accept connections; elsewhere only
   * the first does, and the node spreads dials over all.
   */
  workers?: number
  /** `'tls'` (default): TLS 1.3 links, signed packets. `'none'`: neither; for benchmarks on loopback addresses. */
  security?: 'tls' | 'none'
  /** Allows `security: 'none'` on addresses that are not loopback. Default false. */
  allowInsecure?: boolean
  /** Shared secret of a private network (at least 16 bytes), proved by both sides over the TLS exporter; never sent. */
  key?: string | Uint8Array
  /** PEM of the only certificate authority whose certificates are accepted. Needs `cert` and `identity`. */
  ca?: string
  /** PEM certificate (chain) for the key in `identity`, issued by `ca`. */
  cert?: string
  /** How many neighbours the node always tries to have. Default 5 (the tutorial's figure). */
  desiredLinks?: number
  /** How many neighbours the node has at most. Default 12. */
  maxLinks?: number
  /** How many hops a join request walks. Default 5 (the tutorial's figure). */
  walkHops?: number
  /**
   * Messages kept for `read()`; when there are more, the newest are dropped and counted. 0: this program reads nothing.
   * Default 512 (the tutorial's figure).
   */
  inboxLimit?: number
  /**
   * Neighbours that push a busy author's packets here, 0 to 2. With 1 or 2, each packet comes over that many links
   * only, and the node fetches missing packets from other neighbours. 0: every packet comes over every link. Default 1.
   */
  parents?: number
  /**
   * How long a message waits for a missing earlier one of its author, in ms. After that, event `gap` reports what is
   * missing. 0: not at all. Default 10,000.
   */
  repairMs?: number
  /**
   * Proof of work that every packet of the network must show before a node passes it on, 0 to 24 bits. All nodes must
   * use the same value; otherwise they refuse each other (`wrong-work`). A packet with a body of n bytes costs its
   * writer 2^workBits * (n + 2) hashes on average, in a separate thread. Default 0: none.
   */
  workBits?: number
  /** Fine tuning: every other limit by name; see `docs/LIMITS.md`. */
  limits?: Partial<NetworkLimits>
  /** Closes the network when aborted. */
  signal?: AbortSignal
  /**
   * Where the node logs: any object with pino's methods. Default: silent, or standard error for namespaces in
   * `DEBUG=floodnet:*`.
   */
  logger?: Logger
}

/**
 * What may be other in the next network; see `Network.join`. `key` belongs to the network that `name` names; the other
 * options stay as they were where they are not given.
 */
export type JoinOptions = Pick<NetworkOptions, 'name' | 'key' | 'listen' | 'advertise' | 'discover' | 'workBits'>

/** A message as a reader gets it. */
export interface Message {
  /** The bytes that the author passed to `write`. The reader owns them. */
  readonly payload: Uint8Array
  /** The author's Ed25519 public key, 64 hex digits; of a one-time message, the key made for it. */
  readonly origin: string
  /**
   * Of a message written to this node alone (`WriteOptions.to`): the author's id, proved by a signature inside. Else
   * absent.
   */
  readonly from?: string
  /** The same: this node's id. */
  readonly to?: string
  /** The author's incarnation: Unix seconds at its start, and higher after each restart and every 10 minutes. */
  readonly incarnation: number
  /**
   * Number of the packet that carried the message, counted from 1 in each incarnation (the first, when there were
   * several).
   */
  readonly seq: number
  /** Place of the message within its packet. (origin, incarnation, seq, index) names a message for ever. */
  readonly index: number
  /**
   * Links that the packet crossed on its way here; 1 when the author is a neighbour, 0 when it is a one-time origin:
   * that is not told.
   */
  readonly hops: number
}

/** How one message is written; see `Network.write`. */
export interface WriteOptions {
  /**
   * Rejects with the signal's reason while the message, or a part of a large one, still waits for room or for a first
   * neighbour; what is left of it then does not go out, and no reader gets any of it.
   */
  signal?: AbortSignal
  /**
   * Signs the message with a key made for it alone, in packets of its own: nothing in them says which node wrote it. An
   * origin made by `newOneTimeOrigin()` signs several, so that a reader sees they belong together. Such a message is
   * not held for a first neighbour, since it is taken only within 5 minutes of its time: `write` waits for one. The
   * neighbours may still guess from whom they had it first; see docs/SECURITY.md. Default: the node's own key.
   */
  oneTime?: true | OneTimeOrigin
  /**
   * Sends the message to the node of this id alone, sealed to its key: others pass it on, and see neither what it says,
   * nor who wrote it, nor for whom it is. It is signed inside with the node's own key, and written as a one-time
   * message. Default: to everyone.
   */
  to?: string
  /**
   * Sends the message over some single links, six on average, before it floods, so that the neighbours cannot tell
   * whether this node wrote it or passed it on; see docs/SECURITY.md. It arrives later for it, and by a fail-safe after
   * some 5 to 20 s when a node on the way keeps it back. Without `oneTime` it is still signed by this node's key.
   * Default false.
   */
  stem?: boolean
}

/** A key for one message or a few, in memory only. Made by `newOneTimeOrigin()`; worth nothing after them. */
export interface OneTimeOrigin {
  /** Ed25519 public key, 64 hex digits: the `origin` of the messages. */
  readonly id: string
}

/** What `write` resolves with: the message has a name and is on its way to every live link. */
export interface Receipt {
  /** The author's Ed25519 public key, 64 hex digits: this node's, or the one-time key's. */
  readonly origin: string
  /** Unix seconds at the author's start, and anew every 10 minutes. */
  readonly incarnation: number
  /** Number of the packet, counted from 1 in each incarnation. */
  readonly seq: number
  /** Place of the message within its packet. */
  readonly index: number
  /** Neighbours at that moment. 0: the message is held until the first neighbour is there. */
  readonly links: number
}

/** The methods of pino that are used; each takes an object of details and a text. */
export interface Logger {
  /** What happens all the time: dials, links, requests for neighbours. */
  debug(details: object, text: string): void
  /** What a person who runs a node wants to know: neighbours that come and go. */
  info(details: object, text: string): void
  /** What was lost, refused or restarted. */
  warn(details: object, text: string): void
  /** What the node did not survive, or the program should see to. */
  error(details: object, text: string): void
}

/**
 * A running node. Made by `createNetwork`. `for await (const message of network)` ends when the network closes, and
 * throws when it failed.
 */
export interface Network extends AsyncIterable<Message>, AsyncDisposable {
  /** This node's Ed25519 public key, 64 hex digits. */
  readonly id: string
  /** Where this node accepts links, as bound; null when it does not listen. */
  readonly address: string | null
  /** Neighbours, oldest first. */
  readonly peers: readonly Peer[]
  /** The addresses that the program named, and what became of each; event `entry` tells changes. */
  readonly entries: readonly Entry[]
  /**
   * Sends a message to everyone. The bytes are copied at once. Resolves when it is in the node's bounded send path:
   * awaiting it is the back-pressure. A write that nobody awaits does not end the process when it fails because the
   * network has closed or the queue is full, or because it is aborted: the loss is counted, and told by the event
   * `dropped` (`write-queue-full`, `closed`).
   * @throws ERR_FLOODNET_MESSAGE_TOO_LARGE, ERR_FLOODNET_QUEUE_FULL (writes nobody awaited), ERR_FLOODNET_CLOSED,
   * ERR_FLOODNET_OPTION; the signal's reason when aborted.
   */
  write(message: Uint8Array | string, options?: WriteOptions): Promise<Receipt>
  /**
   * Next message of the queue. Never a message of this node's own.
   * @throws ERR_FLOODNET_CLOSED when the network has closed and the queue is empty, or why it failed; the signal's reason when aborted.
   */
  read(options?: { signal?: AbortSignal }): Promise<Message>
  /**
   * Every message from the moment of subscription, beside the queue. Completes when the network closes, and errors when
   * it failed.
   */
  readonly messages$: Observable<Message>
  /** Every event, as `{ name, details }`. Completes when the network closes. */
  readonly events$: Observable<NetworkEvent>
  /**
   * Calls `listener` each time. A listener's throw does not disturb the node: it becomes an uncaught exception of the
   * process.
   */
  on<K extends keyof NetworkEvents>(name: K, listener: (details: NetworkEvents[K]) => void): this
  /** Calls `listener` the next time only. */
  once<K extends keyof NetworkEvents>(name: K, listener: (details: NetworkEvents[K]) => void): this
  /** Takes a listener of `on` or `once` away. */
  off<K extends keyof NetworkEvents>(name: K, listener: (details: NetworkEvents[K]) => void): this
  /**
   * Joins one more entry while running, of any kind that `join` takes. The outcome comes as `entry` events.
   * @throws ERR_FLOODNET_ADDRESS
   */
  connect(address: string): void
  /**
   * Names the authors whom you know (64 hex digits each), instead of those named before; a quarter of `maxOrigins` at
   * most. No flood of strangers keeps them out: they have a place in the table of authors and are held to their own
   * limits alone, never to those of the neighbour that brings them. It stays so in the next network.
   * @throws ERR_FLOODNET_OPTION
   */
  know(ids: Iterable<string>): void
  /**
   * Opens a link of this node's flood that the program carries on itself, by whatever way: `sink` gets every packet
   * but those offered here. For bridges between floods of one name; packets cross with their authors' signatures.
   * @throws ERR_FLOODNET_CLOSED
   */
  openPacketLink(sink: PacketSink): PacketLink
  /**
   * A text by which others join this network through this node (`'floodnet:...'`), wherever an address is taken; they
   * accept no other node at its addresses. With `key: true` it holds the network's shared key, and is as secret as
   * that.
   * @throws ERR_FLOODNET_ADDRESS when the node does not listen and has no neighbour that does.
   */
  ticket(options?: { key?: boolean }): string
  /**
   * This node's Ed25519 signature (64 bytes) over `message` for a use that `context` names. Bound to the network's
   * name; never valid for a packet or for another context.
   */
  sign(context: string, message: Uint8Array): Uint8Array
  /**
   * Whether `signature` is the one that the node `id` (64 hex digits) makes by `sign` in a network of this name. False
   * for anything malformed.
   */
  verify(id: string, context: string, message: Uint8Array, signature: Uint8Array): boolean
  /** Counters and gauges of the node and all its threads at this moment. */
  stats(): Promise<NetworkStats>
  /**
   * Resolves when everything written so far has been handed to the operating system for every live link that keeps up.
   * Waits for a first neighbour when there is none.
   * @throws ERR_FLOODNET_WORKER when packets were lost with an I/O thread that crashed since the last flush, ERR_FLOODNET_CLOSED when the network
   * closes first.
   */
  flush(): Promise<void>
  /**
   * Leaves the network and keeps this object: tells the neighbours, flushes, and releases threads and sockets. `id`,
   * listeners and readers stay; until `join` there are no peers and no `address`, and `write`, `flush`, `connect`,
   * `ticket` and `openPacketLink` fail with ERR_FLOODNET_AWAY. Messages that have come can be read until then. Resolves
   * when the node has left, also when it had before. @throws ERR_FLOODNET_CLOSED
   */
  leave(): Promise<void>
  /**
   * Joins a network after `leave`, with the same key, limits and readers: nothing else of the network of before is left
   * in it. `entries` as in `createNetwork`. Without `name`, `key` or a ticket of another network it is the one of
   * before. Messages of that which nobody has read are dropped and counted (`left`). Resolves when the node listens.
   * @throws as `createNetwork`, and the node is still in no network then; ERR_FLOODNET_OPTION when it is in one,
   * ERR_FLOODNET_CLOSED.
   */
  join(entries?: NetworkOptions['join'], options?: JoinOptions): Promise<void>
  /** Tells the neighbours, flushes, and releases every thread, socket and timer. Safe to call twice. */
  close(): Promise<void>
  /** Settles when the network has ended: resolves after `close()`, rejects when it failed. */
  readonly closed: Promise<void>
}
