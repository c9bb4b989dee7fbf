// Public names of @floodnet/chat: the content of its messages, for programs that talk to it.
export { cleanText } from './text/clean-text.ts'
export type { Decoded, Envelope, InvalidReason, WrittenEnvelope } from './wire/envelope.ts'
export { decodeEnvelope, encodeEnvelope, MAX_ENVELOPE_BYTES } from './wire/envelope.ts'
export type { Presence } from './wire/presence.ts'
