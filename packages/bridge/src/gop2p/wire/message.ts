// gop2p's wire, v1.1.3: messages and lists of members as Go's encoding/json writes and reads them. Pure. Reading
// reports what is wrong instead of throwing.
import type { Gop2pLimits } from '../limits.ts'
import { makePeer, type Peer } from './peer.ts'

export const MessageType = { connect: 0, disconnect: 1, broadcast: 2, direct: 3 } as const

export interface WireMessage {
  /** One of `MessageType`; another whole number is a message that nobody understands. */
  readonly type: number
  /** Null: absent, as in connect and disconnect. */
  readonly data: Uint8Array | null
  readonly from: Peer
  /** The recipients of a direct message; empty in all others. */
  readonly to: readonly Peer[]
}

export type MessageFault = 'not-json' | 'not-object' | 'bad-type' | 'bad-data' | 'bad-from' | 'bad-to'
export type DecodedMessage = { kind: 'message'; message: WireMessage } | { kind: 'fault'; reason: MessageFault }

export type DecodedMembers = { kind: 'members'; peers: readonly Peer[]; skipped: number } | { kind: 'fault' }

/** Byte for byte what Go writes: fields in this order, `to` only if it is not empty. */
export function encodeMessage({ type, data, from, to }: WireMessage): Uint8Array {
  const base = { type, data: data === null ? null : Buffer.from(data).toString('base64'), from: fields(from) }
  return encoder.encode(JSON.stringify(to.length === 0 ? base : { ...base, to: to.map(fields) }))
}

/**
 * Field names in any case, unknown fields ignored, a missing type is 0: all as in Go. A missing or undialable `from` is
 * not.
 */
export function decodeMessage(bytes: Uint8Array, limits: Pick<Gop2pLimits, 'maxRecipients'>): DecodedMessage {
  const value = parseJson(bytes)
  if (value === undefined) return fault('not-json')
  if (!isRecord(value)) return fault('not-object')
  const { type, data, from, to } = pick(value, ['type', 'data', 'from', 'to'])
  if (!isOptionalInteger(type)) return fault('bad-type')
  const payload = decodeData(data)
  if (payload === undefined) return fault('bad-data')
  const sender = decodePeer(from)
  if (sender === null) return fault('bad-from')
  const recipients = decodeRecipients(to, limits.maxRecipients)
  if (recipients === null) return fault('bad-to')
  return { kind: 'message', message: { type: type ?? 0, data: payload, from: sender, to: recipients } }
}

/** What an entry answers: `[]` or `[{"port":5001,"address":"0.0.0.0"}]`. */
export function encodeMembers(peers: readonly Peer[]): string {
  return JSON.stringify(peers.map(fields))
}

/** Takes at most `max` members. Skips and counts those that cannot be dialled, and those beyond. */
export function decodeMembers(bytes: Uint8Array, max: number): DecodedMembers {
  const value = parseJson(bytes)
  if (value === null) return { kind: 'members', peers: [], skipped: 0 }
  if (!Array.isArray(value)) return { kind: 'fault' }
  const peers: Peer[] = []
  for (const item of value) {
    if (peers.length === max) break
    const peer = decodePeer(item)
    if (peer !== null) peers.push(peer)
  }
  return { kind: 'members', peers, skipped: value.length - peers.length }
}

const encoder = new TextEncoder()
// As in Go, invalid UTF-8 becomes U+FFFD and a byte order mark is an error.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

function fault(reason: MessageFault): DecodedMessage {
  return { kind: 'fault', reason }
}

function fields({ port, address }: Peer): Peer {
  return { port, address }
}

// JSON has no undefined, so undefined can stand for "not JSON".
function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(bytes))
  } catch {
    return undefined
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

// The last field of a name counts, in whatever case it is written.
function pick<K extends string>(record: Record<string, unknown>, names: readonly K[]): Partial<Record<K, unknown>> {
  const found: Partial<Record<K, unknown>> = {}
  for (const field in record) {
    const name = names.find((known) => known.length === field.length && known === field.toLowerCase())
    if (name !== undefined) found[name] = record[field]
  }
  return found
}

function isOptionalInteger(value: unknown): value is number | null | undefined {
  return value === undefined || value === null || Number.isSafeInteger(value)
}

// Standard base64 with its padding; Go skips line breaks. Undefined: it is not base64.
function decodeData(value: unknown): Uint8Array | null | undefined {
  if (value === undefined || value === null) return null
  if (typeof value !== 'string') return undefined
  const text = value.replace(/[\r\n]/g, '')
  if (text.length % 4 !== 0 || !/^[0-9A-Za-z+/]*={0,2}$/.test(text)) return undefined
  return Uint8Array.from(Buffer.from(text, 'base64'))
}

function decodePeer(value: unknown): Peer | null {
  if (!isRecord(value)) return null
  const { port, address } = pick(value, ['port', 'address'])
  return typeof port === 'number' && typeof address === 'string' ? makePeer(address, port) : null
}

function decodeRecipients(value: unknown, max: number): readonly Peer[] | null {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value) || value.length > max) return null
  const peers = value.map(decodePeer)
  return peers.includes(null) ? null : peers.filter((peer) => peer !== null)
}
