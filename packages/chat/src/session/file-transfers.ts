// The files of one user that are under way, out and in, as plain state.

import type { ChunkSet } from '../wire/chunk-set.ts'
import type { Reader } from './effects.ts'

export interface Common {
  /** 32 hex digits by which both sides know it. */
  file: string
  /** The user's number for it. */
  readonly nr: number
  /** The other side, and the key to which messages to them are sealed. */
  peer: Reader
  name: string
  bytes: number
  hash: string
  /** When the other side last mentioned it. */
  heardAt: number
  shownAt: number
}

/** `reading`: we are computing its hash. */
export interface Outgoing extends Common {
  phase: 'reading' | 'offered' | 'running'
  readonly path: string
  /** Chunks to send, in this order. */
  asked: number[]
  lastAsk: number
  /** Chunks that the reader has. */
  have: number
}

/** `opening`: we look for what arrived earlier. `finishing`: everything is there, and we check it. */
export interface Incoming extends Common {
  phase: 'offered' | 'opening' | 'running' | 'finishing'
  chunks: ChunkSet
  /** Chunks asked for, and when. */
  readonly asked: Map<number, number>
  /** Chunks that have arrived but are not written. */
  readonly writing: Set<number>
  asks: number
  /** All chunks below this are there or asked for. */
  cursor: number
}

export interface Files {
  /** By `file`, oldest first. */
  readonly outgoing: Map<string, Outgoing>
  readonly incoming: Map<string, Incoming>
  count: number
}

export function newFiles(): Files {
  return { outgoing: new Map(), incoming: new Map(), count: 0 }
}
