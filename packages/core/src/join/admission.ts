// From guest to neighbour: admitted by us, admitted by the peer, or moved over from another link to the same peer.
// Invariant "one entry per peer": whatever opens and in whatever order, both ends end up with the same one link.

import { closeLink, closePeer, hurry } from './closing.ts'
import type { JoinRefusal } from './packets.ts'
import { learnAddress, missNoMore } from './passive-view.ts'
import { handOver } from './peer-exchange.ts'
import { hasRoom, type JoinState, type Link, linksTo } from './state.ts'
import { count, emit, jitter, send, type Turn } from './step-context.ts'

/** Our decision. The caller has seen to it that there is room. */
export function admit(turn: Turn, link: Link): void {
  turn.state.reservations.delete(link.peer)
  const old = turn.state.neighbours.get(link.peer)
  count(turn, 'admitted')
  link.admittedByUs = true
  // The ack goes first: no frame of the flood may reach the peer before it knows that we are neighbours.
  send(turn, link, { kind: 'join-ack', nonce: null })
  becomeNeighbour(turn, link)
  if (old) retire(turn, old)
  const better = linksTo(turn.state, link.peer).find((other) => claims(turn.state, other, link))
  if (better) admit(turn, better)
}

/** The peer admitted this link, at our request. */
export function acceptAdmission(turn: Turn, link: Link): void {
  const old = turn.state.neighbours.get(link.peer)
  if (old && !prevails(turn.state, link, old)) return concede(turn, link, old)
  turn.state.reservations.delete(link.peer)
  settle(turn.state, link)
  if (!old && !hasRoom(turn.state)) return refuseAdmission(turn, link)
  becomeNeighbour(turn, link)
  for (const other of linksTo(turn.state, link.peer)) {
    if (other !== link && prevails(turn.state, link, other)) closeLink(turn, other, 'duplicate')
  }
  const better = linksTo(turn.state, link.peer).find((other) => claims(turn.state, other, link))
  if (better) admit(turn, better)
}

/** The peer asks for a link although we are neighbours over another one: it lost that one, or both of us dialled. */
export function takeOver(turn: Turn, link: Link, old: Link): void {
  // A neighbour that has been one for long does not come from a simultaneous dial, so its peer must have lost it.
  const settled = turn.now - old.since > turn.state.options.offerTimeoutMs
  if (!settled && !prevails(turn.state, link, old)) return closeLink(turn, link, 'duplicate')
  admit(turn, link)
}

/**
 * Whether the first of two links to one peer is the one to keep: the one dialled by the smaller id. If one side dialled
 * both, that side alone chooses, and it asks on the link of its choice.
 */
export function prevails(state: JoinState, link: Link, other: Link): boolean {
  const ours = link.dialled !== null
  if (ours === (other.dialled !== null)) return true
  return ours === state.id < link.peer
}

/** Makes room for a peer from address group `group` by closing a neighbour that others can do without. False when there is none. */
export function evict(turn: Turn, group: string | null): boolean {
  const victim = replaceableBy(turn, group).reduce<Link | undefined>(
    (a, b) => (a && a.degree > b.degree ? a : b),
    undefined
  )
  if (!victim) return false
  count(turn, 'evicted')
  refuseLink(turn, victim, 'replaced')
  handOver(turn, victim.link, victim.peer)
  closePeer(turn, victim.peer, 'replaced')
  return true
}

/** Identities are free, but one network's newcomers can only push each other out once they have their share. */
function replaceableBy(turn: Turn, group: string | null): Link[] {
  const victims = replaceable(turn)
  if (group === null) return victims
  let crowd = 0
  for (const link of turn.state.neighbours.values()) if (link.group === group) crowd++
  return crowd < turn.state.options.maxGroupEvictions ? victims : victims.filter((link) => link.group === group)
}

