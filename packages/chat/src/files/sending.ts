// Files that this user offers: read, offered, and sent chunk by chunk as the other side asks. Pure.
import { type Effect, type FileResult, type Reader, type StepContext, undone } from '../session/effects.ts'

import type { Outgoing } from '../session/file-transfers.ts'
import type { Session } from '../session/session.ts'
import { chunkCount, chunksIn } from '../wire/chunk-set.ts'
import type { FileAsk, FileOutcome } from '../wire/file-messages.ts'
import {
  GIVE_UP_MS,
  MAX_ASKED_CHUNKS,
  MAX_OWN_OFFERS,
  MAX_TRANSFERS,
  OFFER_LIFE_MS,
  PROGRESS_MS
} from './file-limits.ts'
import { fileNameProblem } from './file-name.ts'
import { byNumber, sealed, shown, stalled, task } from './transfers.ts'

/** The chunk to send next. */
export interface NextChunk {
  readonly nr: number
  readonly file: string
  readonly index: number
  readonly bytes: number
  readonly key: Uint8Array
}

/** A file for `reader`: we read it first. */
export function beginSending(session: Session, reader: Reader, path: string, context: StepContext): Effect[] {
  const { files } = session
  if (files.outgoing.size >= MAX_OWN_OFFERS) return [undone(`not sent: ${MAX_OWN_OFFERS} files of yours wait already`)]
  const again = [...files.outgoing.values()].some((other) => other.path === path && other.peer.id === reader.id)
  if (again) return [undone(`not sent: ${path}: it is offered to them already`)]
  const nr = ++files.count
  const file = context.newId()
  files.outgoing.set(file, newOutgoing(file, nr, { id: reader.id, key: reader.key }, path, context.now))
  return [task({ task: 'read', nr, path })]
}

/** We have read the file and can offer it. */
export function onRead(
  session: Session,
  read: Extract<FileResult, { result: 'read' }>,
  context: StepContext
): Effect[] {
  const out = byNumber(session.files.outgoing, read.nr)
  if (out === undefined) return []
  Object.assign(out, { name: read.name, bytes: read.bytes, hash: read.hash })
  const problem = fileNameProblem(read.name) ?? twice(session, out)
  if (problem !== null) return onSourceProblem(session, read.nr, problem, context)
  out.phase = 'offered'
  return [offer(session, out, context), shown(session, out, 'offered', context.now)]
}

/** We cannot read it, or not any more. */
export function onSourceProblem(session: Session, nr: number, problem: string, context: StepContext): Effect[] {
  const out = byNumber(session.files.outgoing, nr)
  if (out === undefined) return []
  session.files.outgoing.delete(out.file)
  const told =
    out.phase === 'reading' ? [] : [end(out, 'failed', context), shown(session, out, 'failed', context.now, problem)]
  const words = out.phase === 'reading' ? [undone(`not sent: ${out.path}: ${problem}`)] : []
  return [...words, ...told, task({ task: 'close', nr, discard: false })]
}

/** The reader wants these chunks. We ignore anybody else who knows the name of the transfer. */
export function onAsk(session: Session, author: string, ask: FileAsk, context: StepContext): Effect[] | null {
  const out = session.files.outgoing.get(ask.file)
  if (out === undefined || out.phase === 'reading' || out.peer.id !== author) return null
  const count = chunkCount(out.bytes)
  if (ask.n <= out.lastAsk || ask.have > count || ask.ranges.some(([, to]) => to > count)) return null
  if (out.phase === 'offered' && runningOf(session, context.now) >= MAX_TRANSFERS) return []
  out.phase = 'running'
  out.lastAsk = ask.n
  out.heardAt = context.now
  out.have = ask.have
  const queued = new Set(out.asked)
  const fresh = chunksIn(ask.ranges, MAX_ASKED_CHUNKS).filter((index) => !queued.has(index))
  out.asked.push(...fresh.slice(0, MAX_ASKED_CHUNKS - out.asked.length))
  const progress = context.now - out.shownAt < PROGRESS_MS ? [] : [shown(session, out, 'running', context.now)]
  return [...progress, task({ task: 'pump' })]
}

