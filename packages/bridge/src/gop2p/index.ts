// Public names of the gop2p half.
export type { Delivery } from './delivery.ts'
export { Gop2pError, type Gop2pErrorKind, type Gop2pErrorReason } from './errors.ts'
export { Feed } from './feed.ts'
export { createGop2pSide, Gop2pSide, type Gop2pSideOptions } from './gop2p-side.ts'
export type { Joined } from './joining.ts'
export { GOP2P_LIMITS, type Gop2pLimits } from './limits.ts'
export { type Change, Gop2pNode, type Gop2pOptions, type Inbound, type Outbound, type Outbox } from './node.ts'
export { formatPeer, makePeer, type Peer, parsePeer } from './peer.ts'
