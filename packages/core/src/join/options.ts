// The limits and times of the join actor: each with its default and where the default comes from.
import type { NodeId } from './packets.ts'

/** Where a peer was found, and who it was. */
export interface RememberedPeer {
  readonly address: string
  readonly peer: NodeId
}

export interface JoinOptions {
  id: NodeId
  /** Addresses that the program named; dialled for as long as links are missing. */
  entries: readonly string[]
  /** The same with the only peer that may answer there. */
  pinned: readonly RememberedPeer[]
  /** Peers that an earlier run of this node remembered (`rememberedPeers`): dialled like learnt ones. */
  remembered: readonly RememberedPeer[]
  /** A node below it looks for neighbours. */
  desiredLinks: number
  /** Neighbours and reserved slots never exceed it. */
  maxLinks: number
  /** How often a node sends a sample of the peers that it knows on a walk, to trade it for another node's. */
  shuffleMs: number
  /** How many peers such a sample names, of the neighbours and of all known ones. */
  shuffleActive: number
  shufflePassive: number
  /** How often a node tries again to reach one of those that it lost, or that never answered. */
  recontactMs: number
  /** The oldest neighbours, which are never evicted; half of `maxLinks` at most. */
  protectedLinks: number
  /** A newcomer from an address group with so many neighbours already can only take the place of one of them. */
  maxGroupEvictions: number
  /** Learnt addresses from one address group. */
  maxKnownPerGroup: number
  /** How many times a join request is passed on; larger values in received packets are cut to it. */
  walkHops: number
  /** How long an offered slot stays reserved: the way back, the dial and the handshake. */
  offerTimeoutMs: number
  /** How long such a slot counts as a neighbour for our own search. For others it counts until it expires. */
  offerDoubtMs: number
  /** How long a request waits for its answer, and a relay remembers the way back. */
  requestTimeoutMs: number
  /** How long a link may stay open without becoming a neighbour. */
  guestTimeoutMs: number
  dialDeadlineMs: number
  /** How long a dial of a known address keeps us from trying another one for the same link. */
  dialDoubtMs: number
  retryMinMs: number
  retryMaxMs: number
  /** How long a neighbour that said goodbye is not dialled. */
  goodbyeMs: number
  /** Walks of others whose way back is remembered. */
  maxWalks: number
  /** The passive view: addresses learnt from others; configured ones come on top. */
  maxKnownAddresses: number
  /** Accepted links that are not neighbours. */
  maxGuests: number
  /** Dials under way. */
  maxDials: number
  /** Neighbours that a node always tries to have dialled itself. */
  dialledLinks: number
  /** How often it dials another address for these. */
  ownDialMs: number
  /** Dials of addresses that are only somebody's word, for the whole node: how many at once, and a second. */
  heardDialBurst: number
  heardDialsPerSecond: number
  /** Of strangers only IP addresses are believed, in their one spelling, and no names. */
  literalsOnly: boolean
  /** Slots kept at a time for those whose requests one neighbour brought. */
  maxSlotsPerNeighbour: number
  /** Slots that nobody came for after which a node that nobody ever dialled takes it that nobody can. */
  maxUnclaimedOffers: number
  /** Dials of known addresses, begun within `dialDoubtMs`, while there is no neighbour at all. */
  maxBootstrapDials: number
  /** Join requests a second that one link may bring, and how many at once. */
  joinRate: number
  joinBurst: number
  /** How long a neighbour that reports no second neighbour is spared from eviction. */
  evictionGraceMs: number
}

export const joinDefaults = {
  entries: [],
  pinned: [],
  remembered: [],
  // The tutorial's text (its code says 3); HyParView's active view for 10,000 nodes.
  desiredLinks: 5,
  // A guess: room for as many links accepted as looked for, and a little more.
  maxLinks: 12,
  // A guess: HyParView shuffles once a cycle, and the Plumtree paper gives a cycle 10 s. Three times slower is a packet
  // of 1 KiB over six links every half a minute.
  shuffleMs: 30_000,
  // HyParView's ka and kp.
  shuffleActive: 3,
  shufflePassive: 4,
  // A guess: both halves of a network of two find each other again within the minute that a person waits.
  recontactMs: 30_000,
  // A guess: half of `maxLinks`. Ethereum's nodes keep two thirds of their links for their own dials.
  protectedLinks: 6,
  // A guess: three of twelve; whoever has one network only gets no more by evicting others.
  maxGroupEvictions: 3,
  // A guess: an attacker with one /24 network fills a sixth of the view. Loopback is exempt.
  maxKnownPerGroup: 16,
  // The tutorial's hop counter; HyParView's active random walk is 6.
  walkHops: 5,
  // A guess: the dial's time and one second each for the offer's way and for the handshake.
  offerTimeoutMs: 10_000,
  // A guess: three times what the way back and the dial take at 80 ms there and back.
  offerDoubtMs: 3_000,
  // Six hops there and back at 400 ms each.
  requestTimeoutMs: 5_000,
  // A guess: three times the request's time, so that a walk's way back survives its slowest answer.
  guestTimeoutMs: 15_000,
  // A guess: a SYN is repeated after 1, 3 and 7 seconds; the third repeat is the last worth waiting for. A node sets
  // twice what its threads wait for a dial: this one only matters when they never answer.
  dialDeadlineMs: 8_000,
  // A guess: a handshake over a way of 300 ms there and back takes one second.
  dialDoubtMs: 2_000,
  // The design's section 6.
  retryMinMs: 1_000,
  retryMaxMs: 60_000,
  // A guess: a program that restarts is back within ten seconds, and one that is gone is not knocked at in the first.
  goodbyeMs: 10_000,
  // A guess: 200 requests a second for the five seconds that they live.
  maxWalks: 1_024,
  // HyParView keeps 30 and reaches 99.7 % when 90 % fail, 91 % at 95 %. In trials 100 reached everyone at both.
  maxKnownAddresses: 100,
  // A guess: 25 nodes that join through one entry at once, twice.
  maxGuests: 64,
  // A guess: when nine of ten have vanished with their machines, one living peer is met every eight seconds.
  maxDials: 16,
  // A node sets 1: Bitcoin keeps ten of its own choosing, and one is enough to hear everything. The simulator's worlds
  // have none to hide from.
  dialledLinks: 0,
  // A guess: a node that restarts among strangers has reached somebody within the minute.
  ownDialMs: 5_000,
  // A guess: after a mass failure most of the passive view is tried at once, and then an address a second.
  heardDialBurst: 64,
  heardDialsPerSecond: 1,
  // A node sets it; the simulator's addresses are names.
  literalsOnly: false,
  // A guess: a third of the links there may be.
  maxSlotsPerNeighbour: 4,
  // A guess: two black holes must not keep a lonely node from a living entry.
  maxBootstrapDials: 3,
  // A guess: somebody who is reachable has by then been dialled.
  maxUnclaimedOffers: 5,
  // A guess: an entry sends 25 newcomers' five requests over its first neighbour in one go.
  joinRate: 50,
  joinBurst: 250,
  // A guess: time for a newcomer to find its second neighbour, with one retry at the maximal pause left out.
  evictionGraceMs: 30_000
} as const satisfies Omit<JoinOptions, 'id'>

export type PartialJoinOptions = Pick<JoinOptions, 'id'> & Partial<JoinOptions>

/** The id first: else the engine gives each node's options a layout of their own, and every look at one is a search. */
export function resolveJoinOptions({ id, ...options }: PartialJoinOptions): JoinOptions {
  return { id, ...joinDefaults, ...options }
}
