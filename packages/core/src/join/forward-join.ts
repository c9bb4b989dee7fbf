// Join requests of others: admitted on the spot, given a slot, passed on at random, or refused at the walk's end.
import { admit, evict, replaceable, takeOver } from './admission.ts'
import type { JoinNo, JoinOffer, JoinRefusal, JoinRequest, NodeId, Shuffle, ShuffleReply } from './packets.ts'
import { addCandidate, sendPeers } from './peer-exchange.ts'
import { askableAddress, takeRequest } from './requests.ts'
import { degree, hasRoom, isDialling, type JoinState, type Link, linkTo, type Walk } from './state.ts'
import { below, chance, count, drawNonce, emit, type StepContext, send } from './step-context.ts'
import { meansTheSame } from './told-addresses.ts'

/** Hops left at which a request's origin enters the passive view: HyParView's passive random walk length. */
const passiveHops = 3
/**
 * How many nodes at a walk's end may admit its origin. HyParView has one. In trials (2,000 nodes, five links each) two
 * left fewer nodes a link short; three or more made paths longer.
 */
const admittingNodes = 2
/**
 * How often a full node makes room for one that has neighbours. A guess: a handshake in five minutes costs nothing, and
 * in the papers' fifty cycles each node does it twice.
 */
const makeRoomMs = 300_000
/**
 * Share of the walks ending at a node that seems unreachable to which it offers a slot all the same, because it may be
 * wrong.
 */
const hopefulOffers = 1 / 8

export function onJoinRequest(context: StepContext, link: Link, packet: JoinRequest): void {
  if (!takeToken(context, link)) return count(context, 'rate-limited')
  if (packet.origin === context.state.id) return onOwnRequest(context, link, packet)
  const isGuest = link.role === 'guest'
  if (isGuest && packet.origin !== link.peer) return count(context, 'request-from-guest')
  if (isGuest) setPendingRequest(context.state, link, packet)
  const neighbour = context.state.neighbours.get(packet.origin)
  if (isGuest && neighbour) return takeOver(context, link, neighbour)
  if (!rememberWalk(context, link, packet)) return refuseTo(context, link, packet, 'busy')
  step(context, link, packet)
}

/** Where answers to a walk go; each walk has one answer, so the first one ends it. */
export function takeWayBack(context: StepContext, origin: NodeId, request: number): Link | undefined {
  const walk = takeWalk(context.state, origin, request)
  return walk && wayBack(context, walk, origin, request)
}

function takeWalk({ walks }: JoinState, origin: NodeId, request: number): Walk | undefined {
  const key = keyOf(origin, request)
  const walk = walks.get(key)
  if (walk) walks.delete(key)
  return walk
}

function wayBack(context: StepContext, { back }: Walk, origin: NodeId, request: number): Link | undefined {
  const link = linkTo(context.state, back)
  if (link?.pendingRequest === request && link.peer === origin) link.pendingRequest = null
  if (!link) count(context, 'answer-lost')
  return link
}

function step(context: StepContext, link: Link, packet: JoinRequest): void {
  const next = packet.hops > 0 ? nextHop(context, link, packet.origin) : undefined
  const obstacle = obstacleTo(context.state, link, packet) ?? drawDoubt(context, packet)
  if (obstacle === null && isMixed(context.state, packet, next) && welcome(context, packet, next === undefined)) return
  const { origin: peer, address } = packet
  const isNews = packet.hops === passiveHops && address !== null
  if (isNews) addCandidate(context, { peer, address }, link.reach)
  if (next) {
    count(context, 'walks-forwarded')
    passOn(context, next, packet)
    context.relayedOnly = !isNews
    return
  }
  if (obstacle === null && isUrgent(context, packet)) {
    if (packet.degree > 0) context.state.madeRoomAt = context.now
    if (acceptInstead(context, packet)) return
  }
  if (offerAgain(context, packet)) return
  refuse(context, packet, obstacle ?? 'full')
}

/**
 * A node that has a neighbour and did not come to us itself is not admitted before its walk is nearly over: links to
 * the neighbours' neighbours, and among nodes that came at the same time, would make all paths longer.
 */
function isMixed(state: JoinState, packet: JoinRequest, next: Link | undefined): boolean {
  return packet.degree === 0 || packet.hops < admittingNodes || !next || requestingGuest(state, packet) !== undefined
}

/** Obstacles that no number of free slots can overcome. */
function obstacleTo(state: JoinState, from: Link, packet: JoinRequest): JoinRefusal | null {
  const { origin } = packet
  if (state.neighbours.has(origin) || isDialling(state, origin)) return 'known'
  if (requestingGuest(state, packet)) return null
  if (state.reservations.has(origin)) return 'known'
  if (slotsVia(state, from.peer) >= state.options.maxSlotsPerNeighbour) return 'full'
  return state.address !== null && !meansTheSame(state.address, from.reach) ? 'no-address' : null
}

