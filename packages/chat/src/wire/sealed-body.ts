// The content of an opened sealed message: a JSON head, followed by raw bytes for the kinds that have some. Pure. A new
// kind is a new member of `SealedBody` and a new line in `READERS`; sealed-message.ts seals whatever is here.
import { parseBounded } from './bounded-json.ts'
import { type FileBody, readAsk, readChunk, readEnd, readOffer } from './file-messages.ts'

/** Every kind of sealed message. Ids are 32 hex digits, people 64 (their Ed25519 key). */
export type SealedBody =
  /**
   * A line of a direct conversation. `to`: all recipients, including the reader. `key`: answers are sealed to it
   * (X25519).
   */
  | { kind: 'text'; text: string; name: string; key: Uint8Array; to: readonly string[] }
  /** The sealed messages with these ids were shown to their reader. */
  | { kind: 'read'; ids: readonly string[] }
  | FileBody

export interface Body {
  /** Names the sealed message among all those of its author. */
  readonly id: string
  /** When it was written, by the author's clock, in ms since the epoch. */
  readonly at: number
  readonly content: SealedBody
  /** Raw bytes beside the head; empty for the kinds that need none. */
  readonly data: Uint8Array
}

/** People in one direct conversation without the author: each line goes out as a sealed message to each. */
export const MAX_RECIPIENTS = 16
/**
 * Sealed messages confirmed by one receipt: as many as fit into the smallest class of sealed messages beside the rest.
 */
export const MAX_READ_IDS = 6

export function encodeBody({ id, at, content, data }: Body): Buffer {
  const head = Buffer.from(JSON.stringify({ id, at, ...content }, binaryAsBase64))
  const length = Buffer.alloc(4)
  length.writeUInt32BE(head.length)
  return Buffer.concat([length, head, data])
}

/** Null if it is not one of ours. */
export function decodeBody(bytes: Uint8Array): Body | null {
  if (bytes.length < 4) return null
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const end = 4 + view.readUInt32BE(0)
  if (end > view.length) return null
  const head = parseObject(view.subarray(4, end))
  if (head === null || !isId(head.id) || !isTime(head.at)) return null
  const content = READERS.get(head.kind)?.(head) ?? null
  return content && { id: head.id, at: head.at, content, data: new Uint8Array(view.subarray(end)) }
}

type Head = Readonly<Record<string, unknown>>

const READERS = new Map<unknown, (head: Head) => SealedBody | null>([
  ['text', readText],
  ['read', readRead],
  ['file-offer', (head) => readOffer(head, keyOf(head.key))],
  ['file-ask', readAsk],
  ['file-chunk', readChunk],
  ['file-end', readEnd]
])

function readText({ text, name, key, to }: Head): SealedBody | null {
  if (typeof text !== 'string' || typeof name !== 'string' || !isListOf(to, isPerson, MAX_RECIPIENTS)) return null
  const reply = keyOf(key)
  return reply && { kind: 'text', text, name, key: reply, to }
}

function readRead({ ids }: Head): SealedBody | null {
  return isListOf(ids, isId, MAX_READ_IDS) ? { kind: 'read', ids } : null
}

/** The 32 bytes of a key in base64; null for anything else. */
export function keyOf(value: unknown): Uint8Array | null {
  if (typeof value !== 'string' || value.length !== 44) return null
  const key = new Uint8Array(Buffer.from(value, 'base64'))
  return key.length === 32 ? key : null
}

function parseObject(text: Uint8Array): Head | null {
  const value = parseBounded(text)
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Head) : null
}

function binaryAsBase64(_key: string, value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value
}

function isListOf(value: unknown, isItem: (item: unknown) => item is string, max: number): value is string[] {
  return Array.isArray(value) && value.length > 0 && value.length <= max && value.every(isItem)
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{32}$/.test(value)
}

function isPerson(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}
