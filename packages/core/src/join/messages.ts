// What goes into the join actor and what comes out of it. The host owns sockets and timers. Links and dials have
// numbers as names: the host numbers links, the actor numbers dials.
import type { JoinPacket, JoinRefusal, NodeId } from './packets.ts'

export type JoinInput =
  | { kind: 'start' }
  | { kind: 'wake' }
  | { kind: 'dial-failed'; dial: number; reason: string }
  | LinkOpen
  /** For any cause. It may or may not come for a link that the actor closed itself, which is already forgotten. */
  | { kind: 'link-down'; link: number; reason: string }
  | { kind: 'packet'; link: number; packet: JoinPacket }
  /** The peer's number of neighbours, as its keep-alives report it. */
  | { kind: 'peer-degree'; link: number; degree: number }
  /** The program names another entry. `peer`: the only one that may answer there. */
  | { kind: 'connect'; address: string; peer?: NodeId | null }
  /**
   * The host found it, on the local network or in DNS: the actor may dial it when links are missing, and believes it no
   * further.
   */
  | { kind: 'candidates'; found: readonly Candidate[] }
  /** The address at which others can dial us, or null if nobody can. `checked`: one of them has just done so. */
  | { kind: 'listening'; address: string | null; checked?: boolean }
  | { kind: 'leave' }

/** An address at which somebody may be, and the id of that peer, if one was named. */
export interface Candidate {
  readonly address: string
  readonly peer: NodeId | null
}

export interface LinkOpen {
  kind: 'link-open'
  link: number
  peer: NodeId
  incarnation: number
  /** The number of our dial, or null if the link was accepted. */
  dial: number | null
  /** Where the peer can be dialled, or null. */
  address: string | null
  /** Where its socket is, as far as we see; absent if nobody knows better than the peer. */
  remote?: string
}

export type JoinEffect =
  | { kind: 'dial'; dial: number; address: string; expect: NodeId | null }
  | { kind: 'cancel-dial'; dial: number }
  | { kind: 'send'; link: number; packet: JoinPacket }
  /** The link joins the flood. */
  | { kind: 'activate'; link: number }
  /** Graceful: what was sent before still goes out. */
  | { kind: 'close'; link: number; reason: CloseReason }
  | { kind: 'event'; event: JoinEvent }

/**
 * `self`: our own id answered. `wrong-peer`: another id than the offer named. `cancelled`: the dial was given up
 * before. `duplicate`: another link to this peer prevails. `restarted`: the peer came back with a higher incarnation.
 * `stale`: a link of an earlier incarnation. `guests-full`, `guest-timeout`: bounds on links that are not neighbours.
 * `answered`: our request on it was answered. `not-needed`: enough neighbours by now. `full`: no room left when the
 * peer admitted us or came for its slot, or when we were about to ask. `replaced`: made room for a node without
 * neighbours.
 */
export type CloseReason =
  | 'leaving'
  | 'self'
  | 'wrong-peer'
  | 'cancelled'
  | 'duplicate'
  | 'restarted'
  | 'stale'
  | 'guests-full'
  | 'guest-timeout'
  | 'answered'
  | 'not-needed'
  | 'full'
  | 'replaced'
  | 'bad-nonce'
  | 'unsolicited-ack'

export type Direction = 'in' | 'out'

/** Why we did not take up an offer for one of our requests. */
export type OfferDecline = 'enough' | 'known' | 'own-address' | 'misplaced-address' | 'dial-limit'

export type JoinEvent =
  | { kind: 'peer-up'; peer: NodeId; link: number; address: string | null; direction: Direction }
  /** Still our neighbour, now over another link. */
  | { kind: 'peer-moved'; peer: NodeId; link: number; from: number }
  | { kind: 'peer-down'; peer: NodeId; link: number; reason: string }
  /** `dialled`: the address that we dialled; null: the peer dialled us. */
  | { kind: 'guest-up'; peer: NodeId; link: number; dialled: string | null }
  | { kind: 'guest-down'; peer: NodeId; link: number; dialled: string | null; reason: string }
  | DialEvent
  | { kind: 'request-sent'; request: number; via: NodeId }
  | { kind: 'request-refused'; request: number; by: NodeId; reason: JoinRefusal }
  | { kind: 'request-timeout'; request: number; via: NodeId }
  /** The link on which it was sent is gone, and with it the answer's way back. */
  | { kind: 'request-lost'; request: number; via: NodeId }
  | { kind: 'offer-declined'; by: NodeId; request: number; reason: OfferDecline }
  | { kind: 'slot-reserved'; peer: NodeId }
  | { kind: 'slot-expired'; peer: NodeId }
  /** A peer says that it will not be our neighbour over this link. */
  | { kind: 'link-refused'; peer: NodeId; link: number; reason: JoinRefusal }

export interface DialEvent {
  kind: 'dial'
  /** `skipped`: named by the program, but dialling it is useless (now). */
  phase: 'start' | 'opened' | 'failed' | 'skipped'
  address: string
  /** 1 for the first dial since this address last worked. */
  attempt: number
  reason?: string
}
