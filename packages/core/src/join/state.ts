// The join actor's whole memory, and the questions that one can ask it. Nothing here changes it.
import type { Reach } from '../ip.ts'
import { createJoinCounters, type JoinCounters } from './counters.ts'
import { type JoinOptions, type PartialJoinOptions, resolveJoinOptions } from './options.ts'
import type { NodeId } from './packets.ts'

/** A direct request, or an offer's nonce: the only reasons for which a peer may tell us that we are neighbours. */
export type Asked = { kind: 'direct'; request: number } | { kind: 'nonce'; nonce: string; extra: boolean }

/**
 * A `guest` carries control packets only. A `neighbour` is in the flood. A `retiring` link lost its place to another
 * link to the same peer and waits for the peer to close it, so that the new link is active at both ends before the old
 * one goes.
 */
export type LinkRole = 'guest' | 'neighbour' | 'retiring'

export interface Link {
  readonly link: number
  readonly peer: NodeId
  readonly incarnation: number
  /** The address that we dialled, or null if the link was accepted. */
  readonly dialled: string | null
  readonly address: string | null
  /** The address group of the peer's socket; null for loopback. */
  readonly group: string | null
  /** How near the peer's socket is: which addresses mean the same to both of us. */
  readonly reach: Reach
  role: LinkRole
  /** Whether it was activated: a retiring link may still be in the flood. */
  flooding: boolean
  /** Whether we made it a neighbour. */
  admittedByUs: boolean
  /** When to close it as a guest or retiring link; never for a neighbour. */
  deadline: number
  /** When it became a neighbour. */
  since: number
  /** The peer's number of neighbours, as last reported. */
  degree: number
  asked: Asked | null
  /** The number of the peer's own request on this link that is not answered yet. */
  pendingRequest: number | null
  /** The peer said that it makes room for somebody else. */
  evicted: boolean
  tokens: number
  tokensAt: number
}

export interface Dial {
  readonly dial: number
  readonly address: string
  /**
   * `entry`: links are missing. `connect`: the program asked. `offer`: a slot waits. `missed`: a neighbour was lost.
   */
  readonly purpose: 'entry' | 'connect' | 'offer' | 'missed'
  readonly expect: NodeId | null
  readonly nonce: string | null
  /** Replaces a link that was taken from us: it has a slot, even if no links are missing. */
  readonly extra: boolean
  /** After this time it no longer keeps us from looking for another neighbour: most peers that answer do so soon. */
  readonly countsUntil: number
  readonly deadline: number
}

export interface Reservation {
  readonly peer: NodeId
  readonly nonce: string
  /** Granted at full degree: a neighbour makes room when the nonce is presented, not before. */
  readonly replaces: boolean
  /** The neighbour that brought the request. */
  readonly via: NodeId
  /** After this time it no longer keeps us from looking for another neighbour: most that come for a slot come soon. */
  readonly countsUntil: number
  readonly deadline: number
}

export interface OwnRequest {
  readonly request: number
  /** The peer that we sent it to. Nobody else can bring its answer. */
  readonly via: NodeId
  /** As for a dial: its offer is taken up even if no links are missing. */
  readonly extra: boolean
  readonly deadline: number
}

export interface Walk {
  /** The neighbour from which it first came; offers and refusals go there. */
  readonly back: NodeId
  readonly deadline: number
}

/** An address at which others were or may be found. */
export interface KnownAddress {
  readonly address: string
  readonly group: string | null
  /** Its place in `addresses`. */
  place: number
  configured: boolean
  /** Whether a dial of ours ever succeeded there; otherwise a neighbour only claimed it. */
  verified: boolean
  peer: NodeId | null
  /** The only peer that is wanted there; null: any that answers. */
  pin: NodeId | null
  /** Our own id answered. */
  self: boolean
  failures: number
  retryAt: number
  triedAt: number
  /** When it last was a neighbour's; minus infinity for what others told us. */
  goodAt: number
  /**
   * The incarnation of a neighbour that we lost there, until we hear from it again; -1 if it evicted us. If it comes
   * back with a later one it knows nobody, and if nobody looked for it, newcomers would gather around it apart from us.
   * If it was out of reach for a while, it may by now belong to a network apart from ours.
   */
  missed: number | null
}

