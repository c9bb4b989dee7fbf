// Files that others offer: shows them, accepts or declines them, fetches them window by window, checks them. Pure. The
// receiver sets the pace: nothing is sent without being asked for, and we ask for no more before what has arrived is
// written.

import { mayAnswer } from '../guard/answers.ts'
import { fingerprintOf } from '../people/trust.ts'
import { type Effect, type FileResult, invalid, notice, type StepContext, show } from '../session/effects.ts'
import type { Incoming } from '../session/file-transfers.ts'
import { knownOf, type Session } from '../session/session.ts'
import { sizeText } from '../terminal/layout/transfer-text.ts'
import { cutText } from '../text/clean-text.ts'
import { ChunkSet, chunkLength, rangesOf } from '../wire/chunk-set.ts'
import { type FileOffer, type FileOutcome, WINDOW_CHUNKS } from '../wire/file-messages.ts'
import { ASK_AGAIN_MS, GIVE_UP_MS, LOST_CHUNK_MS, MAX_TRANSFERS, OFFER_LIFE_MS, PROGRESS_MS } from './file-limits.ts'
import { fileNameProblem, safeName } from './file-name.ts'
import { placeForOffer } from './offer-places.ts'
import { byNumber, sealed, shown, stalled, task } from './transfers.ts'

export function onOffer(session: Session, author: string, offer: FileOffer, context: StepContext): Effect[] {
  if (session.silent) return []
  const known = sameFile(session, author, offer)
  if (known !== undefined) return offeredAgain(session, known, offer, context)
  const { files } = session
  const incoming = newIncoming(session, author, offer, context.now)
  const problem = fileNameProblem(offer.fileName)
  if (problem !== null) {
    const { name } = knownOf(session, author)
    const what = cutText(offer.fileName, 80).text
    return [
      notice(`a file from ${name} was refused: ${problem} (${what})`),
      ...answer(session, incoming, 'declined', context)
    ]
  }
  if (files.incoming.has(offer.file)) return [invalid('file-unasked')]
  const place = placeForOffer(session, author)
  if (place.kind === 'none') return [invalid('file-crowded'), ...answer(session, incoming, 'busy', context)]
  const made = place.kind === 'instead' ? giveWay(session, place.of, context) : []
  files.count++
  files.incoming.set(offer.file, incoming)
  const told = show({ kind: 'notice', text: offerText(session, incoming), offer: String(incoming.nr) })
  return [...made, shown(session, incoming, 'offered', context.now, offerDetails(session, incoming)), told]
}

/** Nobody has decided so: a stranger may wait for it in vain. */
function answer(session: Session, incoming: Incoming, outcome: FileOutcome, context: StepContext): Effect[] {
  return mayAnswer(session, incoming.peer.id, context.now) ? [end(incoming, outcome, context)] : []
}

/** `/accept`: looks for what arrived earlier. */
export function accept(session: Session, incoming: Incoming, context: StepContext): Effect[] {
  const active = [...session.files.incoming.values()].filter(({ phase }) => phase !== 'offered')
  if (incoming.phase !== 'offered') return [notice(`file ${incoming.nr} is on its way already`)]
  if (active.length >= MAX_TRANSFERS)
    return [notice(`${MAX_TRANSFERS} files are on their way already; /cancel ends one`)]
  incoming.phase = 'opening'
  incoming.heardAt = context.now
  const { nr, hash, bytes, peer } = incoming
  return [task({ task: 'open', nr, hash, bytes, author: peer.id })]
}

/** `/decline`, or `/cancel`: drops what has arrived. */
export function refuse(session: Session, incoming: Incoming, context: StepContext): Effect[] {
  const outcome = incoming.phase === 'offered' ? 'declined' : 'cancelled'
  return [end(incoming, outcome, context), ...close(session, incoming, 'cancelled', context, undefined, true)]
}

