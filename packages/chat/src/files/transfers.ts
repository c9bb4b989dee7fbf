// The files of one user that are on their way, out and in, as plain state; and what is asked of the disk. What moves them is in sending.ts and
// receiving.ts; the disk itself is file-desk.ts, in the parent's hand. Pure.

import { fingerprintOf } from '../people/trust.ts'
import type { ConversationKey, Transfer } from '../screens/screen.ts'
import { type Effect, type Reader, show } from '../session/effects.ts'
import { conversationOf, noteConversation } from '../session/pending.ts'
import { knownOf, type Session } from '../session/session.ts'
import { CHUNK_BYTES, type ChunkSet } from '../wire/chunk-set.ts'
import { STALLED_MS } from './file-limits.ts'

interface Common {
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

/** What the disk is to do. `nr` is the transfer's for the whole run; `file` may change when the other side comes back. */
export type FileTask =
  | { task: 'read'; nr: number; path: string }
  | { task: 'open'; nr: number; hash: string; bytes: number; author: string }
  | { task: 'write'; nr: number; index: number; data: Uint8Array }
  | { task: 'finish'; nr: number; name: string }
  /** Done with it; `discard`: what has come is not kept for another time. */
  | { task: 'close'; nr: number; discard: boolean }
  /** There may be chunks to send. */
  | { task: 'pump' }

/** What became of a task. */
export type FileResult =
  | { result: 'read'; nr: number; name: string; bytes: number; hash: string }
  | { result: 'opened'; nr: number; chunks: ChunkSet }
  | { result: 'written'; nr: number; index: number }
  | { result: 'finished'; nr: number; path: string }
  | { result: 'wrong-hash'; nr: number }
  | { result: 'problem'; nr: number; problem: string }

export function newFiles(): Files {
  return { outgoing: new Map(), incoming: new Map(), count: 0 }
}

export function task(what: FileTask): Effect {
  return { kind: 'file', task: what }
}

export function byNumber<T extends Common>(transfers: ReadonlyMap<string, T>, nr: number): T | undefined {
  return [...transfers.values()].find((transfer) => transfer.nr === nr)
}

/** How it stands, for the screen. */
export function shown(
  session: Session,
  transfer: Outgoing | Incoming,
  state: Transfer['state'],
  now: number,
  reason?: string
): Effect {
  transfer.shownAt = now
  const conversation = conversationWith(session, transfer)
  const { nr, name: file, bytes: totalBytes, hash, peer } = transfer
  return show({
    kind: 'transfer',
    id: String(nr),
    file,
    from: knownOf(session, peer.id).name,
    fingerprint: fingerprintOf(peer.id),
    hash,
    direction: 'phase' in transfer && 'chunks' in transfer ? 'in' : 'out',
    bytes: state === 'done' ? totalBytes : Math.min(totalBytes, heldOf(transfer) * CHUNK_BYTES),
    totalBytes,
    state,
    conversation,
    title: knownOf(session, peer.id).name,
    ...(reason !== undefined && { reason })
  })
}

/** The conversation with the other side, in which lines can be said from now on. */
export function conversationWith({ pending }: Session, { peer }: Common): ConversationKey {
  const conversation = conversationOf([peer.id])
  if (!pending.conversations.has(conversation)) noteConversation(pending, conversation, [peer.id])
  return conversation
}

/** Tells once that the other side has fallen silent. */
export function stalled(session: Session, transfer: Outgoing | Incoming, now: number): Effect[] {
  const since = transfer.heardAt + STALLED_MS
  if (transfer.phase !== 'running' || now < since || transfer.shownAt >= since) return []
  return [shown(session, transfer, 'running', now, `waiting for ${knownOf(session, transfer.peer.id).name}`)]
}

function heldOf(transfer: Outgoing | Incoming): number {
  return 'chunks' in transfer ? transfer.chunks.held : transfer.have
}

/** A sealed message about it to the other side. */
export function sealed({ peer }: Common, content: Extract<Effect, { kind: 'sealed' }>['content'], id: string): Effect {
  return { kind: 'sealed', readers: [peer], id, content, said: null }
}
