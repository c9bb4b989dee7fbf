// Every message between the node's thread and its I/O workers, declared once. Anything that must keep its order
// relative to frames (links that open and close, join packets) travels on the same port as the frames.

import type { MessagePort } from 'node:worker_threads'
import type { CloseReason, DialBackOutcome, JoinPacket, Limits, StemEnd } from '@floodnet/core'
import type { DropReason } from './drop-reasons.ts'
import type { ProgramBuffers } from './shared-memory.ts'
import type { FramesMissed, ShortRun, ShortRunLength, SlabFrames, SlabReturn } from './slab-sender.ts'

/** From the node's thread to a worker. */
export type ToWorker =
  | SlabFrames
  | SlabReturn
  | ShortRunLength
  /**
   * A join packet to send; the worker signs the ones that travel. `frame`: the author's own bytes, if we only pass it
   * on.
   */
  | { kind: 'join-packet'; link: number; packet: JoinPacket }
  /** The link takes part in the flood from here on. Answered by `link-active`. */
  | { kind: 'activate'; link: number }
  | { kind: 'close'; link: number; reason: CloseReason }
  | DialBackQuestion
  | DialBackAnswer
  /** Our number of neighbours, told to peers in probes. */
  | { kind: 'degree'; degree: number }
  /** Authors that keep a place, replacing those named before: concatenated keys. */
  | { kind: 'known'; keys: Uint8Array }
  /** Answered by `flushed` when every link's queue is empty. */
  | { kind: 'flush'; token: number }
  /** A worker of the same node; frames flood to it as to any link. Replaces an earlier sibling with that index. */
  | { kind: 'sibling'; index: number; port: MessagePort }
  /** The other end of a packet link; see `PacketLink` in api.ts. */
  | { kind: 'packet-link'; index: number; port: MessagePort }

/** From a worker to the node's thread. */
export type FromWorker =
  | SlabFrames
  | SlabReturn
  /** Posted as a `NoteLength`. */
  | ShortRun
  | LinkOpen
  | { kind: 'link-active'; link: number }
  | { kind: 'link-down'; link: number; reason: CloseReason; by: 'us' | 'peer' }
  | { kind: 'dial-failed'; dial: number; reason: string }
  | { kind: 'refused'; address: string; peer: string | null; reason: string; by: 'us' | 'peer' }
  | { kind: 'join-packet'; link: number; packet: JoinPacket }
  | DialBackQuestion
  | DialBackAnswer
  | { kind: 'probe'; link: number; rttMs: number | null; degree: number; clockS: number | null }
  /** `link` is null for the program itself. */
  | { kind: 'lagging'; link: number | null; lagging: boolean; dropped: number }
  | { kind: 'dropped'; reason: DropReason; link: number | null; count: number }
  /** Frames for the program were lost and counted at this point. */
  | FramesMissed
  | { kind: 'suppressed'; origin: string; count: number }
  | GonePackets
  | { kind: 'stem-ended'; origin: string; incarnation: number; seq: number; reason: StemEnd }
  | { kind: 'flushed'; token: number }

/** Packets `from` to `to` of an author that none of the worker's neighbours still holds. */
export interface GonePackets {
  readonly kind: 'gone'
  /** 64 hex digits. */
  readonly origin: string
  readonly incarnation: number
  readonly from: number
  readonly to: number
}

/** The peer asks us to dial `port` at the host that we see. It numbers its questions. */
export interface DialBackQuestion {
  readonly kind: 'dial-back'
  readonly link: number
  readonly question: number
  readonly port: number
}

/** The outcome of a dial back. */
export interface DialBackAnswer {
  readonly kind: 'dial-back-reply'
  readonly link: number
  readonly question: number
  readonly outcome: DialBackOutcome
}

