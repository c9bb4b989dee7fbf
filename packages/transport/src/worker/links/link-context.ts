// What every link of a worker shares: who we are, the limits, and where its frames and its fate are reported.
import type { CloseReason, ControlOrigin, DialBackOutcome, FrameFault, JoinPacket, Limits } from '@floodnet/core'
import type { LossTally } from '../../threads/counters.ts'
import type { Traffic } from '../../threads/messages.ts'
import type { Greeting } from '../connect/handshake.ts'
import type { BufferPool } from '../flood/buffer-pool.ts'
import type { FloodLink } from '../flood/flood-link.ts'
import type { FloodRouter } from '../flood/flood-router.ts'

/** A link, as its own parts see it. */
export interface LinkHandle extends FloodLink {
  /** Public key, 64 hex digits; null until HELLO. */
  readonly peer: string | null
  readonly traffic: Traffic
  sendControl(frame: Uint8Array): void
}

export interface LinkContext<Link extends LinkHandle = LinkHandle> {
  /** Where DATA frames go. */
  readonly flood: FloodRouter
  readonly author: ControlOrigin
  readonly limits: Limits
  readonly losses: LossTally
  readonly memory: BufferPool
  /** Sums over all links of the worker, past and present. */
  readonly totals: Traffic
  /** The same with the time in place of the incarnation, for probes. */
  readonly timedAuthor: ControlOrigin
  /** The number of our neighbours, as we report it in probes. */
  readonly degree: number
  /** Monotonic ms. */
  readonly now: () => number
  /** Why we refuse the peer's HELLO; null if we accept it. */
  judge(link: Link, greeting: Greeting): CloseReason | null
  onOpen(link: Link, greeting: Greeting): void
  /** Whether it is the first HELLO of a node that we dialled, which proves the network's key only in its second one. */
  isUnproved(link: Link, greeting: Greeting): boolean
  /**
   * Why a routed control frame is not its author's own, if the network signs; null if it is. `'dropped'`: nobody can
   * tell, and it is counted.
   */
  judgeAuthor(link: Link, frame: Uint8Array): FrameFault | 'dropped' | null
  /** A join packet, which keeps its frame. */
  onJoin(link: Link, packet: JoinPacket): void
  /** The peer asks us to dial this port of its host. */
  onDialBack(link: Link, question: number, port: number): void
  onDialBackReply(link: Link, question: number, outcome: DialBackOutcome): void
  /** `clockS`: the peer's Unix time; null if it does not say. */
  onProbe(link: Link, rttMs: number | null, degree: number, clockS: number | null): void
  onLagging(link: Link, lagging: boolean): void
  /** The socket has taken bytes. */
  onTaken(link: Link): void
  /** The link no longer takes part; `early`: it never opened. */
  onClosing(link: Link, early: boolean, reason: CloseReason, by: 'us' | 'peer'): void
  /** The socket is gone. */
  onEnded(link: Link): void
}
