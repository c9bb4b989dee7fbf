// The files of one user that are under way, out and in, as plain state; and what is asked of the disk. sending.ts and
// receiving.ts move them; file-desk.ts, which the parent holds, is the disk itself. Pure.

import { fingerprintOf } from '../people/trust.ts'
import type { ConversationKey, Transfer } from '../screens/screen.ts'
import { type Effect, type FileTask, show } from '../session/effects.ts'
import type { Common, Incoming, Outgoing } from '../session/file-transfers.ts'
import { conversationOf, noteConversation } from '../session/pending.ts'
import { knownOf, type Session } from '../session/session.ts'
import { CHUNK_BYTES } from '../wire/chunk-set.ts'
import { STALLED_MS } from './file-limits.ts'

export function task(what: FileTask): Effect {
  return { kind: 'file', task: what }
}

export function byNumber<T extends Common>(transfers: ReadonlyMap<string, T>, nr: number): T | undefined {
  return [...transfers.values()].find((transfer) => transfer.nr === nr)
}

/** Its state, for the screen. */
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

/** The conversation with the other side, where lines can be said from now on. */
function conversationWith({ pending }: Session, { peer }: Common): ConversationKey {
  const conversation = conversationOf([peer.id])
  if (!pending.conversations.has(conversation)) noteConversation(pending, conversation, [peer.id])
  return conversation
}

/** Tells the user once that the other side has fallen silent. */
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
