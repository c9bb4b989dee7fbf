// The public face of a node: what a program passes to createNetwork(), and what it gets back. Types only; nothing here
// knows about threads, sockets or frames.

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
   * Whom to join. The node tries these until one answers, and again whenever it is short of links: an address
   * (`'host:port'`, or a bare host, which means port 55555), a ticket (`'floodnet:...'`), or names in DNS that list
   * nodes (`'dns:seeds.example.org'`). A ticket also brings the network's `name` and `key`. Default: none (this node is
   * an entry). See docs/FINDING.md.
   */
  join?: string | null | readonly string[]
  /**
   * Where else to look for other nodes and be found by them: `['lan']`, the local networks, by multicast DNS. Default:
   * nowhere.
   */
  discover?: readonly 'lan'[]
  /** Asks a router to map a port to this node until `close`. Default false. See docs/FINDING.md. */
  mapPort?: boolean
  /** Name of the network. Nodes of different networks refuse each other at the handshake. Default `'floodnet'`. */
  name?: string
  /**
   * File that keeps the node's Ed25519 key (PKCS#8 PEM, mode 0600; created if missing). Default: a fresh key in memory.
   */
  identity?: string
  /**
   * The address that peers are told is ours (`'host:port'`), for nodes behind a port mapping. Default: our port at the
   * address that peers see.
   */
  advertise?: string
  /**
   * I/O worker threads, 1 to 16. Default 1. On Linux with Node >= 22.12 all of them accept connections; elsewhere only
   * the first does. The node spreads dials over all of them.
   */
  workers?: number
  /** `'tls'` (default): TLS 1.3 links, signed packets. `'none'`: neither; for benchmarks on loopback addresses. */
  security?: 'tls' | 'none'
  /** Allows `security: 'none'` on addresses that are not loopback. Default false. */
  allowInsecure?: boolean
  /**
   * Shared secret of a private network (at least 16 bytes), which both sides prove over the TLS exporter and never
   * send.
   */
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
   * Messages kept for `read()`; if there are more, the node drops and counts the newest. 0: this program reads nothing.
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
 * What may differ in the next network; see `Network.join`. `key` belongs to the network that `name` names. Options that
 * you leave out stay as they were.
 */
export type JoinOptions = Pick<NetworkOptions, 'name' | 'key' | 'listen' | 'advertise' | 'discover' | 'workBits'>

/** A message as a reader gets it. */
export interface Message {
  /** The bytes that the author passed to `write`. The reader owns them. */
  readonly payload: Uint8Array
  /** The author's Ed25519 public key, 64 hex digits; for a one-time message, the key made for it. */
  readonly origin: string
  /**
   * If the message was written to this node alone (`WriteOptions.to`): the author's id, proved by a signature inside.
   * Otherwise absent.
   */
  readonly from?: string
  /** In such a message, this node's id. */
  readonly to?: string
  /** The author's incarnation: Unix seconds at its start, and higher after each restart and every 10 minutes. */
  readonly incarnation: number
  /**
   * Number of the packet that carried the message (the first, if there were several), counted from 1 in each
   * incarnation.
   */
  readonly seq: number
  /** Place of the message within its packet. (origin, incarnation, seq, index) names a message forever. */
  readonly index: number
  /**
   * Links that the packet crossed on its way here: 1 if the author is a neighbour. 0 for a one-time origin, whose
   * distance is not revealed.
   */
  readonly hops: number
}

