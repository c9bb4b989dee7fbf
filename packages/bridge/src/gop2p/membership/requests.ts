// Which requests follow from what a node wants: who gets which message. Pure; the client sends them.

import { encodeMessage, MessageType } from '../wire/message.ts'
import { isSamePeer, type Peer, peerKey } from '../wire/peer.ts'
import { mayDial } from './claims.ts'
import { listPeers, type Membership } from './members.ts'

/** One body for several peers. */
export interface Mailing {
  readonly peers: readonly Peer[]
  readonly body: Uint8Array
}

/** Says to `peers` that we are a member: an entry answers with its list, a member is asked for a sign of life. */
export function connectTo(self: Peer, peers: readonly Peer[]): Mailing {
  return { peers, body: encodeMessage({ type: MessageType.connect, data: null, from: self, to: [] }) }
}

export function disconnectFrom(state: Membership): Mailing {
  return disconnectAs(state.self, listPeers(state))
}

/** Tells `peers` that the peer with this name is not a member. */
export function disconnectAs(name: Peer, peers: readonly Peer[]): Mailing {
  return { peers, body: encodeMessage({ type: MessageType.disconnect, data: null, from: name, to: [] }) }
}

export function broadcast(state: Membership, data: Uint8Array): Mailing {
  const body = encodeMessage({ type: MessageType.broadcast, data, from: state.self, to: [] })
  return { peers: listPeers(state), body }
}

/** Members only: a direct message must not make us dial anyone else. */
export function direct(state: Membership, data: Uint8Array, to: readonly Peer[]): Mailing {
  const peers = listPeers(state).filter((member) => to.some((peer) => isSamePeer(peer, member)))
  return { peers, body: encodeMessage({ type: MessageType.direct, data, from: state.self, to: peers }) }
}

/**
 * A join under way. It begins at an entry, and each peer that answers lists others. gop2p asks only the members in the
 * entry's list, so two newcomers at two entries may miss each other; here the other lists count too, until all have
 * been asked.
 */
export interface Walk {
  readonly asked: Set<string>
  /** Listed addresses that we do not dial: too private, names, or too many. */
  skipped: number
}

export function beginWalk(self: Peer, entry: Peer): Walk {
  return { asked: new Set([peerKey(self), peerKey(entry)]), skipped: 0 }
}

/**
 * Whom to ask next, after a peer reached at the address `teller` listed `peers`. Never more than `maxMembers` in a
 * walk.
 */
export function onListed(walk: Walk, state: Membership, peers: readonly Peer[], teller: string): Peer[] {
  const next: Peer[] = []
  for (const peer of peers) {
    const key = peerKey(peer)
    if (walk.asked.has(key) || state.members.has(key)) continue
    if (walk.asked.size > state.limits.maxMembers || !mayDial(peer, teller)) walk.skipped++
    else {
      walk.asked.add(key)
      next.push(peer)
    }
  }
  return next
}