/** Our own shuffle whose answer may still come. */
export interface OwnShuffle {
  readonly request: number
  readonly via: NodeId
}

/** Each map except `links` and `known` is in the order of its deadlines, because all its entries live equally long. */
export interface JoinState {
  readonly options: JoinOptions
  readonly id: NodeId
  readonly counters: JoinCounters
  readonly links: Map<number, Link>
  readonly neighbours: Map<NodeId, Link>
  /** The links that are not neighbours: each has a deadline. */
  readonly waiting: Set<Link>
  readonly dials: Map<number, Dial>
  readonly reservations: Map<NodeId, Reservation>
  readonly requests: Map<number, OwnRequest>
  readonly walks: Map<string, Walk>
  readonly known: Map<string, KnownAddress>
  /** The same, unordered, to draw from. */
  readonly addresses: KnownAddress[]
  /** How many of these have a group that falls into this cell, so that most groups need not be counted. */
  readonly groupCells: Uint16Array
  /** The configured ones and those of missed neighbours among these: the few that every step looks through. */
  readonly configured: Set<KnownAddress>
  readonly missed: Set<KnownAddress>
  address: string | null
  /** The time of the last step. */
  now: number
  phase: 'idle' | 'running' | 'left'
  lastDial: number
  lastRequest: number
  /** When to look for missing links next, and the pause after that. */
  refillAt: number
  pauseMs: number
  /** Neighbours lost and not replaced yet: for these we dial through the passive view until somebody answers. */
  lostNeighbours: number
  /** Addresses of the passive view that the last search may still dial. */
  searchDials: number
  shuffleAt: number
  shufflePauseMs: number
  shuffle: OwnShuffle | null
  /** When to try again to reach a peer that has long been out of reach. */
  recontactAt: number
  /** When we last made room for a node that had neighbours. */
  madeRoomAt: number
  /** What is left of the budget for dials of addresses that somebody only claimed, and when it was last updated. */
  heardDials: number
  heardDialsAt: number
  /** When to dial another peer of our own choice, if there are too few. */
  ownDialAt: number
  ownDialPauseMs: number
  /** Slots that nobody came for, while nobody has ever dialled us. */
  unclaimedOffers: number
  /** The one time at which the host has to send a `wake`, or null. */
  wakeAt: number | null
}

/** A power of two. With a hundred addresses of as many groups, few cells hold more than five. */
export const groupCells = 64

export function createJoinState(partial: PartialJoinOptions): JoinState {
  const options = resolveJoinOptions(partial)
  return {
    options,
    id: options.id,
    counters: createJoinCounters(),
    links: new Map(),
    neighbours: new Map(),
    waiting: new Set(),
    dials: new Map(),
    reservations: new Map(),
    requests: new Map(),
    walks: new Map(),
    known: new Map(),
    addresses: [],
    groupCells: new Uint16Array(groupCells),
    configured: new Set(),
    missed: new Set(),
    address: null,
    now: Number.NEGATIVE_INFINITY,
    phase: 'idle',
    lastDial: 0,
    lastRequest: 0,
    refillAt: 0,
    pauseMs: options.retryMinMs,
    lostNeighbours: 0,
    searchDials: 0,
    shuffleAt: 0,
    shufflePauseMs: 0,
    shuffle: null,
    recontactAt: 0,
    madeRoomAt: Number.NEGATIVE_INFINITY,
    heardDials: options.heardDialBurst,
    heardDialsAt: 0,
    ownDialAt: 0,
    ownDialPauseMs: options.ownDialMs,
    unclaimedOffers: 0,
    wakeAt: null
  }
}

export function neighbours(state: JoinState): Link[] {
  return [...state.neighbours.values()]
}

