// The words of a gop2p node as programs use them: what it takes and what it returns.
import type { Gop2pError } from './errors.ts'
import type { Gop2pLimits } from './limits.ts'
import type { Delivery } from './sending/delivery.ts'
import { formatPeer, type Peer } from './wire/peer.ts'

/** What `new Gop2pNode` takes. */
export interface Gop2pOptions {
  /** Our own name, 'host:port': members dial it, and our connections must come from it. Port 0: the system chooses. */
  readonly self: string
  /** 'host:port' to bind, if that is not `self`: behind a port mapping. */
  readonly listen?: string
  /** Defaults: GOP2P_LIMITS. */
  readonly limits?: Partial<Gop2pLimits>
  /** Describes us in an HTTP header of every request and answer, which gop2p's own nodes ignore. Default: nothing. */
  readonly label?: string | null
}

/** A message that a member sent. */
export interface Inbound {
  readonly from: Peer
  readonly data: Uint8Array
  /** True if it goes to some members only, `to`. */
  readonly direct: boolean
  readonly to: readonly Peer[]
  /** The sender's label, and the mark of this message; null from gop2p's own nodes. */
  readonly label: string | null
  readonly mark: string | null
}

/** The text of a message. Bytes that are not text become U+FFFD. */
export function textOf({ data }: Pick<Inbound, 'data'>): string {
  return new TextDecoder().decode(data)
}

/** '[127.0.0.1:5001] hello', as gop2p prints a message. */
export function formatMessage(message: Pick<Inbound, 'from' | 'data'>): string {
  return `[${formatPeer(message.from)}] ${textOf(message)}`
}

/** A message to send: to everyone, or to the members in `to`. */
export interface Outbound {
  readonly data: Uint8Array | string
  readonly to?: readonly Peer[]
  /** Travels in an HTTP header. */
  readonly mark?: string
}

/** Sends messages. */
export interface Outbox {
  /** Resolves within `sendTimeoutMs`. An error: nobody was there to send to. */
  send(message: Outbound): Promise<Delivery | Gop2pError>
}

/** Members that come, leave, or are considered dead. */
export interface Change {
  readonly kind: 'joined' | 'left' | 'dead'
  readonly peer: Peer
}
