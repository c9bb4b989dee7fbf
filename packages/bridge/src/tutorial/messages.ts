// What a peer among the tutorial's nodes receives, and what it asks for: the whole interface between the rules and the
// sockets.
import type { Address } from '@floodnet/core'
import type { TutorialPacket } from '../gob/packet.ts'

/** Links are numbered: by the host when it accepts one, by the peer when it dials one. */
export type LinkId = number

export type PeerInput =
  /** We listen here; a host that means "any" is told to others as the address at which they reach us. */
  | { readonly kind: 'listening'; readonly address: Address }
  | { readonly kind: 'accepted'; readonly link: LinkId; readonly remoteHost: string; readonly localHost: string }
  | { readonly kind: 'opened'; readonly link: LinkId; readonly remoteHost: string; readonly localHost: string }
  | { readonly kind: 'packet'; readonly link: LinkId; readonly packet: TutorialPacket }
  /** Also when a dial failed. */
  | { readonly kind: 'closed'; readonly link: LinkId; readonly reason: string }
  | { readonly kind: 'say'; readonly payload: Uint8Array; readonly uniqueId: bigint }
  /** Joins by one more entry. */
  | { readonly kind: 'join'; readonly entry: Address }
  /** The time that `wakeAt` named has come. */
  | { readonly kind: 'wake' }

export type PeerEffect =
  | { readonly kind: 'dial'; readonly link: LinkId; readonly address: Address }
  /** `last`: the link closes once this is written. */
  | { readonly kind: 'send'; readonly link: LinkId; readonly packet: TutorialPacket; readonly last: boolean }
  /** The peer at the end of this link has that packet: we need not send it any more, and what we sent has been read. */
  | { readonly kind: 'known'; readonly link: LinkId; readonly uniqueId: bigint }
  | { readonly kind: 'close'; readonly link: LinkId; readonly reason: string }
  /** A message that nobody brought before. */
  | { readonly kind: 'heard'; readonly packet: TutorialPacket }
  | { readonly kind: 'event'; readonly event: PeerEvent }

/** Events of a node among the tutorial's, for its owner. */
export type PeerEvent =
  /** `address`: where it listens, as it says. */
  | { readonly kind: 'neighbour-up'; readonly nodeId: string; readonly address: string }
  | { readonly kind: 'neighbour-down'; readonly nodeId: string; readonly address: string; readonly reason: string }
  | { readonly kind: 'dial-failed'; readonly address: string; readonly reason: string }
  /** What is at this address, or came from it, is not a node of part 4 or later. `speech`: what it speaks, in words. */
  | { readonly kind: 'wrong-program'; readonly address: string; readonly speech: string }
  /** It took a request of ours, and nobody answered. `own`: the address that we gave it for dialling us. */
  | { readonly kind: 'unanswered'; readonly address: string; readonly own: string }
  /** We did not accept something that a peer did or asked for. */
  | { readonly kind: 'refused'; readonly host: string; readonly reason: RefusalReason }

/** Why we did not accept something from a peer; stable. */
export type RefusalReason =
  | 'bad-address'
  | 'not-joined'
  | 'silent'
  | 'too-many-dials'
  | 'too-many-requests'
  | 'too-many-strangers'
  | 'unasked-ack'