/** Neighbours and reserved slots, with those that we keep for ourselves: what the maximum bounds. */
export function degree(state: JoinState): number {
  let reserved = 0
  for (const reservation of state.reservations.values()) if (!reservation.replaces) reserved++
  return state.neighbours.size + reserved + extraSlots(state)
}

/** For links that will replace those that were taken from us. */
function extraSlots(state: JoinState): number {
  let slots = 0
  for (const dial of state.dials.values()) if (dial.extra) slots++
  for (const request of state.requests.values()) if (request.extra) slots++
  for (const link of state.waiting) if (link.asked?.kind === 'nonce' && link.asked.extra) slots++
  return slots
}

/** For those who dial us: of the spare places, we keep as many as we lack neighbours of our own choice. */
export function hasRoom(state: JoinState): boolean {
  const { maxLinks, desiredLinks } = state.options
  return degree(state) + Math.min(missingDialled(state), Math.max(0, maxLinks - desiredLinks)) < maxLinks
}

export function hasRoomForOwn(state: JoinState): boolean {
  return degree(state) < state.options.maxLinks
}

/** Neighbours, fresh slots, and offers that we took up: each of them is as good as a neighbour. */
export function firmProspects(state: JoinState): number {
  let prospects = state.neighbours.size
  for (const reservation of state.reservations.values()) if (reservation.countsUntil > state.now) prospects++
  for (const dial of state.dials.values()) if (dial.nonce !== null) prospects++
  for (const link of state.waiting) if (link.role === 'guest' && link.asked?.kind === 'nonce') prospects++
  return prospects
}

/**
 * Whether we chose too few neighbours ourselves. Those who dialled us may all be one stranger's: however many they are,
 * we keep looking until we have reached some ourselves.
 */
export function lacksDialled(state: JoinState): boolean {
  return missingDialled(state) > 0
}

/** Whether one more has to be dialled, beside those that are asked already. */
export function needsOwnChoice(state: JoinState): boolean {
  let missing = missingDialled(state)
  for (const dial of state.dials.values()) if (dial.nonce !== null) missing--
  for (const link of state.waiting) if (link.dialled !== null && link.asked?.kind === 'nonce') missing--
  return missing > 0
}

function missingDialled(state: JoinState): number {
  return Math.max(0, Math.min(state.options.dialledLinks, state.options.desiredLinks) - dialledLinks(state))
}

export function dialledLinks(state: JoinState): number {
  let dialled = 0
  for (const link of state.neighbours.values()) if (link.dialled !== null) dialled++
  return dialled
}

/** Links below the desired count for which no recent dial of a known address is under way. */
export function undialledLinks(state: JoinState): number {
  if (state.neighbours.size >= state.options.desiredLinks) return 0
  let missing = state.options.desiredLinks - firmProspects(state)
  for (const dial of state.dials.values()) if (dial.purpose === 'entry' && dial.countsUntil > state.now) missing--
  return missing
}

export function missingLinks(state: JoinState): number {
  let missing = undialledLinks(state)
  if (missing <= 0) return 0
  for (const request of state.requests.values()) if (!request.extra) missing--
  return Math.max(0, missing)
}

export function linksTo(state: JoinState, peer: NodeId): Link[] {
  const found: Link[] = []
  for (const link of state.links.values()) if (link.peer === peer) found.push(link)
  return found
}

/** The link on which to reach a peer: the neighbour, or else a guest. */
export function linkTo(state: JoinState, peer: NodeId): Link | undefined {
  const neighbour = state.neighbours.get(peer)
  if (neighbour) return neighbour
  for (const link of state.waiting) if (link.peer === peer) return link
  return undefined
}

export function guestCount(state: JoinState): number {
  let guests = 0
  for (const link of state.waiting) if (link.role === 'guest' && link.dialled === null) guests++
  return guests
}

export function isDialling(state: JoinState, peer: NodeId): boolean {
  for (const dial of state.dials.values()) {
    if (dial.expect === peer || state.known.get(dial.address)?.peer === peer) return true
  }
  return false
}