/** Takes the next chunk to send; the files take turns. */
export function takeChunk({ files }: Session): NextChunk | null {
  for (const [file, out] of files.outgoing) {
    const index = out.asked.shift()
    if (index === undefined) continue
    files.outgoing.delete(file)
    files.outgoing.set(file, out)
    return { nr: out.nr, file, index, bytes: out.bytes, key: out.peer.key }
  }
  return null
}

/** The reader has finished with it. */
export function onSentEnd(session: Session, out: Outgoing, outcome: FileOutcome, context: StepContext): Effect[] {
  session.files.outgoing.delete(out.file)
  const closed = task({ task: 'close', nr: out.nr, discard: false })
  if (outcome === 'done') return [shown(session, out, 'done', context.now), closed]
  if (outcome === 'declined' || outcome === 'cancelled')
    return [shown(session, out, 'cancelled', context.now, `${outcome} by the other side`), closed]
  const why = outcome === 'busy' ? 'the other side has too many offers; try again later' : 'the other side gave up'
  return [shown(session, out, 'failed', context.now, why), closed]
}

export function cancelSending(session: Session, out: Outgoing, context: StepContext): Effect[] {
  session.files.outgoing.delete(out.file)
  const told = out.phase === 'reading' ? [] : [end(out, 'cancelled', context)]
  return [...told, shown(session, out, 'cancelled', context.now), task({ task: 'close', nr: out.nr, discard: false })]
}

/**
 * People who have started again have a new key and forgot what they were offered, so we tell them again. Old offers
 * end.
 */
export function onSendingTick(session: Session, context: StepContext): Effect[] {
  return [...session.files.outgoing.values()].flatMap((out) => {
    if (out.phase === 'reading') return []
    if (context.now - out.heardAt > OFFER_LIFE_MS) {
      session.files.outgoing.delete(out.file)
      return [
        shown(session, out, 'failed', context.now, 'no answer'),
        task({ task: 'close', nr: out.nr, discard: false })
      ]
    }
    const key = session.roster.get(out.peer.id)?.key ?? null
    if (key === null || Buffer.from(key).equals(out.peer.key)) return stalled(session, out, context.now)
    Object.assign(out, {
      peer: { id: out.peer.id, key },
      phase: 'offered',
      asked: [],
      lastAsk: 0,
      heardAt: context.now
    })
    return [
      offer(session, out, context),
      shown(session, out, 'offered', context.now, 'again: the other side has started anew')
    ]
  })
}

function newOutgoing(file: string, nr: number, peer: Outgoing['peer'], path: string, now: number): Outgoing {
  const named = { file, nr, peer, name: '', bytes: 0, hash: '', path }
  return { ...named, phase: 'reading', asked: [], lastAsk: 0, have: 0, heardAt: now, shownAt: 0 }
}

function twice({ files }: Session, out: Outgoing): string | null {
  const same = (other: Outgoing) => other.nr !== out.nr && other.hash === out.hash && other.peer.id === out.peer.id
  return [...files.outgoing.values()].some(same) ? 'it is offered to them already' : null
}

function offer(session: Session, out: Outgoing, context: StepContext): Effect {
  const { file, name: fileName, bytes, hash } = out
  const { name, key } = session
  return sealed(out, { kind: 'file-offer', file, fileName, bytes, hash, name, key }, context.newId())
}

function end(out: Outgoing, outcome: FileOutcome, context: StepContext): Effect {
  return sealed(out, { kind: 'file-end', file: out.file, outcome }, context.newId())
}

// A file whose reader has fallen silent takes nobody's place.
function runningOf({ files }: Session, now: number): number {
  return [...files.outgoing.values()].filter(({ phase, heardAt }) => phase === 'running' && now - heardAt < GIVE_UP_MS)
    .length
}
