// The files of one user that are on their way, out and in, as plain state.

import type { ChunkSet } from '../wire/chunk-set.ts'
import type { Reader } from './effects.ts'

export interface Common {
  /** 32 hex digits that both sides know it by. */
  file: string
  /** What the user calls it. */
  readonly nr: number
  /** The other side, and the key of theirs that sealed messages are sealed to. */
  peer: Reader
  name: string
  bytes: number
  hash: string
  /** When the other side was last heard of it. */
  heardAt: number
  shownAt: number
}

/** `reading`: its hash is being made. */
export interface Outgoing extends Common {
  phase: 'reading' | 'offered' | 'running'
  readonly path: string
  /** Chunks to be sent, in this order. */
  asked: number[]
  lastAsk: number
  /** Chunks that the reader has. */
  have: number
}

/** `opening`: what came earlier is looked for. `finishing`: all is there, and is checked. */
export interface Incoming extends Common {
  phase: 'offered' | 'opening' | 'running' | 'finishing'
  chunks: ChunkSet
  /** Chunks asked for, and when. */
  readonly asked: Map<number, number>
  /** Chunks that have come and are not written down. */
  readonly writing: Set<number>
  asks: number
  /** Chunks below are there or asked for. */
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
