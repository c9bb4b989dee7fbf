// What every link of a worker shares: who we are, the limits, and where its frames and its fate are told.
import type { CloseReason, ControlOrigin, FrameFault, Limits } from '@floodnet/core'
import type { LossTally } from '../../threads/counters.ts'
import type { Endpoint } from '../../threads/messages.ts'
import type { Greeting } from '../connect/handshake.ts'
import type { SecuredSocket } from '../connect/sockets.ts'
import type { BufferPool } from '../flood/buffer-pool.ts'
import type { SocketLink } from './socket-link.ts'

/** Where a link comes from. */
export interface ConnectedSocket {
  readonly secured: SecuredSocket
  /** Number of our dial, or null when accepted. */
  readonly dial: number | null
  /** The only peer that the dial is for; null: whoever answers. */
  readonly expect: string | null
  readonly remote: Endpoint
}

/** Sums over all links of a worker, past and present. */
export interface LinkTotals {
  packetsIn: number
  packetsOut: number
  bytesIn: number
  bytesOut: number
}

export interface LinkContext {
  readonly author: ControlOrigin
  readonly limits: Limits
  readonly losses: LossTally
  readonly memory: BufferPool
  readonly totals: LinkTotals
  /** Our neighbours, as told in probes. */
  readonly degree: number
  /** Monotonic ms. */
  readonly now: () => number
  /** Why the peer's HELLO is refused; null: it is welcome. */
  judge(link: SocketLink, greeting: Greeting): CloseReason | null
  onOpen(link: SocketLink, greeting: Greeting): void
  onData(link: SocketLink, bytes: Uint8Array, view: DataView, start: number, end: number): FrameFault | null
  onStem(link: SocketLink, bytes: Uint8Array, view: DataView, start: number, end: number): FrameFault | null
  /** PRUNE, IHAVE, GRAFT or NONE; only there until the call returns. */
  onTreeFrame(link: SocketLink, frame: Uint8Array): FrameFault | null
  onChunkEnd(link: SocketLink): void
  /** Why a routed control frame is not its author's own, where the network signs; null: it is. `'dropped'`: nobody can tell, and it is counted. */
  judgeAuthor(link: SocketLink, frame: Uint8Array): FrameFault | 'dropped' | null
  /** A join frame to keep. False: malformed. */
  onJoin(link: SocketLink, frame: Uint8Array): boolean
  onProbe(link: SocketLink, rttMs: number | null, degree: number): void
  onLagging(link: SocketLink, lagging: boolean): void
  /** The socket has taken bytes. */
  onTaken(link: SocketLink): void
  /** The link takes no part any more; `early`: it never opened. */
  onClosing(link: SocketLink, early: boolean, reason: CloseReason, by: 'us' | 'peer'): void
  /** The socket is gone. */
  onEnded(link: SocketLink): void
}