/** A handshake is complete: the peer has proved its id. */
export interface LinkOpen {
  readonly kind: 'link-open'
  readonly link: number
  /** Public key, 64 hex digits. */
  readonly peer: string
  readonly incarnation: number
  readonly dial: number | null
  /** Where the peer can be dialled; null if it does not listen. */
  readonly address: string | null
  /** The socket's other end. */
  readonly remote: string
  readonly degree: number
  /** Our own address as the peer sees it. */
  readonly observed: string | null
}

/** What a worker is started with. The ports are transferred. */
export interface WorkerStart {
  readonly index: number
  readonly control: MessagePort
  readonly data: MessagePort
  readonly siblings: readonly { index: number; port: MessagePort }[]
  readonly identity: { publicKey: Uint8Array; privateKeyPem: string; incarnation: number }
  /** PEM of our certificate; null without TLS. */
  readonly certificate: string | null
  /** PEM of the only trusted authority; null if any self-signed key may be a peer. */
  readonly authority: string | null
  readonly networkId: Uint8Array
  /** Shared secret of a private network; null if it has none. */
  readonly secret: Uint8Array | null
  readonly limits: Limits
  /** See `LinkCounts`; shared by the node's workers. */
  readonly linkCounts: SharedArrayBuffer
  /** See `SharedMemory`. */
  readonly program: ProgramBuffers
  /** Whether the program reads messages; only worker 0 delivers. */
  readonly deliver: boolean
}

/** A socket address to bind or to reach. */
export interface Endpoint {
  readonly host: string
  readonly port: number
}

/** Control interface of a worker, over Comlink: called rarely, never per packet. */
export interface WorkerControl {
  /** Binds and resolves with the endpoint in use. Rejects with the system's error (its `code` is kept). */
  listen(endpoint: Endpoint, reusePort: boolean): Promise<Endpoint>
  /** Sets the address that HELLO advertises; null if the node does not listen. */
  advertise(address: string | null): void
  /**
   * Starts to dial a peer that may be at any of `endpoints`. The outcome arrives on the data port as `link-open` or
   * `dial-failed`. `expect`: the only accepted id.
   */
  dial(dial: number, endpoints: readonly Endpoint[], expect: string | null): void
  cancelDial(dial: number): void
  /**
   * Whether the node with the key `expect` (64 hex digits) answers at `endpoint`. Opens one connection, which ends once
   * the peer has proved its key and never becomes a link. Resolves within the time of a dial.
   */
  answersAt(endpoint: Endpoint, expect: string): Promise<boolean>
  stats(): WorkerStats
  /**
   * Leaves: closes every link with a LEAVE, then ends the worker's task. Resolves with everything that it has counted.
   */
  stop(): Promise<WorkerStats>
}

/** What crossed links to peers: frames with data, and bytes of all frames before encryption. */
export type Traffic = {
  packetsIn: number
  packetsOut: number
  bytesIn: number
  bytesOut: number
  /** Of the packets that came in: how many were new to this node, and how many it had already. */
  fresh: number
  duplicates: number
}

export const NO_TRAFFIC: Readonly<Traffic> = {
  packetsIn: 0,
  packetsOut: 0,
  bytesIn: 0,
  bytesOut: 0,
  fresh: 0,
  duplicates: 0
}

/** Counters of one worker since it started. */
export interface WorkerStats {
  readonly links: readonly LinkStats[]
  /** Sums over past and present links. */
  readonly traffic: Readonly<Traffic>
  readonly drops: Readonly<Record<string, number>>
  readonly closes: Readonly<Record<string, number>>
  readonly trees: Readonly<Record<string, number>>
  /** Links that said goodbye and still have a socket. */
  readonly closing: number
  readonly stems: Readonly<Record<string, number>>
  readonly origins: number
  readonly oneTimeOrigins: number
  /** How long its event loop was busy. */
  readonly busyMs: number
}

export interface LinkStats {
  readonly link: number
  readonly queuedBytes: number
  readonly lagging: boolean
  readonly traffic: Readonly<Traffic>
}
