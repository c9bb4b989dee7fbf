// Public names of the gop2p half.

export {
  type Change,
  formatMessage,
  type Gop2pOptions,
  type Inbound,
  type Outbound,
  type Outbox,
  textOf
} from './api.ts'
export { Gop2pError, type Gop2pErrorKind, type Gop2pErrorReason } from './errors.ts'
export { Feed } from './feed.ts'
export type { Joined } from './joining.ts'
export { GOP2P_LIMITS, type Gop2pLimits } from './limits.ts'
export { Gop2pNode } from './node.ts'
export type { Delivery } from './sending/delivery.ts'
export { createGop2pSide, Gop2pSide, type Gop2pSideOptions } from './side/gop2p-side.ts'
export { formatPeer, isSamePeer, makePeer, ownPeer, type Peer, parsePeer, peerUrl } from './wire/peer.ts'
