// Public names of @floodnet/bridge.

export { type GobChunk, GobReader } from './gob/gob-reader.ts'
export { encodePacket, PACKET_TYPES, packetOf, type TutorialPacket } from './gob/packet.ts'
export { Bridge, type BridgeNotice, type BridgeOptions } from './relay/bridge.ts'
export type { Heard, Refusal, Side, Word } from './side.ts'
export type { PeerEvent } from './tutorial/messages.ts'
export { TutorialNode, type TutorialNodeOptions } from './tutorial/tutorial-node.ts'
export { type TutorialSideOptions, tutorialSide } from './tutorial/tutorial-side.ts'
