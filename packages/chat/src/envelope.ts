// What travels in a message of the network: the tutorial's JSON {"Text","From","To"}, written as the Go program writes it and read
// strictly. Pure. Reading says what is wrong instead of throwing; cleaning is the screen's work.
export interface Envelope {
  readonly text: string
  readonly from: string
  /** Name of the addressee; empty for everyone. */
  readonly to: string
}

export type JunkReason = 'too-large' | 'not-json' | 'not-object' | 'bad-text' | 'bad-from' | 'bad-to' | 'empty-text'

export type Decoded = { kind: 'envelope'; envelope: Envelope } | { kind: 'junk'; reason: JunkReason }

/** Largest payload that is parsed at all: a text of 1 MiB may grow fourfold by JSON escapes before it is called junk. */
export const MAX_ENVELOPE_BYTES = 4 * 1024 * 1024

export function encodeEnvelope({ text, from, to }: Envelope): Uint8Array {
  return encoder.encode(JSON.stringify({ Text: text, From: from, To: to }))
}

/** Reads a payload. Unknown fields are ignored, so that later versions may add some; From and To may be absent or null, as in Go. */
export function decodeEnvelope(payload: Uint8Array): Decoded {
  if (payload.byteLength > MAX_ENVELOPE_BYTES) return junk('too-large')
  const value = parseJson(decoder.decode(payload))
  if (value === undefined) return junk('not-json')
  if (!isRecord(value)) return junk('not-object')
  return readFields(value)
}

const encoder = new TextEncoder()
// Not fatal: invalid UTF-8 becomes U+FFFD and the message still shows, as with Go's decoder.
const decoder = new TextDecoder()

function readFields({ Text: text, From: from, To: to }: Record<string, unknown>): Decoded {
  if (typeof text !== 'string') return junk('bad-text')
  if (!isOptionalString(from)) return junk('bad-from')
  if (!isOptionalString(to)) return junk('bad-to')
  if (text.trim() === '') return junk('empty-text')
  return { kind: 'envelope', envelope: { text, from: from ?? '', to: to ?? '' } }
}

// JSON has no undefined, so undefined can stand for "not JSON".
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isOptionalString(value: unknown): value is string | null | undefined {
  return value === undefined || value === null || typeof value === 'string'
}

function junk(reason: JunkReason): Decoded {
  return { kind: 'junk', reason }
}
