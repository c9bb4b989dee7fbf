// The content of a network message, as JSON: the tutorial's {"Text","From","To"}, written as the Go program writes it
// and read strictly, and presence messages (people/presence.ts). Pure. Reading reports what is wrong instead of
// throwing; the screen cleans.
import { parseBounded } from './bounded-json.ts'
import { PRESENCE_TYPE, type Presence, presenceIn } from './presence.ts'

export interface Envelope {
  readonly text: string
  readonly from: string
  /** Name of the addressee; '#' and a word for a room; empty for everyone. */
  readonly to: string
  /**
   * The network that a bridge took it from; empty for what is said here. Only the bridge vouches for its author's name
   * then.
   */
  readonly via: string
}

export type InvalidReason =
  | 'too-large'
  | 'not-json'
  | 'not-object'
  | 'bad-text'
  | 'bad-from'
  | 'bad-to'
  | 'bad-via'
  | 'empty-text'
  | 'bad-presence'
  /** Heard in an earlier run, or a sealed message that we have taken before. */
  | 'replayed'
  /** A sealed message for us, but not from the author it claims, or with nothing readable inside. */
  | 'sealed-forged'
  | 'sealed-unreadable'
  | 'sealed-outdated'
  /** More sealed messages than we look at. */
  | 'sealed-crowded'
  /** About a file that nobody here knows or has asked for. */
  | 'file-unasked'
  /** More offers of files than may wait. */
  | 'file-crowded'

export type Decoded =
  | { kind: 'envelope'; envelope: Envelope }
  | { kind: 'presence'; presence: Presence }
  | { kind: 'invalid'; reason: InvalidReason }

/**
 * Largest payload that the chat parses at all: JSON escapes may make a text of 1 MiB four times as long before it
 * counts as invalid.
 */
export const MAX_ENVELOPE_BYTES = 4 * 1024 * 1024

/** What `encodeEnvelope` takes: without `via`, it is said here. */
export type WrittenEnvelope = Omit<Envelope, 'via'> & { readonly via?: string }

export function encodeEnvelope({ text, from, to, via = '' }: WrittenEnvelope): Uint8Array {
  return encoder.encode(JSON.stringify({ Text: text, From: from, To: to, ...(via !== '' && { Via: via }) }))
}

/**
 * Reads a payload. Ignores unknown fields, so that later versions may add some; From and To may be absent or null, as
 * in Go.
 */
export function decodeEnvelope(payload: Uint8Array): Decoded {
  if (payload.byteLength > MAX_ENVELOPE_BYTES) return invalid('too-large')
  const value = parseBounded(payload)
  if (value === undefined) return invalid('not-json')
  if (!isRecord(value)) return invalid('not-object')
  return value.Type === PRESENCE_TYPE ? readPresence(value) : readFields(value)
}

const encoder = new TextEncoder()

function readPresence(value: Record<string, unknown>): Decoded {
  const presence = presenceIn(value)
  return presence === null ? invalid('bad-presence') : { kind: 'presence', presence }
}

function readFields({ Text: text, From: from, To: to, Via: via }: Record<string, unknown>): Decoded {
  if (typeof text !== 'string') return invalid('bad-text')
  if (!isOptionalString(from)) return invalid('bad-from')
  if (!isOptionalString(to)) return invalid('bad-to')
  if (!isOptionalString(via)) return invalid('bad-via')
  if (text.trim() === '') return invalid('empty-text')
  return { kind: 'envelope', envelope: { text, from: from ?? '', to: to ?? '', via: via ?? '' } }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isOptionalString(value: unknown): value is string | null | undefined {
  return value === undefined || value === null || typeof value === 'string'
}

function invalid(reason: InvalidReason): Decoded {
  return { kind: 'invalid', reason }
}
