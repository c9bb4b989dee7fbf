// Join requests of others: admitted on the spot, given a slot, passed on at random, or refused at the walk's end.
import { admit, evict, replaceable, takeOver } from './admission.ts'
import type { JoinNo, JoinOffer, JoinRefusal, JoinRequest, NodeId, Shuffle, ShuffleReply } from './packets.ts'
import { handOver, hearOf } from './peer-exchange.ts'
import { askableAddress, takeRequest } from './requests.ts'
import { degree, hasRoom, isDialling, type JoinState, type Link, linkTo, type Walk } from './state.ts'
import { below, chance, count, drawNonce, emit, send, type Turn } from './step-context.ts'

/** Hops left at which a request's origin enters the passive view: HyParView's passive random walk length. */
const passiveHops = 3
/**
 * The nodes at a walk's end that may take its origin in. HyParView has one. In trials (2,000 nodes, five links each) two left
 * fewer nodes with a link too few; three or more made paths longer.
 */
const admittingNodes = 2
/**
 * How often a full node makes room for one that has neighbours. A guess: a handshake in five minutes costs nothing, and in the
 * papers' fifty cycles each node does it twice.
 */
const makeRoomMs = 300_000
/** Of the walks that end at a node that nobody seems to reach, those that it offers a slot all the same: it may be wrong. */
const hopefulOffers = 1 / 8

export function onJoinRequest(turn: Turn, link: Link, packet: JoinRequest): void {
  if (!takeToken(turn, link)) return count(turn, 'rate-limited')
  if (packet.origin === turn.state.id) return onOwnRequest(turn, link, packet)
  const isGuest = link.role === 'guest'
  if (isGuest && packet.origin !== link.peer) return count(turn, 'request-from-guest')
  if (isGuest) noteWish(link, packet)
  const neighbour = turn.state.neighbours.get(packet.origin)
  if (isGuest && neighbour) return takeOver(turn, link, neighbour)
  if (!rememberWalk(turn, link, packet)) return refuseTo(turn, link, packet, 'busy')
  step(turn, link, packet)
}

/** Where answers to a walk go; each walk has one answer, so the first one ends it. */
export function takeWayBack(turn: Turn, origin: NodeId, request: number): Link | undefined {
  const walk = takeWalk(turn.state, origin, request)
  return walk && wayBack(turn, walk, origin, request)
}

function takeWalk({ walks }: JoinState, origin: NodeId, request: number): Walk | undefined {
  const key = keyOf(origin, request)
  const walk = walks.get(key)
  if (walk) walks.delete(key)
  return walk
}

function wayBack(turn: Turn, { back }: Walk, origin: NodeId, request: number): Link | undefined {
  const link = linkTo(turn.state, back)
  if (link?.wants === request && link.peer === origin) link.wants = null
  if (!link) count(turn, 'answer-lost')
  return link
}

function step(turn: Turn, link: Link, packet: JoinRequest): void {
  const next = packet.hops > 0 ? nextHop(turn, link, packet.origin) : undefined
  const obstacle = obstacleTo(turn, packet)
  if (obstacle === null && isMixed(turn.state, packet, next) && isWelcome(turn, packet, next === undefined))
    return accept(turn, packet, false)
  const { origin: peer, address } = packet
  const isNews = packet.hops === passiveHops && address !== null
  if (isNews) hearOf(turn, { peer, address })
  if (next) {
    count(turn, 'walks-forwarded')
    passOn(turn, next, packet)
    turn.carried = !isNews
    return
  }
  if (obstacle === null && isUrgent(turn, packet) && acceptInstead(turn, packet)) return
  if (offerAgain(turn, packet)) return
  refuse(turn, packet, obstacle ?? 'full')
}

/**
 * Who has a neighbour and did not come to us itself is not taken in before its walk is nearly over: links to the neighbours'
 * neighbours, and among those that came at the same time, would make all paths longer.
 */
function isMixed(state: JoinState, packet: JoinRequest, next: Link | undefined): boolean {
  return packet.degree === 0 || packet.hops < admittingNodes || !next || wishingLink(state, packet) !== undefined
}

/** What no count of free slots can help against. */
function obstacleTo(turn: Turn, packet: JoinRequest): JoinRefusal | null {
  const { state } = turn
  const { origin } = packet
  if (state.neighbours.has(origin) || isDialling(state, origin)) return 'known'
  if (wishingLink(state, packet)) return null
  if (state.reservations.has(origin)) return 'known'
  const hopeless = askableAddress(state) === null && (state.address === null || !chance(turn, hopefulOffers))
  return hopeless ? 'no-address' : null
}

function isWelcome(turn: Turn, packet: JoinRequest, last: boolean): boolean {
  const { state } = turn
  if (!hasRoom(state)) return false
  const n = degree(state)
  if (n < state.options.desiredLinks || last) return true
  // A node without neighbours that came to us itself is not sent on a walk that may end nowhere.
  if (packet.degree === 0 && wishingLink(state, packet)) return true
  return chance(turn, 1 / (n + 1))
}

/**
 * With nobody, always. Else seldom, at the end of a walk: it is the neighbour that makes room who lacks a link then, so that the gaps of full
 * networks wander and meet, and links among nodes that came at the same time give way to others.
 */
function isUrgent({ state, now }: Turn, packet: JoinRequest): boolean {
  if (packet.degree === 0) return true
  if (now - state.madeRoomAt < makeRoomMs || wishingLink(state, packet)) return false
  state.madeRoomAt = now
  return true
}