export function onOpened(
  session: Session,
  opened: Extract<FileResult, { result: 'opened' }>,
  context: StepContext
): Effect[] {
  const incoming = byNumber(session.files.incoming, opened.nr)
  if (incoming === undefined) return []
  incoming.chunks = opened.chunks
  incoming.phase = 'running'
  return [shown(session, incoming, 'running', context.now), ...goOn(session, incoming, context)]
}

/** Null for a chunk that nobody asked for, or of the wrong length. */
export function onChunk(
  session: Session,
  author: string,
  { file, index }: { readonly file: string; readonly index: number },
  data: Uint8Array,
  context: StepContext
): Effect[] | null {
  const incoming = session.files.incoming.get(file)
  if (incoming === undefined || incoming.peer.id !== author || incoming.phase !== 'running') return null
  if (data.length !== chunkLength(incoming.bytes, index) || !incoming.asked.delete(index)) return null
  incoming.heardAt = context.now
  incoming.writing.add(index)
  return [task({ task: 'write', nr: incoming.nr, index, data })]
}

export function onWritten(
  session: Session,
  { nr, index }: { nr: number; index: number },
  context: StepContext
): Effect[] {
  const incoming = byNumber(session.files.incoming, nr)
  if (incoming === undefined || !incoming.writing.delete(index)) return []
  incoming.chunks.add(index)
  const progress =
    context.now - incoming.shownAt < PROGRESS_MS ? [] : [shown(session, incoming, 'running', context.now)]
  return [...progress, ...goOn(session, incoming, context)]
}

/** The file is complete, under its name. */
export function onFinished(
  session: Session,
  { nr, path }: { nr: number; path: string },
  context: StepContext
): Effect[] {
  const incoming = byNumber(session.files.incoming, nr)
  if (incoming === undefined) return []
  return [end(incoming, 'done', context), ...close(session, incoming, 'done', context, path, false)]
}

/** The disk cannot take any more, or what arrived is not what was offered (`discard`). */
export function onReceiveProblem(
  session: Session,
  nr: number,
  problem: string,
  discard: boolean,
  context: StepContext
): Effect[] {
  const incoming = byNumber(session.files.incoming, nr)
  if (incoming === undefined) return []
  return [end(incoming, 'failed', context), ...close(session, incoming, 'failed', context, problem, discard)]
}

/** The sender has ended it. We keep what has arrived for another time. */
export function onReceivedEnd(
  session: Session,
  incoming: Incoming,
  outcome: FileOutcome,
  context: StepContext
): Effect[] {
  if (incoming.phase === 'finishing') return []
  const state = outcome === 'cancelled' ? 'cancelled' : 'failed'
  return close(session, incoming, state, context, 'by the other side', false)
}

/** Asks again for what is lost, and gives up on senders that are gone. */
export function onReceivingTick(session: Session, context: StepContext): Effect[] {
  return [...session.files.incoming.values()].flatMap((incoming) => {
    const silentMs = context.now - incoming.heardAt
    if (incoming.phase === 'offered' && silentMs > OFFER_LIFE_MS)
      return close(session, incoming, 'cancelled', context, 'not answered', false)
    if (incoming.phase !== 'running') return []
    if (silentMs > GIVE_UP_MS && incoming.writing.size === 0)
      return close(session, incoming, 'failed', context, 'no answer; what has come is kept for the next offer', false)
    const patience = silentMs > ASK_AGAIN_MS ? ASK_AGAIN_MS : LOST_CHUNK_MS
    const lost = [...incoming.asked].filter(([, at]) => context.now - at > patience).map(([index]) => index)
    return [...stalled(session, incoming, context.now), ...(lost.length === 0 ? [] : [ask(incoming, lost, context)])]
  })
}

function giveWay(session: Session, incoming: Incoming, context: StepContext): Effect[] {
  return [
    end(incoming, 'busy', context),
    ...close(session, incoming, 'cancelled', context, 'gave way to a contact', false)
  ]
}

function sameFile({ files }: Session, author: string, { hash, bytes }: FileOffer): Incoming | undefined {
  return [...files.incoming.values()].find(
    (other) => other.peer.id === author && other.hash === hash && other.bytes === bytes
  )
}

