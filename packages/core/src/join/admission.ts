// From guest to neighbour: admitted by us, admitted by the peer, or moved over from another link to the same peer.
// Invariant "one entry per peer": both ends keep the same link, however many links open and in whatever order.

import { closeLink, closePeer, hurry } from './closing.ts'
import type { JoinRefusal } from './packets.ts'
import { foundAgain, learnAddress } from './passive-view.ts'
import { sendPeers } from './peer-exchange.ts'
import { hasRoomForOwn, type JoinState, type Link, linksTo } from './state.ts'
import { count, emit, jitter, type StepContext, send } from './step-context.ts'

/** Our decision. The caller has made sure that there is room. */
export function admit(context: StepContext, link: Link): void {
  context.state.reservations.delete(link.peer)
  const old = context.state.neighbours.get(link.peer)
  count(context, 'admitted')
  link.admittedByUs = true
  // The ack goes first: no frame of the flood may reach the peer before it knows that we are neighbours.
  send(context, link, { kind: 'join-ack', nonce: null })
  becomeNeighbour(context, link)
  if (old) retire(context, old)
  const better = linksTo(context.state, link.peer).find((other) => claims(context.state, other, link))
  if (better) admit(context, better)
}

/** The peer admitted this link, at our request. */
export function acceptAdmission(context: StepContext, link: Link): void {
  const old = context.state.neighbours.get(link.peer)
  if (old && !prevails(context.state, link, old)) return concede(context, link, old)
  context.state.reservations.delete(link.peer)
  settle(context.state, link)
  if (!old && !hasRoomForOwn(context.state)) return refuseAdmission(context, link)
  becomeNeighbour(context, link)
  for (const other of linksTo(context.state, link.peer)) {
    if (other !== link && prevails(context.state, link, other)) closeLink(context, other, 'duplicate')
  }
  const better = linksTo(context.state, link.peer).find((other) => claims(context.state, other, link))
  if (better) admit(context, better)
}

/** The peer asks for a link although we are neighbours over another one: it lost that link, or both of us dialled. */
export function takeOver(context: StepContext, link: Link, old: Link): void {
  // A neighbour of some age does not come from a simultaneous dial, so its peer must have lost it.
  const settled = context.now - old.since > context.state.options.offerTimeoutMs
  if (!settled && !prevails(context.state, link, old)) return closeLink(context, link, 'duplicate')
  admit(context, link)
}

/**
 * Whether the first of two links to one peer is the one to keep: the one that the smaller id dialled. If one side
 * dialled both, that side alone chooses, and asks on the link of its choice.
 */
export function prevails(state: JoinState, link: Link, other: Link): boolean {
  const ours = link.dialled !== null
  if (ours === (other.dialled !== null)) return true
  return ours === state.id < link.peer
}

/**
 * Makes room for a peer from address group `group` by closing a neighbour that others can do without. False if there is
 * none.
 */
export function evict(context: StepContext, group: string | null): boolean {
  // The newest, so that a storm displaces what came with it. A peer's number of neighbours is only a claim.
  const victim = replaceableBy(context, group).at(-1)
  if (!victim) return false
  count(context, 'evicted')
  refuseLink(context, victim, 'replaced')
  sendPeers(context, victim.link, victim.peer, victim.reach)
  closePeer(context, victim.peer, 'replaced')
  return true
}

/** Identities are free, but once one network has its share, its newcomers can only displace each other. */
function replaceableBy(context: StepContext, group: string | null): Link[] {
  const victims = replaceable(context)
  if (group === null) return victims
  let crowd = 0
  for (const link of context.state.neighbours.values()) if (link.group === group) crowd++
  return crowd < context.state.options.maxGroupEvictions ? victims : victims.filter((link) => link.group === group)
}

/**
 * Never a link that we dialled, never one of the oldest, and of the rest only the newer half: a storm of joins, however
 * long, displaces what came with it, and not the earlier neighbours. Nor, for a while, a peer that has only us: it
 * would come back as urgent as the one it made room for.
 */
