// The entrance for everything about files: sealed messages, the user's commands, results from the disk, and time. Pure.

import { type Effect, type FileResult, invalid, notice, type StepContext } from '../session/effects.ts'
import type { Incoming } from '../session/file-transfers.ts'
import type { Session } from '../session/session.ts'
import type { FileBody } from '../wire/file-messages.ts'
import {
  accept,
  onChunk,
  onFinished,
  onOffer,
  onOpened,
  onReceivedEnd,
  onReceiveProblem,
  onReceivingTick,
  onWritten,
  refuse
} from './receiving.ts'
import { cancelSending, onAsk, onRead, onSendingTick, onSentEnd, onSourceProblem } from './sending.ts'

/**
 * Asks and chunks come by the thousand, and a repeated one does nothing, so the memory of sealed messages leaves them
 * out.
 */
export function isRepeatable({ kind }: { readonly kind: string }): boolean {
  return kind === 'file-ask' || kind === 'file-chunk'
}

export function onFileMessage(
  session: Session,
  author: string,
  content: FileBody,
  data: Uint8Array,
  context: StepContext
): Effect[] {
  switch (content.kind) {
    case 'file-offer':
      return onOffer(session, author, content, context)
    case 'file-ask':
      return onAsk(session, author, content, context) ?? [invalid('file-unasked')]
    case 'file-chunk':
      return onChunk(session, author, content, data, context) ?? [invalid('file-unasked')]
    case 'file-end':
      return onEnd(session, author, content, context)
  }
}

export function onFileResult(session: Session, result: FileResult, context: StepContext): Effect[] {
  const { nr } = result
  switch (result.result) {
    case 'read':
      return onRead(session, result, context)
    case 'opened':
      return onOpened(session, result, context)
    case 'written':
      return onWritten(session, result, context)
    case 'finished':
      return onFinished(session, result, context)
    case 'wrong-hash':
      return onReceiveProblem(session, nr, 'what came is not what was offered (SHA-256 differs)', true, context)
    case 'problem':
      return [
        ...onSourceProblem(session, nr, result.problem, context),
        ...onReceiveProblem(session, nr, result.problem, false, context)
      ]
  }
}

export function onFileTick(session: Session, context: StepContext): Effect[] {
  return [...onSendingTick(session, context), ...onReceivingTick(session, context)]
}

/** `/accept`, `/decline`, `/cancel`; `nr` null: the only one. */
export function decideFile(
  session: Session,
  verb: 'accept' | 'decline' | 'cancel',
  nr: number | null,
  context: StepContext
): Effect[] {
  const { incoming, outgoing } = session.files
  const offered = [...incoming.values()].filter(({ phase }) => phase === 'offered')
  const choice = verb === 'cancel' ? [...incoming.values(), ...outgoing.values()] : offered
  const fitting = nr === null ? choice : choice.filter((transfer) => transfer.nr === nr)
  const [chosen] = fitting
  if (chosen === undefined)
    return [notice(nr === null ? `there is no file to ${verb}` : `there is no file ${nr} to ${verb}`)]
  if (fitting.length > 1)
    return [notice(`which one? ${fitting.map((one) => `/${verb} ${one.nr} (${one.name})`).join(', ')}`)]
  if (!isIncoming(chosen)) return cancelSending(session, chosen, context)
  return verb === 'accept' ? accept(session, chosen, context) : refuse(session, chosen, context)
}

function isIncoming(transfer: object): transfer is Incoming {
  return 'chunks' in transfer
}

function onEnd(
  session: Session,
  author: string,
  { file, outcome }: Extract<FileBody, { kind: 'file-end' }>,
  context: StepContext
): Effect[] {
  const out = session.files.outgoing.get(file)
  if (out?.peer.id === author) return onSentEnd(session, out, outcome, context)
  const incoming = session.files.incoming.get(file)
  return incoming?.peer.id === author ? onReceivedEnd(session, incoming, outcome, context) : [invalid('file-unasked')]
}
