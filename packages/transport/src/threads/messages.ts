// Every message between the node's thread and its I/O workers, declared once. What must keep its order relative to
// frames (links opening and closing, join packets) travels on the same port as the frames.

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
   * A join packet to send; the worker signs the ones that travel. `frame`: the author's own bytes, when it is passed
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
  /** Authors who keep a place, instead of those named before: their keys, one behind the other. */
  | { kind: 'known'; keys: Uint8Array }
  /** Answered by `flushed` when every link's queue is empty. */
  | { kind: 'flush'; token: number }
  /** A worker of the same node; frames flood to it like to any link. Replaces an earlier one of that index. */
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
  /** `link` null: the program itself. */
  | { kind: 'lagging'; link: number | null; lagging: boolean; dropped: number }
  | { kind: 'dropped'; reason: DropReason; link: number | null; count: number }
  /** Frames that were for the program here are lost, and counted. */
  | FramesMissed
  | { kind: 'suppressed'; origin: string; count: number }
  | GonePackets
  | { kind: 'stem-ended'; origin: string; incarnation: number; seq: number; reason: StemEnd }
  | { kind: 'flushed'; token: number }

/** Packets `from` to `to` of an author that no neighbour of the worker holds any more. */
export interface GonePackets {
  readonly kind: 'gone'
  /** 64 hex digits. */
  readonly origin: string
  readonly incarnation: number
  readonly from: number
  readonly to: number
}

/** The asker wants to be dialled at `port` of the host that the other end sees. The asker numbers its questions. */
export interface DialBackQuestion {
  readonly kind: 'dial-back'
  readonly link: number
  readonly question: number
  readonly port: number
}

/** What came of it. */
export interface DialBackAnswer {
  readonly kind: 'dial-back-reply'
  readonly link: number
  readonly question: number
  readonly outcome: DialBackOutcome
}

/** A handshake is complete: the peer is who it says. */
export interface LinkOpen {
  readonly kind: 'link-open'
  readonly link: number
  /** Public key, 64 hex digits. */
  readonly peer: string
  readonly incarnation: number
  readonly dial: number | null
  /** Where the peer can be dialled, or null when it does not listen. */
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
  /** PEM of the only authority trusted; null: any self-signed key is a peer. */
  readonly authority: string | null
  readonly networkId: Uint8Array
  /** Shared secret of a private network; null when it has none. */
  readonly secret: Uint8Array | null
  readonly limits: Limits
  /** See `LinkCounts`; shared by the node's workers. */
  readonly linkCounts: SharedArrayBuffer
  /** See `SharedMemory`. */
  readonly program: ProgramBuffers
  /** The program reads messages; only worker 0 delivers. */
  readonly deliver: boolean
}

/** A socket address to bind or to reach. */
export interface Endpoint {
  readonly host: string
  readonly port: number
}

/** Control interface of a worker, over Comlink: seldom called, never per packet. */
export interface WorkerControl {
  /** Binds and resolves with the endpoint in use. Rejects with the system's error (its `code` is kept). */
  listen(endpoint: Endpoint, reusePort: boolean): Promise<Endpoint>
  /** Sets the address that HELLO advertises; null when the node does not listen. */
  advertise(address: string | null): void
  /**
   * Starts to dial a peer that may be found at any of `endpoints`. The outcome comes as `link-open` or `dial-failed` on
   * the data port. `expect`: the only id accepted.
   */
  dial(dial: number, endpoints: readonly Endpoint[], expect: string | null): void
  cancelDial(dial: number): void
  /**
   * Whether the node with the key `expect` (64 hex digits) answers at `endpoint`: one connection, which ends when its
   * key is proved. No link comes of it. Resolves within the time of a dial.
   */
  answersAt(endpoint: Endpoint, expect: string): Promise<boolean>
  stats(): WorkerStats
  /** Leaves: closes every link with a LEAVE, then ends the worker's task. Resolves with all that it has counted. */
  stop(): Promise<WorkerStats>
}

/** What crossed links to peers: frames with data, and bytes of all frames before encryption. */
export type Traffic = {
  packetsIn: number
  packetsOut: number
  bytesIn: number
  bytesOut: number
  /** Of the packets that came in: those that were news here, and those that had come before. */
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
  /** Sums over links of the past and present. */
  readonly traffic: Readonly<Traffic>
  readonly drops: Readonly<Record<string, number>>
  readonly closes: Readonly<Record<string, number>>
  readonly trees: Readonly<Record<string, number>>
  /** Links that said goodbye and still have a socket. */
  readonly closing: number
  readonly stems: Readonly<Record<string, number>>
  readonly origins: number
  readonly oneTimeOrigins: number
  /** For how long its event loop was busy. */
  readonly busyMs: number
}

export interface LinkStats {
  readonly link: number
  readonly queuedBytes: number
  readonly lagging: boolean
  readonly traffic: Readonly<Traffic>
}