/** No room, but the origin needs it: a neighbour that others can do without makes room for it. */
function acceptInstead(turn: Turn, packet: JoinRequest): boolean {
  const own = wishingLink(turn.state, packet)
  if (own) {
    if (!hasRoom(turn.state) && !evict(turn, own.group)) return false
    accept(turn, packet, false)
    return true
  }
  let promised = 0
  for (const reservation of turn.state.reservations.values()) if (reservation.replaces) promised++
  if (promised >= replaceable(turn).length) return false
  accept(turn, packet, true)
  return true
}

function accept(turn: Turn, packet: JoinRequest, replaces: boolean): void {
  const own = wishingLink(turn.state, packet)
  if (own) {
    turn.state.walks.delete(keyOf(packet.origin, packet.request))
    return admit(turn, own)
  }
  offer(turn, packet, replaces)
}

function offer(turn: Turn, packet: JoinRequest, replaces: boolean): void {
  const { state, now } = turn
  const { address } = state
  const back = takeWayBack(turn, packet.origin, packet.request)
  if (!back || address === null) return
  const nonce = drawNonce(turn)
  const [doubtfulAt, deadline] = [now + state.options.offerDoubtMs, now + state.options.offerTimeoutMs]
  state.reservations.set(packet.origin, { peer: packet.origin, nonce, replaces, doubtfulAt, deadline })
  emit(turn, { kind: 'slot-reserved', peer: packet.origin })
  sendOffer(turn, back, packet, address, nonce)
}

/** The origin has a slot here and asks again: our offer was lost, or it had enough links when that came. The slot lives no longer for it. */
function offerAgain(turn: Turn, packet: JoinRequest): boolean {
  const { reservations, address } = turn.state
  const slot = reservations.get(packet.origin)
  if (!slot || address === null) return false
  const back = takeWayBack(turn, packet.origin, packet.request)
  if (back) sendOffer(turn, back, packet, address, slot.nonce)
  return true
}

function sendOffer(turn: Turn, back: Link, packet: JoinRequest, address: string, nonce: string): void {
  const { origin: target, request } = packet
  count(turn, 'offers-sent')
  send(turn, back, { kind: 'join-offer', origin: turn.state.id, target, request, address, nonce })
}

/** One hop less, and never more left than we would have given it. */
export function passOn(turn: Turn, next: Link, packet: JoinRequest | Shuffle): void {
  const onward = { ...packet }
  onward.hops = Math.min(packet.hops, turn.state.options.walkHops) - 1
  send(turn, next, onward)
}

function refuse(turn: Turn, packet: JoinRequest, reason: JoinRefusal): void {
  const back = takeWayBack(turn, packet.origin, packet.request)
  if (back) refuseTo(turn, back, packet, reason)
}

function refuseTo(turn: Turn, back: Link, packet: JoinRequest, reason: JoinRefusal): void {
  count(turn, 'walks-refused')
  const { origin: target, request } = packet
  if (back.peer === target) handOver(turn, back.link, target)
  send(turn, back, { kind: 'join-no', origin: turn.state.id, target, request, reason })
}

/** An answer to somebody else's walk goes where the walk came from. */
export function carryBack(turn: Turn, from: Link, packet: JoinOffer | JoinNo | ShuffleReply): void {
  const { target, request } = packet
  const walk = takeWalk(turn.state, target, request)
  if (!walk) return count(turn, 'unsolicited-answer')
  // Whoever dialled us is not sent away for what a walk did not find, not while we have room ourselves.
  const isVain = packet.kind === 'join-no' && from.role !== 'guest' && !turn.state.neighbours.has(target)
  const guest = isVain ? wishingLink(turn.state, { origin: target, request }) : undefined
  if (guest && hasRoom(turn.state)) return admit(turn, guest)
  const back = wayBack(turn, walk, target, request)
  if (back) send(turn, back, packet)
  turn.carried = true
}

/** Neither the origin nor the sender; the sender when there is nobody else. */
export function nextHop(turn: Turn, from: Link, origin: NodeId): Link | undefined {
  const { neighbours } = turn.state
  const author = neighbours.get(origin)
  const others = neighbours.size - (author ? 1 : 0)
  const sender = others > 1 ? neighbours.get(from.peer) : undefined
  let skip = below(turn, sender && sender !== author ? others - 1 : others)
  for (const link of neighbours.values()) {
    if (link === author || link === sender) continue
    if (skip-- === 0) return link
  }
  return undefined
}

/** A guest link on which the origin itself asks, with this very request. */
function wishingLink(state: JoinState, { origin, request }: Pick<JoinRequest, 'origin' | 'request'>): Link | undefined {
  for (const link of state.waiting) {
    if (link.wants === request && link.role === 'guest' && link.peer === origin) return link
  }
  return undefined
}

function noteWish(link: Link, packet: JoinRequest): void {
  link.wants = packet.request
  link.degree = packet.degree
}

/** A walk that crosses itself keeps its first way back, so that ways back never run in a circle. */
export function rememberWalk(turn: Turn, link: Link, packet: JoinRequest | Shuffle): boolean {
  const { walks, options } = turn.state
  const key = keyOf(packet.origin, packet.request)
  if (walks.has(key)) return true
  if (walks.size >= options.maxWalks) return false
  walks.set(key, { back: link.peer, deadline: turn.now + options.requestTimeoutMs })
  return true
}

/** Nobody should pass our request to us. It ends here, and we look again later. */
function onOwnRequest(turn: Turn, link: Link, packet: JoinRequest): void {
  count(turn, 'own-request')
  takeRequest(turn, packet.request, link.peer)
}

export function takeToken(turn: Turn, link: Link): boolean {
  const { joinRate, joinBurst } = turn.state.options
  link.tokens = Math.min(joinBurst, link.tokens + ((turn.now - link.tokensAt) / 1000) * joinRate)
  link.tokensAt = turn.now
  if (link.tokens < 1) return false
  link.tokens--
  return true
}

function keyOf(origin: NodeId, request: number): string {
  return `${origin}:${request}`
}
