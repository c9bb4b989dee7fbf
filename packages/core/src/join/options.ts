// The limits and times of the join actor: each with its default and the source of the default.
import type { NodeId } from './packets.ts'

/** Where a peer was found, and which peer it was. */
export interface RememberedPeer {
  readonly address: string
  readonly peer: NodeId
}

export interface JoinOptions {
  id: NodeId
  /** Addresses that the program named; dialled while links are missing. */
  entries: readonly string[]
  /** The same, each with the only peer that may answer there. */
  pinned: readonly RememberedPeer[]
  /** Peers that an earlier run of this node remembered (`rememberedPeers`): dialled like learnt ones. */
  remembered: readonly RememberedPeer[]
  /** A node with fewer neighbours looks for more. */
  desiredLinks: number
  /** Neighbours and reserved slots never exceed it. */
  maxLinks: number
  /** How often a node sends a sample of the peers that it knows on a walk, to trade it for another node's. */
  shuffleMs: number
  /** How many peers such a sample names, of the neighbours and of all known ones. */
  shuffleActive: number
  shufflePassive: number
  /** How often a node tries again to reach a peer that it lost, or that never answered. */
  recontactMs: number
  /** The oldest neighbours, which are never evicted; half of `maxLinks` at most. */
  protectedLinks: number
  /** If an address group already has this many neighbours, a newcomer from it can only replace one of them. */
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
  /** How long a node does not dial a neighbour that said goodbye. */
  goodbyeMs: number
  /** Walks of others whose way back is remembered. */
  maxWalks: number
  /** The passive view: addresses learnt from others. Configured ones come on top. */
  maxKnownAddresses: number
  /** Accepted links that are not neighbours. */
  maxGuests: number
  /** Dials under way. */
  maxDials: number
  /** Neighbours that a node always tries to have dialled itself. */
  dialledLinks: number
  /** How often it dials another address for these. */
  ownDialMs: number
  /** Dials of addresses that somebody only claimed, for the whole node: how many at once, and how many a second. */
  heardDialBurst: number
  heardDialsPerSecond: number
  /** From strangers, believe only IP addresses in their canonical spelling, and no names. */
  literalsOnly: boolean
  /** Slots kept at a time for origins whose requests one neighbour brought. */
  maxSlotsPerNeighbour: number
  /** After this many unclaimed slots, a node that nobody has ever dialled assumes that nobody can. */
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
  // A guess: room for as many accepted links as it looks for, and a little more.
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
  // A guess: three of twelve; somebody with only one network gains no more by evicting others.
  maxGroupEvictions: 3,
  // A guess: an attacker with one /24 network fills a sixth of the view. Loopback is exempt.
  maxKnownPerGroup: 16,
  // The tutorial's hop counter; HyParView's active random walk is 6.
  walkHops: 5,
  // A guess: the dial's time, and one second each for the offer's way and for the handshake.
  offerTimeoutMs: 10_000,
  // A guess: three times what the way back and the dial take at a round trip of 80 ms.
  offerDoubtMs: 3_000,
  // Six hops there and back at 400 ms each.
  requestTimeoutMs: 5_000,
  // A guess: three times the request's time, so that a walk's way back survives its slowest answer.
  guestTimeoutMs: 15_000,
  // A guess: a SYN is repeated after 1, 3 and 7 seconds; the third repeat is the last worth waiting for. A node sets
  // twice what its threads wait for a dial, so this only matters if they never answer.
  dialDeadlineMs: 8_000,
  // A guess: a handshake over a path with a round trip of 300 ms takes one second.
  dialDoubtMs: 2_000,
  // The design's section 6.
  retryMinMs: 1_000,
  retryMaxMs: 60_000,
  // A guess: a program that restarts is back within ten seconds, and a node does not knock in vain at one that has just
  // gone.
  goodbyeMs: 10_000,
  // A guess: 200 requests a second for the five seconds that they live.
  maxWalks: 1_024,
  // HyParView keeps 30 and reaches 99.7 % when 90 % fail, 91 % at 95 %. In trials, 100 reached everyone at both.
  maxKnownAddresses: 100,
  // A guess: 25 nodes that join through one entry at once, twice.
  maxGuests: 64,
  // A guess: when nine of ten have vanished with their machines, a node meets one living peer every eight seconds.
  maxDials: 16,
  // A node sets 3: Bitcoin chooses ten itself. In trials one was not enough: a storm at the entry took it away, and a
  // node that restarted was cut off. Nodes in the simulator's worlds have nobody to hide from.
  dialledLinks: 0,
  // A guess: a node that restarts among strangers has reached somebody within the minute.
  ownDialMs: 5_000,
  // A guess: after a mass failure, a node tries most of the passive view at once, and then an address a second.
  heardDialBurst: 64,
  heardDialsPerSecond: 1,
  // A node sets it; the simulator's addresses are names.
  literalsOnly: false,
  // A guess: a third of the possible links.
  maxSlotsPerNeighbour: 4,
  // A guess: two black holes must not keep a lonely node from a living entry.
  maxBootstrapDials: 3,
  // A guess: by then, somebody has dialled a node that can be reached.
  maxUnclaimedOffers: 5,
  // A guess: an entry sends 25 newcomers' five requests over its first neighbour in one go.
  joinRate: 50,
  joinBurst: 250,
  // A guess: time for a newcomer to find its second neighbour, without a retry at the longest pause.
  evictionGraceMs: 30_000
} as const satisfies Omit<JoinOptions, 'id'>

export type PartialJoinOptions = Pick<JoinOptions, 'id'> & Partial<JoinOptions>

/** The id first: otherwise the engine gives each node's options a layout of their own, and every access is a search. */
export function resolveJoinOptions({ id, ...options }: PartialJoinOptions): JoinOptions {
  return { id, ...joinDefaults, ...options }
}