/** How one message is written; see `Network.write`. */
export interface WriteOptions {
  /**
   * Rejects with the signal's reason while the message, or a part of a large one, still waits for room or for a first
   * neighbour. What is left of it does not go out then, and no reader gets any of it.
   */
  signal?: AbortSignal
  /**
   * Signs the message with a key made for it alone, in packets of its own: nothing in them says which node wrote it. An
   * origin made by `newOneTimeOrigin()` signs several, so that a reader sees that they belong together. The node does
   * not hold such a message for a first neighbour, because nodes accept it only within 5 minutes of its time: `write`
   * waits for a neighbour. The neighbours may still guess who sent it first; see docs/SECURITY.md. Default: the node's
   * own key.
   */
  oneTime?: true | OneTimeOrigin
  /**
   * Sends the message to the node with this id alone, sealed to its key. Others pass it on, but cannot see what it
   * says, who wrote it or who it is for. It is signed inside with the node's own key, and written as a one-time
   * message. Default: to everyone.
   */
  to?: string
  /**
   * Sends the message over single links, six on average, before it floods, so that the neighbours cannot tell whether
   * this node wrote it or passed it on; see docs/SECURITY.md. It arrives later; if a node on the way holds it back, a
   * fail-safe floods it after some 5 to 20 s. Without `oneTime`, this node's key still signs it. Default false.
   */
  stem?: boolean
}

/** A key for one message or a few, in memory only. Made by `newOneTimeOrigin()`, and worth nothing afterwards. */
export interface OneTimeOrigin {
  /** Ed25519 public key, 64 hex digits: the `origin` of the messages. */
  readonly id: string
}

/** What `write` resolves with: the message has a name and is on its way to every live link. */
export interface Receipt {
  /** The author's Ed25519 public key, 64 hex digits: this node's or the one-time key. */
  readonly origin: string
  /** Unix seconds at the author's start, renewed every 10 minutes. */
  readonly incarnation: number
  /** Number of the packet, counted from 1 in each incarnation. */
  readonly seq: number
  /** Place of the message within its packet. */
  readonly index: number
  /** Neighbours at that moment. 0: the node holds the message until it has its first neighbour. */
  readonly links: number
}

/** The methods of pino that the node uses; each takes an object of details and a text. */
export interface Logger {
  /** Frequent events: dials, links, requests for neighbours. */
  debug(details: object, text: string): void
  /** What an operator wants to know: neighbours that come and go. */
  info(details: object, text: string): void
  /** What was lost, refused or restarted. */
  warn(details: object, text: string): void
  /** What the node did not survive, or what the program should look into. */
  error(details: object, text: string): void
}

/**
 * A running node. Made by `createNetwork`. `for await (const message of network)` ends when the network closes, and
 * throws if it failed.
 */