export function replaceable(context: StepContext): Link[] {
  const { neighbours, options } = context.state
  const byAge = [...neighbours.values()].sort((a, b) => a.since - b.since)
  const spares = Math.min(options.protectedLinks, Math.floor(options.maxLinks / 2))
  const accepted = byAge.slice(spares).filter((link) => link.dialled === null)
  return accepted.slice(accepted.length >> 1).filter((link) => {
    return link.degree > 1 || context.now - link.since >= options.evictionGraceMs
  })
}

/**
 * An accepted guest that beats the new neighbour and has asked to. One that has not asked may not even be open at its
 * dialler's end, so it takes over when it asks.
 */
function claims(state: JoinState, guest: Link, neighbour: Link): boolean {
  if (guest.role !== 'guest' || guest.dialled !== null || neighbour.dialled === null) return false
  if (guest.pendingRequest === null) return false
  return prevails(state, guest, neighbour)
}

function becomeNeighbour(context: StepContext, link: Link): void {
  const { state, now } = context
  const old = state.neighbours.get(link.peer)
  const first = state.neighbours.size === 0
  settle(state, link)
  link.role = 'neighbour'
  if (link.dialled !== null) state.ownDialPauseMs = state.options.ownDialMs
  state.waiting.delete(link)
  link.deadline = Number.POSITIVE_INFINITY
  link.since = now
  state.neighbours.set(link.peer, link)
  if (!link.flooding) context.effects.push({ kind: 'activate', link: link.link })
  link.flooding = true
  announce(context, link, old)
  foundAgain(state, link.peer)
  planShuffle(context)
  if (!old && link.dialled === null) state.lostNeighbours = Math.max(0, state.lostNeighbours - 1)
  const address = link.dialled ?? link.address
  if (address !== null) learnAddress(context, address, link.peer, link.dialled !== null)
  if (first) return hurry(context)
  state.pauseMs = state.options.retryMinMs
  state.refillAt = Math.min(state.refillAt, now + jitter(context, state.pauseMs))
}

/** A node that was alone knows few others, so its first shuffles come soon, and later ones more and more slowly. */
function planShuffle(context: StepContext): void {
  const { state, now } = context
  if (state.neighbours.size > 1) return
  state.shufflePauseMs = Math.min(state.options.shuffleMs, state.options.retryMinMs)
  state.shuffleAt = now + jitter(context, state.shufflePauseMs)
}

/** Nobody asks on it any more. */
function settle(state: JoinState, link: Link): void {
  if (link.asked?.kind === 'direct') state.requests.delete(link.asked.request)
  link.asked = null
  link.pendingRequest = null
}

function announce(context: StepContext, link: Link, old: Link | undefined): void {
  if (old) {
    count(context, 'takeovers')
    return emit(context, { kind: 'peer-moved', peer: link.peer, link: link.link, from: old.link })
  }
  const direction = link.dialled === null ? 'in' : 'out'
  emit(context, { kind: 'peer-up', peer: link.peer, link: link.link, address: link.dialled ?? link.address, direction })
}

/** The peer admitted a link that loses against our neighbour. */
function concede(context: StepContext, link: Link, neighbour: Link): void {
  // The peer closes this link itself as soon as it hears that we admitted the other one.
  if (neighbour.admittedByUs) return retire(context, link)
  closeLink(context, link, 'duplicate')
}

function retire(context: StepContext, link: Link): void {
  settle(context.state, link)
  link.role = 'retiring'
  context.state.waiting.add(link)
  link.deadline = context.now + context.state.options.guestTimeoutMs
}

function refuseAdmission(context: StepContext, link: Link): void {
  refuseLink(context, link, 'full')
  closeLink(context, link, 'full')
}

export function refuseLink(context: StepContext, link: Link, reason: JoinRefusal): void {
  send(context, link, { kind: 'join-no', origin: context.state.id, target: link.peer, request: 0, reason })
}
