// The packets by which nodes become neighbours. This file does not know what they look like on the wire.

/** An Ed25519 public key: 64 hex digits, lower case. */
export type NodeId = string

/**
 * Why a node said no. `full`: at its maximum, nobody replaceable. `known`: the origin is its neighbour, has a slot or
 * is being dialled. `no-address`: it would admit the origin, but nobody can dial it. `busy`: it remembers too many
 * walks. `bad-nonce`: the nonce is not that of a live slot of this peer. `replaced`: the neighbour has to make room for
 * a node that has none; it may ask again, and its request then walks from here. `unknown`: a reason that this node does
 * not know.
 */
export type JoinRefusal = 'full' | 'known' | 'no-address' | 'busy' | 'bad-nonce' | 'replaced' | 'unknown'

/**
 * `frame` holds the bytes of the received packet: a relayed packet keeps them, so that its author's signature survives.
 */
export interface JoinRequest {
  kind: 'join-request'
  origin: NodeId
  /** The origin's number for it, u32. */
  request: number
  /** How many times it may still be passed on. */
  hops: number
  /** The origin's neighbours when it was sent; 0 is urgent. */
  degree: number
  address: string | null
  frame?: Uint8Array
}

export interface JoinOffer {
  kind: 'join-offer'
  /** The node that reserved a slot. */
  origin: NodeId
  target: NodeId
  request: number
  address: string
  /** 32 hex digits; gives a slot to the target alone. */
  nonce: string
  frame?: Uint8Array
}

/** With a nonce: "I claim the slot". With null: "we are neighbours". Never relayed. */
export interface JoinAck {
  kind: 'join-ack'
  nonce: string | null
}

export interface JoinNo {
  kind: 'join-no'
  origin: NodeId
  target: NodeId
  /** 0: no request; this very link is refused. */
  request: number
  reason: JoinRefusal
  frame?: Uint8Array
}

/** A peer and where it can be dialled: unverified, unless the peer itself says it. */
export interface PeerHint {
  readonly peer: NodeId
  readonly address: string
}

/** A sample of the peers that the origin knows, on a random walk. Where the walk ends, it is traded for another one. */
export interface Shuffle {
  kind: 'shuffle'
  origin: NodeId
  /** The origin's number for it, u32, from the same sequence as those of its join requests. */
  request: number
  hops: number
  address: string | null
  peers: readonly PeerHint[]
  frame?: Uint8Array
}

/** Goes back along the walk's path, like an offer. */
export interface ShuffleReply {
  kind: 'shuffle-reply'
  origin: NodeId
  target: NodeId
  request: number
  peers: readonly PeerHint[]
  frame?: Uint8Array
}

/** "Try these instead": sent by a node that leaves, refuses or evicts. Never relayed. */
export interface Peers {
  kind: 'peers'
  peers: readonly PeerHint[]
}

export type JoinPacket = JoinRequest | JoinOffer | JoinAck | JoinNo | Shuffle | ShuffleReply | Peers
