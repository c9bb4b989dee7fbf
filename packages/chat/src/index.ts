// Public names of @floodnet/chat: what travels in its messages, for programs that speak with it.
export { cleanText } from './clean-text.ts'
export type { Decoded, Envelope, JunkReason, WrittenEnvelope } from './envelope.ts'
export { decodeEnvelope, encodeEnvelope, MAX_ENVELOPE_BYTES } from './envelope.ts'
export type { Presence } from './people/presence.ts'
