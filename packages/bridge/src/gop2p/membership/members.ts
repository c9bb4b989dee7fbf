// The members that a node knows, and those it lost: plain state with the rules for entering and leaving. Pure; times
// are arguments.

import type { Gop2pLimits } from '../limits.ts'
import { hostOf, isHere, isSamePeer, type Peer, peerKey } from '../wire/peer.ts'

export interface Member {
  /** Its name in lists of members: the name by which it was dialled, until we know what it calls itself. */
  peer: Peer
  /** Whether we know that. */
  isNamed: boolean
  /**
   * The other end of the connection when we last reached or heard it; null before that. An entry may have been dialled
   * by name.
   */
  host: string | null
  /** Requests in a row that failed. */
  failures: number
  /** When it last gave a sign of life, in ms. */
  seenAt: number
  /** What it says about itself, outside gop2p's wire; null for gop2p's own nodes. */
  label: string | null
  /** When we last compared names with it, in ms; -Infinity: never. */
  auditedAt: number
}

export interface Membership {
  readonly self: Peer
  readonly limits: Gop2pLimits
  readonly members: Map<string, Member>
  /**
   * Members considered dead, oldest first. One that speaks again was only slow, and becomes a member again without
   * asking.
   */
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

/** Admits a peer, or notes that a member is alive. */
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
 * The member that speaks as `claim` from `host`. An entry that was dialled by another of its addresses is found by the
 * place where we reached it.
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

/** A member has told us its own name. The members that it speaks to know it by this name only. */
export function callItself(state: Membership, name: Peer): void {
  const member = state.members.get(peerKey(name))
  if (member === undefined) return
  member.peer = name
  member.isNamed = true
}

/** A request to `peer` failed. True if that was one too many: it is away now. */
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

/** A peer that was considered dead speaks: it becomes a member again if there is room. */
export function revive(state: Membership, claim: Peer, sign: Sign): Member | null {
  const key = peerKey(claim)
  const member = state.away.get(key)
  if (member === undefined || !hasRoom(state, claim)) return null
  state.away.delete(key)
  state.members.set(key, member)
  noteSign(member, sign)
  return member
}

/** Returns whether it was a member. */
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

/** Members whose names have not been compared for `auditMs`; notes them as compared. */
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
