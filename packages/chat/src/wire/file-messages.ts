// The content of sealed messages about files. An offer names the file; its reader asks for chunks, a window at a time;
// either side ends it. Pure.
import { chunkCount, type Range } from './chunk-set.ts'

/**
 * Chunks of one file that were asked for and are not written yet: about 1 MiB, so a line never waits behind more than
 * that.
 */
export const WINDOW_CHUNKS = 16
/** Largest file. */
export const MAX_FILE_BYTES = 4 * 1024 ** 3
/** Ranges in one ask. */
export const MAX_ASK_RANGES = WINDOW_CHUNKS

/** `file`: 32 hex digits that name the transfer, known only to its two sides. */
export type FileBody =
  /** `name`: the author's. `key`: answers are sealed to it. `hash`: SHA-256 of the whole, 64 hex digits. */
  | {
      kind: 'file-offer'
      file: string
      fileName: string
      bytes: number
      hash: string
      name: string
      key: Uint8Array
    }
  /** `n` rises from ask to ask, so that an old one asks for nothing; `have`: chunks that the reader has. */
  | { kind: 'file-ask'; file: string; n: number; have: number; ranges: readonly Range[] }
  /** The bytes are the sealed message's data. */
  | { kind: 'file-chunk'; file: string; index: number }
  | { kind: 'file-end'; file: string; outcome: FileOutcome }

/** `done`: it arrived whole. `busy`: the other side accepts no more offers now. `gone`: there is no such offer. */
export type FileOutcome = (typeof OUTCOMES)[number]

export type FileOffer = Extract<FileBody, { kind: 'file-offer' }>
export type FileAsk = Extract<FileBody, { kind: 'file-ask' }>

const OUTCOMES = ['done', 'declined', 'cancelled', 'failed', 'busy', 'gone'] as const
const MAX_CHUNKS = chunkCount(MAX_FILE_BYTES)

type Head = Readonly<Record<string, unknown>>

/** Null for what no floodchat writes. The name is checked later, so that its refusal can be reported. */
export function readOffer({ file, fileName, bytes, hash, name }: Head, key: Uint8Array | null): FileOffer | null {
  if (!isHex(file, 32) || !isHex(hash, 64) || typeof fileName !== 'string' || typeof name !== 'string') return null
  if (!isCount(bytes, MAX_FILE_BYTES) || key === null) return null
  return { kind: 'file-offer', file, fileName, bytes, hash, name, key }
}

export function readAsk({ file, n, have, ranges }: Head): FileAsk | null {
  if (!isHex(file, 32) || !isCount(n, Number.MAX_SAFE_INTEGER) || !isCount(have, MAX_CHUNKS)) return null
  if (!Array.isArray(ranges) || ranges.length > MAX_ASK_RANGES || !ranges.every(isRange)) return null
  return { kind: 'file-ask', file, n, have, ranges }
}

export function readChunk({ file, index }: Head): FileBody | null {
  return isHex(file, 32) && isCount(index, MAX_CHUNKS) ? { kind: 'file-chunk', file, index } : null
}

export function readEnd({ file, outcome }: Head): FileBody | null {
  const known = OUTCOMES.find((word) => word === outcome)
  return isHex(file, 32) && known !== undefined ? { kind: 'file-end', file, outcome: known } : null
}

function isHex(value: unknown, digits: number): value is string {
  return typeof value === 'string' && value.length === digits && /^[0-9a-f]+$/.test(value)
}

function isCount(value: unknown, max: number): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= max
}

function isRange(value: unknown): value is Range {
  if (!Array.isArray(value) || value.length !== 2) return false
  const [from, to]: unknown[] = value
  return isCount(from, MAX_CHUNKS) && isCount(to, MAX_CHUNKS) && from < to
}

// How much file transfer the chat accepts at a time. All are guesses of what a chat among people needs; everyone in the
// network carries every chunk.
