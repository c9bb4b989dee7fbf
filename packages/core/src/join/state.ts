// The join actor's whole memory, and the questions one can ask it. Nothing here changes it.
import type { Reach } from '../ip.ts'
import { createJoinCounters, type JoinCounters } from './counters.ts'
import { type JoinOptions, type PartialJoinOptions, resolveJoinOptions } from './options.ts'
import type { NodeId } from './packets.ts'

/** A direct request, or an offer's nonce: the only reasons for which a peer may tell us that we are neighbours. */
export type Asked = { kind: 'direct'; request: number } | { kind: 'nonce'; nonce: string; extra: boolean }

/**
 * A `guest` carries control packets only. A `neighbour` is in the flood. A `retiring` link lost its place to another
 * link to the same peer, and waits for the peer to close it: so the new link is active at both ends before the old one
 * goes.
 */
export type LinkRole = 'guest' | 'neighbour' | 'retiring'

export interface Link {
  readonly link: number
  readonly peer: NodeId
  readonly incarnation: number
  /** The address that we dialled, or null when the link was accepted. */
  readonly dialled: string | null
  readonly address: string | null
  /** Where the peer's socket is, as one of a group; null for loopback. */
  readonly group: string | null
  /** How near the peer's socket is: which addresses mean the same to both of us. */
  readonly reach: Reach
  role: LinkRole
  /** Whether it was activated: a retiring link may still be in the flood. */
  flooding: boolean
  /** Whether it was us who made it a neighbour. */
  admittedByUs: boolean
  /** When to close it as a guest or retiring link; never for a neighbour. */
  deadline: number
  /** When it became a neighbour. */
  since: number
  /** The peer's neighbours, as last reported. */
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
  /** In place of a link that was taken from us: it has a slot, though no links may be missing. */
  readonly extra: boolean
  /** From then on it is no reason not to look for another neighbour: who answers mostly does so soon. */
  readonly countsUntil: number
  readonly deadline: number
}

export interface Reservation {
  readonly peer: NodeId
  readonly nonce: string
  /** Granted at full degree: a neighbour makes room when the nonce is presented, not before. */
  readonly replaces: boolean
  /** Who brought the request. */
  readonly via: NodeId
  /** From then on it is no reason not to look for another neighbour: most who come for a slot come soon. */
  readonly countsUntil: number
  readonly deadline: number
}

export interface OwnRequest {
  readonly request: number
  /** The peer we sent it to. Its answer comes back from nobody else. */
  readonly via: NodeId
  /** As for a dial: its offer is taken up although no links may be missing. */
  readonly extra: boolean
  readonly deadline: number
}

export interface Walk {
  /** From whom it first came; offers and refusals go there. */
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
  /** Whether a dial of ours ever succeeded there; else it is only a neighbour's word. */
  verified: boolean
  peer: NodeId | null
  /** The only peer that is wanted there; null: whoever answers. */
  pin: NodeId | null
  /** Our own id answered. */
  self: boolean
  failures: number
  retryAt: number
  triedAt: number
  /** When it last was a neighbour's; minus infinity for what others told us. */
  goodAt: number
  /**
   * The incarnation of a neighbour that we lost there, until we hear from it again; -1 when it evicted us. If it comes
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

/** Each map but `links` and `known` is in the order of its deadlines, since all its entries live equally long. */
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
  /** The same in no order, to draw from. */
  readonly addresses: KnownAddress[]
  /** How many of these have a group that falls into this cell: so most groups need not be counted. */
  readonly groupCells: Uint16Array
  /** Of these, the configured ones and those of missed neighbours: the few that are looked through at every step. */
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
  /** Neighbours lost and not replaced yet: the passive view is dialled through for these until somebody answers. */
  lostNeighbours: number
  /** Addresses of the passive view that the last search may still dial. */
  searchDials: number
  shuffleAt: number
  shufflePauseMs: number
  shuffle: OwnShuffle | null
  /** When to try again to reach somebody who has long been out of reach. */
  recontactAt: number
  /** When we last made room for a node that had neighbours. */
  madeRoomAt: number
  /** Dials of addresses that are only somebody's word: what is left of their budget, and when it was looked at. */
  heardDials: number
  heardDialsAt: number
  /** When to dial another peer of our own choosing, if too few are. */
  ownDialAt: number
  ownDialPauseMs: number
  /** Slots that nobody came for, as long as nobody has ever dialled us. */
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

/** Neighbours and reserved slots, those that we keep for ourselves among them: what the maximum bounds. */
export function degree(state: JoinState): number {
  let reserved = 0
  for (const reservation of state.reservations.values()) if (!reservation.replaces) reserved++
  return state.neighbours.size + reserved + extraSlots(state)
}

/** For links that are to come in place of those that were taken from us. */
function extraSlots(state: JoinState): number {
  let slots = 0
  for (const dial of state.dials.values()) if (dial.extra) slots++
  for (const request of state.requests.values()) if (request.extra) slots++
  for (const link of state.waiting) if (link.asked?.kind === 'nonce' && link.asked.extra) slots++
  return slots
}

/** For those who dial us: one place is kept for somebody of our own choosing. */
export function hasRoom(state: JoinState): boolean {
  const { maxLinks, desiredLinks } = state.options
  return degree(state) + (maxLinks > desiredLinks && lacksDialled(state) ? 1 : 0) < maxLinks
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
 * Whether too few neighbours are of our own choosing. Those who dialled us may all be one stranger's: however many they
 * are, we go on looking until we have reached some ourselves.
 */
export function lacksDialled(state: JoinState): boolean {
  return dialledLinks(state) < Math.min(state.options.dialledLinks, state.options.desiredLinks)
}

export function dialledLinks(state: JoinState): number {
  let dialled = 0
  for (const link of state.neighbours.values()) if (link.dialled !== null) dialled++
  return dialled
}

/** Links below the desired count that no dial of a known address, begun a moment ago, is under way for. */
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