export interface Network extends AsyncIterable<Message>, AsyncDisposable {
  /** This node's Ed25519 public key, 64 hex digits. */
  readonly id: string
  /** Where this node accepts links, as bound; null if it does not listen. */
  readonly address: string | null
  /** Neighbours, oldest first. */
  readonly peers: readonly Peer[]
  /** The addresses that the program named, with the outcome of each. The `entry` event reports changes. */
  readonly entries: readonly Entry[]
  /**
   * Sends a message to everyone. The bytes are copied at once. Resolves when the message is in the node's bounded send
   * path: await it to get back-pressure. A write that you do not await never ends the process by failing because the
   * network has closed, the queue is full or it was aborted: the node counts the loss and reports it in the `dropped`
   * event (`write-queue-full`, `closed`).
   * @throws ERR_FLOODNET_MESSAGE_TOO_LARGE, ERR_FLOODNET_QUEUE_FULL (writes that nobody awaited), ERR_FLOODNET_CLOSED,
   *   ERR_FLOODNET_OPTION; the signal's reason if aborted.
   */
  write(message: Uint8Array | string, options?: WriteOptions): Promise<Receipt>
  /**
   * The next message in the queue. Never one of this node's own.
   * @throws ERR_FLOODNET_CLOSED if the network has closed and the queue is empty; the cause if it failed; the signal's
   *   reason if aborted.
   */
  read(options?: { signal?: AbortSignal }): Promise<Message>
  /**
   * Every message from the moment of subscription, independent of the queue. Completes when the network closes, and
   * errors if it failed.
   */
  readonly messages$: Observable<Message>
  /** Every event, as `{ name, details }`. Completes when the network closes. */
  readonly events$: Observable<NetworkEvent>
  /**
   * Calls `listener` each time. A listener that throws does not disturb the node: the error becomes an uncaught
   * exception of the process.
   */
  on<K extends keyof NetworkEvents>(name: K, listener: (details: NetworkEvents[K]) => void): this
  /** Calls `listener` the next time only. */
  once<K extends keyof NetworkEvents>(name: K, listener: (details: NetworkEvents[K]) => void): this
  /** Removes a listener of `on` or `once`. */
  off<K extends keyof NetworkEvents>(name: K, listener: (details: NetworkEvents[K]) => void): this
  /**
   * Joins one more entry while running, of any kind that `join` takes. The `entry` event reports the outcome.
   * @throws ERR_FLOODNET_ADDRESS
   */
  connect(address: string): void
  /**
   * Sets the authors that you know (64 hex digits each), replacing the earlier list; at most a quarter of `maxOrigins`.
   * No flood of strangers displaces them: they have a place in the table of authors, and only their own limits apply to
   * them, never those of the neighbour that brings them. The list also applies in the next network.
   * @throws ERR_FLOODNET_OPTION
   */
  know(ids: Iterable<string>): void
  /**
   * Opens a link of this node's flood whose packets the program itself carries, by any transport: `sink` gets every
   * packet except those offered here. For bridges between floods of one name; packets keep their authors' signatures.
   * @throws ERR_FLOODNET_CLOSED
   */
  openPacketLink(sink: PacketSink): PacketLink
  /**
   * A text with which others join this network through this node (`'floodnet:...'`), wherever an address is accepted.
   * They accept no other node at its addresses. With `key: true`, it contains the network's shared key and must be kept
   * just as secret.
   * @throws ERR_FLOODNET_ADDRESS if the node does not listen and has no neighbour that does.
   */
  ticket(options?: { key?: boolean }): string
  /**
   * This node's Ed25519 signature (64 bytes) over `message`, for a use that `context` names. Bound to the network's
   * name; never valid for a packet or for another context.
   */
  sign(context: string, message: Uint8Array): Uint8Array
  /**
   * Whether the node `id` (64 hex digits) made `signature` with `sign` in a network of this name. False for anything
   * malformed.
   */
  verify(id: string, context: string, message: Uint8Array, signature: Uint8Array): boolean
  /** Current counters and gauges of the node and all its threads. */
  stats(): Promise<NetworkStats>
  /**
   * Resolves when everything written so far has been handed to the operating system for every live link that keeps up.
   * Waits for a first neighbour if there is none.
   * @throws ERR_FLOODNET_WORKER if packets were lost with an I/O thread that crashed since the last flush,
   *   ERR_FLOODNET_CLOSED if the network closes first.
   */
  flush(): Promise<void>
  /**
   * Leaves the network but keeps this object: tells the neighbours, flushes, and releases threads and sockets. `id`,
   * listeners and readers stay. Until `join` there are no peers and no `address`, and `write`, `flush`, `connect`,
   * `ticket` and `openPacketLink` fail with ERR_FLOODNET_AWAY. Messages that have arrived can be read until then.
   * Resolves when the node has left, even if it had left before. @throws ERR_FLOODNET_CLOSED
   */
  leave(): Promise<void>
  /**
   * Joins a network after `leave`, with the same key, limits and readers; it keeps nothing else of the previous
   * network. `entries` as in `createNetwork`. Without `name`, `key` or a ticket of another network, it rejoins the
   * previous one. Unread messages from the previous network are dropped and counted (`left`). Resolves when the node
   * listens.
   * @throws as `createNetwork`, after which the node is still in no network; ERR_FLOODNET_OPTION if it is in one
   *   already, ERR_FLOODNET_CLOSED.
   */
  join(entries?: NetworkOptions['join'], options?: JoinOptions): Promise<void>
  /** Tells the neighbours, flushes, and releases every thread, socket and timer. Safe to call twice. */
  close(): Promise<void>
  /** Settles when the network has ended: resolves after `close()`, rejects if it failed. */
  readonly closed: Promise<void>
}
