// The members that a node knows, and those it lost: plain state with the rules for getting in and out. Pure; times are
// arguments.

import type { Gop2pLimits } from '../limits.ts'
import { hostOf, isHere, isSamePeer, type Peer, peerKey } from '../wire/peer.ts'

export interface Member {
  /** As it stands in lists of members: the name it was dialled by, until it is known what it calls itself. */
  peer: Peer
  /** Whether that is known. */
  isNamed: boolean
  /**
   * The other end of the connection when it was last reached or heard; null before. An entry may have been dialled by
   * name.
   */
  host: string | null
  /** Requests in a row that failed. */
  failures: number
  /** When it last gave a sign of life, in ms. */
  seenAt: number
  /** What it says of itself beside gop2p's wire; null for gop2p's own nodes. */
  label: string | null
  /** When names were last compared with it, in ms; -Infinity: never. */
  auditedAt: number
}

export interface Membership {
  readonly self: Peer
  readonly limits: Gop2pLimits
  readonly members: Map<string, Member>
  /** Taken for dead, oldest first. One that speaks again was only slow, and is a member again without asking. */
  readonly away: Map<string, Member>
}

export interface Sign {
  readonly host: string | null
  readonly now: number
  /** Undefined: it said nothing about it. */
  readonly label?: string | null
}

export type Admission = 'new' | 'known' | 'self' | 'full'

export function createMembership(self: Peer, limits: Gop2pLimits): Membership {
  return { self, limits, members: new Map(), away: new Map() }
}

export function listPeers({ members }: Membership): Peer[] {
  return [...members.values()].map(({ peer }) => peer)
}

/** Takes a peer in, or notes that a member is alive. */
export function admit(state: Membership, peer: Peer, sign: Sign): Admission {
  if (isSamePeer(peer, state.self)) return 'self'
  const known = findMember(state, peer, sign.host)
  if (known !== null) {
    noteSign(known, sign)
    return 'known'
  }
  if (!hasRoom(state, peer)) return 'full'
  const key = peerKey(peer)
  state.away.delete(key)
  const label = sign.label ?? null
  state.members.set(key, {
    peer,
    host: sign.host,
    failures: 0,
    seenAt: sign.now,
    label,
    auditedAt: -Infinity,
    isNamed: false
  })
  return 'new'
}

/**
 * The member that speaks as `claim` from `host`. An entry that was dialled by another of its addresses is found by
 * where it was reached.
 */
export function findMember(state: Membership, claim: Peer, host: string | null): Member | null {
  const known = state.members.get(peerKey(claim))
  if (known !== undefined) return known
  if (host === null) return null
  for (const member of state.members.values()) {
    if (member.peer.port === claim.port && member.host === host && !isHere(host)) return member
  }
  return null
}

export function noteSign(member: Member, { host, now, label }: Sign): void {
  member.failures = 0
  member.seenAt = now
  member.host = host ?? member.host
  if (label !== undefined) member.label = label
}

/** A member is called so by itself. Others that it speaks to know it by this name and no other. */
export function callItself(state: Membership, name: Peer): void {
  const member = state.members.get(peerKey(name))
  if (member === undefined) return
  member.peer = name
  member.isNamed = true
}

/** A request to `peer` failed. True when that was one too many: it is away now. */
export function noteFailure(state: Membership, peer: Peer): boolean {
  const member = state.members.get(peerKey(peer))
  if (member === undefined || ++member.failures < state.limits.maxFailures) return false
  remove(state, peer)
  state.away.set(peerKey(peer), member)
  for (const key of state.away.keys()) {
    if (state.away.size <= state.limits.maxMembers) break
    state.away.delete(key)
  }
  return true
}

/** One that was taken for dead speaks: it is a member again, when there is room. */
export function revive(state: Membership, claim: Peer, sign: Sign): Member | null {
  const key = peerKey(claim)
  const member = state.away.get(key)
  if (member === undefined || !hasRoom(state, claim)) return null
  state.away.delete(key)
  state.members.set(key, member)
  noteSign(member, sign)
  return member
}

/** Says whether it was a member. */
export function remove(state: Membership, peer: Peer): boolean {
  return state.members.delete(peerKey(peer))
}

/** Forgets everyone. */
export function clear(state: Membership): void {
  state.members.clear()
  state.away.clear()
}

/** Members that gave no sign of life for `probeMs`, or whose last request failed. */
export function findSilent({ members, limits }: Membership, now: number): Peer[] {
  const silent = [...members.values()].filter(({ seenAt, failures }) => failures > 0 || now - seenAt >= limits.probeMs)
  return silent.map(({ peer }) => peer)
}

/** Members with which names have not been compared for `auditMs`, which are noted as compared. */
export function takeUnaudited({ members, limits }: Membership, now: number): Peer[] {
  const due = [...members.values()].filter(({ auditedAt }) => now - auditedAt >= limits.auditMs)
  for (const member of due) member.auditedAt = now
  return due.map(({ peer }) => peer)
}

function hasRoom({ members, limits }: Membership, peer: Peer): boolean {
  if (members.size >= limits.maxMembers) return false
  const host = hostOf(peer)
  if (isHere(host)) return true
  const neighbours = [...members.values()].filter((member) => hostOf(member.peer) === host)
  return neighbours.length < limits.maxMembersPerHost
}
