// The public face of the join-arbitration actor.

export { checkJoinState } from './check.ts'
export { type JoinCounter, type JoinCounters, joinCounterNames } from './counters.ts'
export type {
  Candidate,
  CloseReason as JoinCloseReason,
  DialEvent,
  Direction,
  JoinEffect,
  JoinEvent,
  JoinInput,
  LinkOpen as JoinLinkOpen,
  OfferDecline
} from './messages.ts'
export { netgroupOf } from './netgroup.ts'
export {
  type JoinOptions,
  joinDefaults,
  type PartialJoinOptions,
  type RememberedPeer,
  resolveJoinOptions
} from './options.ts'
export type {
  JoinAck,
  JoinNo,
  JoinOffer,
  JoinPacket,
  JoinRefusal,
  JoinRequest,
  NodeId,
  PeerHint,
  Peers,
  Shuffle,
  ShuffleReply
} from './packets.ts'
export { rememberedPeers } from './passive-view.ts'
export { createJoinState, degree as joinDegree, type JoinState, type Link as JoinLink, neighbours } from './state.ts'
export { stepJoin } from './step.ts'
export { claimedAddress, meansTheSame, reachOfSocket } from './told-addresses.ts'