// Its sender has started again, or we are still looking for them: it continues under the new offer.
function offeredAgain(session: Session, incoming: Incoming, offer: FileOffer, context: StepContext): Effect[] {
  if (incoming.phase === 'finishing') return []
  session.files.incoming.delete(incoming.file)
  Object.assign(incoming, { file: offer.file, peer: { id: incoming.peer.id, key: offer.key }, heardAt: context.now })
  session.files.incoming.set(offer.file, incoming)
  if (incoming.phase !== 'running') return []
  incoming.asked.clear()
  incoming.cursor = 0
  return goOn(session, incoming, context)
}

function newIncoming(session: Session, author: string, offer: FileOffer, now: number): Incoming {
  const { file, fileName: name, bytes, hash, key } = offer
  return {
    file,
    nr: session.files.count + 1,
    peer: { id: author, key },
    name,
    bytes,
    hash,
    phase: 'offered',
    chunks: new ChunkSet(0),
    asked: new Map(),
    writing: new Set(),
    asks: 0,
    cursor: 0,
    heardAt: now,
    shownAt: now
  }
}

function offerText(session: Session, incoming: Incoming): string {
  const { nr, name, bytes, peer } = incoming
  const kept = safeName(name) === name ? '' : ` (to be kept as ${safeName(name)})`
  return (
    `${knownOf(session, peer.id).name} offers ${name}${kept}, ${sizeText(bytes)}, ${offerDetails(session, incoming)}: ` +
    `/accept ${nr} or /decline ${nr}`
  )
}

// What to look at before accepting.
function offerDetails(session: Session, { hash, peer }: Incoming): string {
  const known = knownOf(session, peer.id).trust === 'changed' ? ', NOT the one known by that name' : ''
  return `key ${fingerprintOf(peer.id)}${known}, SHA-256 ${hash.slice(0, 16)}`
}

// Asks for more once half of the window is free, so that an ask is worth its sealed message.
function goOn(session: Session, incoming: Incoming, context: StepContext): Effect[] {
  const { chunks, asked, writing } = incoming
  if (chunks.isWhole && incoming.phase === 'running') {
    incoming.phase = 'finishing'
    return [
      shown(session, incoming, 'running', context.now),
      task({ task: 'finish', nr: incoming.nr, name: incoming.name })
    ]
  }
  const free = WINDOW_CHUNKS - asked.size - writing.size
  if (free < WINDOW_CHUNKS / 2) return []
  const next = nextMissing(incoming, free)
  return next.length === 0 ? [] : [ask(incoming, next, context)]
}

function nextMissing(incoming: Incoming, max: number): number[] {
  const { chunks, asked, writing } = incoming
  const missing: number[] = []
  for (; incoming.cursor < chunks.count && missing.length < max; incoming.cursor++) {
    const index = incoming.cursor
    if (!chunks.has(index) && !asked.has(index) && !writing.has(index)) missing.push(index)
  }
  return missing
}

function ask(incoming: Incoming, indices: readonly number[], context: StepContext): Effect {
  for (const index of indices) incoming.asked.set(index, context.now)
  const { file, chunks } = incoming
  const n = ++incoming.asks
  return sealed(incoming, { kind: 'file-ask', file, n, have: chunks.held, ranges: rangesOf(indices) }, context.newId())
}

function close(
  session: Session,
  incoming: Incoming,
  state: 'done' | 'failed' | 'cancelled',
  context: StepContext,
  reason: string | undefined,
  discard: boolean
): Effect[] {
  session.files.incoming.delete(incoming.file)
  return [
    shown(session, incoming, state, context.now, reason),
    ...(incoming.phase === 'offered' ? [] : [task({ task: 'close', nr: incoming.nr, discard })])
  ]
}

function end(incoming: Incoming, outcome: FileOutcome, context: StepContext): Effect {
  return sealed(incoming, { kind: 'file-end', file: incoming.file, outcome }, context.newId())
}