/** A node that nobody can reach makes no offers. If we only assume that, a few offers show whether it holds. */
function drawDoubt(context: StepContext, packet: JoinRequest): JoinRefusal | null {
  const { state } = context
  if (requestingGuest(state, packet) || askableAddress(state) !== null) return null
  return state.address !== null && chance(context, hopefulOffers) ? null : 'no-address'
}

/** Slots for origins whose requests this neighbour brought: it may have made them all up. */
function slotsVia(state: JoinState, via: NodeId): number {
  let slots = 0
  for (const reservation of state.reservations.values()) if (reservation.via === via) slots++
  return slots
}

/** A node without a neighbour is here; the one for which the youngest slot is kept may never come. */
function dropSlot(context: StepContext): boolean {
  const slots = [...context.state.reservations.values()].filter(({ replaces }) => !replaces)
  const youngest = slots.at(-1)
  if (youngest === undefined) return false
  context.state.reservations.delete(youngest.peer)
  count(context, 'slots-dropped')
  emit(context, { kind: 'slot-expired', peer: youngest.peer })
  return true
}

/** Accepts the origin if there is room and it is its turn. */
function welcome(context: StepContext, packet: JoinRequest, last: boolean): boolean {
  const { state } = context
  const isAlone = packet.degree === 0 && requestingGuest(state, packet) !== undefined
  if (!hasRoom(state) && !(isAlone && dropSlot(context) && hasRoom(state))) return false
  const n = degree(state)
  // A node without neighbours that came to us itself is not sent on a walk that may end nowhere.
  const isWelcome = n < state.options.desiredLinks || last || isAlone || chance(context, 1 / (n + 1))
  if (isWelcome) accept(context, packet, false)
  return isWelcome
}

/**
 * Always for a node that has nobody. Otherwise seldom, at the end of a walk: the neighbour that makes room then lacks a
 * link, so the gaps of full networks wander and meet, and links among nodes that came at the same time give way to
 * others.
 */
function isUrgent({ state, now }: StepContext, packet: JoinRequest): boolean {
  return packet.degree === 0 || (now - state.madeRoomAt >= makeRoomMs && !requestingGuest(state, packet))
}

/** There is no room, but the origin needs it: a neighbour that others can do without makes room for it. */
function acceptInstead(context: StepContext, packet: JoinRequest): boolean {
  const own = requestingGuest(context.state, packet)
  if (own) {
    if (!hasRoom(context.state) && !evict(context, own.group)) return false
    accept(context, packet, false)
    return true
  }
  let promised = 0
  for (const reservation of context.state.reservations.values()) if (reservation.replaces) promised++
  if (promised >= replaceable(context).length) return false
  accept(context, packet, true)
  return true
}

function accept(context: StepContext, packet: JoinRequest, replaces: boolean): void {
  const own = requestingGuest(context.state, packet)
  if (own) {
    context.state.walks.delete(keyOf(packet.origin, packet.request))
    return admit(context, own)
  }
  offer(context, packet, replaces)
}

function offer(context: StepContext, packet: JoinRequest, replaces: boolean): void {
  const { state, now } = context
  const { address } = state
  const back = takeWayBack(context, packet.origin, packet.request)
  if (!back || address === null) return
  const nonce = drawNonce(context)
  const [countsUntil, deadline] = [now + state.options.offerDoubtMs, now + state.options.offerTimeoutMs]
  state.reservations.set(packet.origin, { peer: packet.origin, nonce, replaces, via: back.peer, countsUntil, deadline })
  emit(context, { kind: 'slot-reserved', peer: packet.origin })
  sendOffer(context, back, packet, address, nonce)
}

/**
 * The origin has a slot here and asks again: our offer was lost, or it had enough links when that came. This does not
 * prolong the slot.
 */
function offerAgain(context: StepContext, packet: JoinRequest): boolean {
  const { reservations, address } = context.state
  const slot = reservations.get(packet.origin)
  if (!slot || address === null) return false
  const back = takeWayBack(context, packet.origin, packet.request)
  if (back && meansTheSame(address, back.reach)) sendOffer(context, back, packet, address, slot.nonce)
  return true
}

function sendOffer(context: StepContext, back: Link, packet: JoinRequest, address: string, nonce: string): void {
  const { origin: target, request } = packet
  count(context, 'offers-sent')
  send(context, back, { kind: 'join-offer', origin: context.state.id, target, request, address, nonce })
}