/**
 * Never a link that we dialled, never one of the oldest, and of the rest only the newer half: a storm of joins, however
 * long, pushes out what came with it, and not the neighbours from before. Nor, for a while, a peer that has only us: it
 * would come back as urgent as the one it made room for.
 */
export function replaceable(turn: Turn): Link[] {
  const { neighbours, options } = turn.state
  const byAge = [...neighbours.values()].sort((a, b) => a.since - b.since)
  const spares = Math.min(options.protectedLinks, Math.floor(options.maxLinks / 2))
  const accepted = byAge.slice(spares).filter((link) => link.dialled === null)
  return accepted.slice(accepted.length >> 1).filter((link) => {
    return link.degree > 1 || turn.now - link.since >= options.evictionGraceMs
  })
}

/** An accepted guest that beats the new neighbour. Its dialler has asked on it, or is about to. */
function claims(state: JoinState, guest: Link, neighbour: Link): boolean {
  if (guest.role !== 'guest' || guest.dialled !== null || neighbour.dialled === null) return false
  return prevails(state, guest, neighbour)
}

function becomeNeighbour(turn: Turn, link: Link): void {
  const { state, now } = turn
  const old = state.neighbours.get(link.peer)
  const first = state.neighbours.size === 0
  settle(state, link)
  link.role = 'neighbour'
  state.waiting.delete(link)
  link.deadline = Number.POSITIVE_INFINITY
  link.since = now
  state.neighbours.set(link.peer, link)
  if (!link.flooding) turn.effects.push({ kind: 'activate', link: link.link })
  link.flooding = true
  announce(turn, link, old)
  missNoMore(state, link.peer)
  planShuffle(turn)
  if (!old && link.dialled === null) state.bereft = Math.max(0, state.bereft - 1)
  const address = link.dialled ?? link.address
  if (address !== null) learnAddress(turn, address, link.peer, link.dialled !== null)
  if (first) return hurry(turn)
  state.pauseMs = state.options.retryMinMs
  state.refillAt = Math.min(state.refillAt, now + jitter(turn, state.pauseMs))
}

/** Whoever was alone knows few others: its first shuffles come soon, and then ever slower. */
function planShuffle(turn: Turn): void {
  const { state, now } = turn
  if (state.neighbours.size > 1) return
  state.shufflePauseMs = Math.min(state.options.shuffleMs, state.options.retryMinMs)
  state.shuffleAt = now + jitter(turn, state.shufflePauseMs)
}

/** Nothing is asked on it any more. */
function settle(state: JoinState, link: Link): void {
  if (link.asked?.kind === 'direct') state.requests.delete(link.asked.request)
  link.asked = null
  link.wants = null
}

function announce(turn: Turn, link: Link, old: Link | undefined): void {
  if (old) {
    count(turn, 'takeovers')
    return emit(turn, { kind: 'peer-moved', peer: link.peer, link: link.link, from: old.link })
  }
  const direction = link.dialled === null ? 'in' : 'out'
  emit(turn, { kind: 'peer-up', peer: link.peer, link: link.link, address: link.dialled ?? link.address, direction })
}

/** The peer admitted a link that loses against our neighbour. */
function concede(turn: Turn, link: Link, neighbour: Link): void {
  // It closes this link itself as soon as it hears that we admitted the other one.
  if (neighbour.admittedByUs) return retire(turn, link)
  closeLink(turn, link, 'duplicate')
}

function retire(turn: Turn, link: Link): void {
  settle(turn.state, link)
  link.role = 'retiring'
  turn.state.waiting.add(link)
  link.deadline = turn.now + turn.state.options.guestTimeoutMs
}

function refuseAdmission(turn: Turn, link: Link): void {
  refuseLink(turn, link, 'full')
  closeLink(turn, link, 'full')
}

export function refuseLink(turn: Turn, link: Link, reason: JoinRefusal): void {
  send(turn, link, { kind: 'join-no', origin: turn.state.id, target: link.peer, request: 0, reason })
}