/** One hop less, and never more than we would have given it. */
export function passOn(context: StepContext, next: Link, packet: JoinRequest | Shuffle): void {
  const onward = { ...packet }
  onward.hops = Math.min(packet.hops, context.state.options.walkHops) - 1
  send(context, next, onward)
}

function refuse(context: StepContext, packet: JoinRequest, reason: JoinRefusal): void {
  const back = takeWayBack(context, packet.origin, packet.request)
  if (back) refuseTo(context, back, packet, reason)
}

function refuseTo(context: StepContext, back: Link, packet: JoinRequest, reason: JoinRefusal): void {
  count(context, 'walks-refused')
  const { origin: target, request } = packet
  if (back.peer === target) sendPeers(context, back.link, target, back.reach)
  send(context, back, { kind: 'join-no', origin: context.state.id, target, request, reason })
}

/** An answer to somebody else's walk goes back to where the walk came from. */
export function carryBack(context: StepContext, from: Link, packet: JoinOffer | JoinNo | ShuffleReply): void {
  const { target, request } = packet
  const walk = takeWalk(context.state, target, request)
  if (!walk) return count(context, 'unsolicited-answer')
  // While we have room ourselves, we do not send away a node that dialled us because its walk found nothing.
  const isVain = packet.kind === 'join-no' && from.role !== 'guest' && !context.state.neighbours.has(target)
  const guest = isVain ? requestingGuest(context.state, { origin: target, request }) : undefined
  if (guest && hasRoom(context.state)) return admit(context, guest)
  const back = wayBack(context, walk, target, request)
  if (back) sendBack(context, from, back, packet)
  context.relayedOnly = true
}

/**
 * An answer whose addresses mean other machines at its target goes no further; the target is told that nobody could
 * admit it.
 */
function sendBack(context: StepContext, from: Link, back: Link, packet: JoinOffer | JoinNo | ShuffleReply): void {
  const named = packet.kind === 'join-offer' ? [packet.address] : []
  const addresses = packet.kind === 'shuffle-reply' ? packet.peers.map(({ address }) => address) : named
  if (addresses.every((address) => meansTheSame(address, from.reach) && meansTheSame(address, back.reach))) {
    return send(context, back, packet)
  }
  count(context, 'misplaced-addresses')
  const { target, request } = packet
  if (packet.kind === 'join-offer')
    send(context, back, { kind: 'join-no', origin: context.state.id, target, request, reason: 'no-address' })
}

/** Neither the origin nor the sender; the sender if there is nobody else. */
export function nextHop(context: StepContext, from: Link, origin: NodeId): Link | undefined {
  const { neighbours } = context.state
  const author = neighbours.get(origin)
  const others = neighbours.size - (author ? 1 : 0)
  const sender = others > 1 ? neighbours.get(from.peer) : undefined
  let skip = below(context, sender && sender !== author ? others - 1 : others)
  for (const link of neighbours.values()) {
    if (link === author || link === sender) continue
    if (skip-- === 0) return link
  }
  return undefined
}

/** A guest link on which the origin itself asks, with this very request. */
function requestingGuest(
  state: JoinState,
  { origin, request }: Pick<JoinRequest, 'origin' | 'request'>
): Link | undefined {
  for (const link of state.waiting) {
    if (link.pendingRequest === request && link.role === 'guest' && link.peer === origin) return link
  }
  return undefined
}

/** A guest has one walk at a time. */
function setPendingRequest(state: JoinState, link: Link, packet: JoinRequest): void {
  if (link.pendingRequest !== null && link.pendingRequest !== packet.request)
    state.walks.delete(keyOf(link.peer, link.pendingRequest))
  link.pendingRequest = packet.request
  link.degree = packet.degree
}

/** A walk that crosses itself keeps its first way back, so ways back never run in a circle. */
export function rememberWalk(context: StepContext, link: Link, packet: JoinRequest | Shuffle): boolean {
  const { walks, options } = context.state
  const key = keyOf(packet.origin, packet.request)
  if (walks.has(key)) return true
  if (walks.size >= options.maxWalks) return false
  walks.set(key, { back: link.peer, deadline: context.now + options.requestTimeoutMs })
  return true
}

/** Nobody should pass our request to us. It ends here, and we look again later. */
function onOwnRequest(context: StepContext, link: Link, packet: JoinRequest): void {
  count(context, 'own-request')
  takeRequest(context, packet.request, link.peer)
}

export function takeToken(context: StepContext, link: Link): boolean {
  const { joinRate, joinBurst } = context.state.options
  link.tokens = Math.min(joinBurst, link.tokens + ((context.now - link.tokensAt) / 1000) * joinRate)
  link.tokensAt = context.now
  if (link.tokens < 1) return false
  link.tokens--
  return true
}

function keyOf(origin: NodeId, request: number): string {
  return `${origin}:${request}`
}
