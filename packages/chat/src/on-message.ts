// What follows from a message that arrived over the network, or from a sealed message that was opened. Pure.

import { retrySearches, titleOf } from './conversations/direct.ts'
import { isRoom, roomOf } from './conversations/rooms.ts'
import { isRepeatable, onFileMessage } from './files/on-file.ts'
import { admits } from './guard/author-rate.ts'
import { passesMarks } from './guard/high-water-marks.ts'
import { noteRefused } from './guard/refused.ts'
import { takeSealed } from './guard/sealed-replay.ts'
import { isBlocked, isContact } from './people/address-book.ts'
import { answerSoon } from './people/announcing.ts'
import { makePlace, sight } from './people/roster.ts'
import { fingerprintOf, type Known, meet, outsider } from './people/trust.ts'
import type { Spoken } from './screens/screen.ts'
import type { Opened } from './sealed/sealed-message.ts'
import { conversationEvent, type Effect, invalid, type StepContext, show } from './session/effects.ts'
import { conversationOf, noteConversation, noteShown, takeReceipt } from './session/pending.ts'
import { idOf, knownOf, MAX_SHOWN_BYTES, type MessageId, noteSpeaker, type Session } from './session/session.ts'
import { cutText } from './text/clean-text.ts'
import { isSameName, keptName } from './text/name.ts'
import { isNamedIn } from './text/naming.ts'
import { decodeEnvelope, type Envelope } from './wire/envelope.ts'
import type { FileOffer } from './wire/file-messages.ts'
import type { Presence } from './wire/presence.ts'
import { type Body, decodeBody } from './wire/sealed-body.ts'

const NO_DATA = new Uint8Array()

/** A network message as the chat sees it; see the transport's `Message`. */
export interface Arrived extends MessageId {
  readonly payload: Uint8Array
}

/** A message that is not sealed. */
export function onMessage(session: Session, message: Arrived, context: StepContext): Effect[] {
  const decoded = decodeEnvelope(message.payload)
  if (decoded.kind === 'invalid') return [decoded]
  const { origin, incarnation, seq } = message
  const marking = { keeps: (id: string) => isContactOf(session, id), nowMs: context.wall }
  if (!passesMarks(session.marks, origin, incarnation, seq, marking)) return [invalid('replayed')]
  if (isBlocked(session.book, origin)) return []
  return decoded.kind === 'presence'
    ? onPresence(session, origin, decoded.presence, context)
    : onEnvelope(session, message, decoded.envelope, context)
}

/** A sealed message, tried with our key. One for others has no effect, and the caller counts it. */
export function onSealed(
  session: Session,
  opened: Exclude<Opened, { kind: 'closed' }>,
  context: StepContext
): Effect[] {
  if (opened.kind === 'forged') return [invalid('sealed-forged')]
  const body = decodeBody(opened.body)
  if (body === null) return [invalid('sealed-unreadable')]
  if (isBlocked(session.book, opened.author)) return []
  if (isRepeatable(body.content)) return onBody(session, opened.author, body, context)
  const verdict = takeSealed(session.sealed, opened.author, body, context.wall, isContactOf(session, opened.author))
  if (verdict === 'replayed') return [invalid('replayed')]
  if (verdict !== 'fresh') {
    noteRefused(session.refusals, opened.author, verdict === 'outdated' ? body.at - context.wall : null)
    return [invalid(`sealed-${verdict}`)]
  }
  return onBody(session, opened.author, body, context)
}

function onBody(session: Session, author: string, { id, content, data }: Body, context: StepContext): Effect[] {
  switch (content.kind) {
    case 'text':
      return onDirectText(session, author, id, content, context)
    case 'read':
      return takeReceipt(session.pending, author, content.ids).map((said) =>
        show({ ...said, to: knownOf(session, author).name, state: 'read' })
      )
    case 'file-offer':
      return onFileOffer(session, author, content, context)
    case 'file-ask':
    case 'file-chunk':
    case 'file-end':
      return onFileMessage(session, author, content, data, context)
  }
}

function onFileOffer(session: Session, author: string, offer: FileOffer, context: StepContext): Effect[] {
  const { known, effects } = encounter(session, author, offer.name, offer.key, context)
  if (!admits(session.suppression, author, known.name, context.now)) return effects
  return [...effects, ...onFileMessage(session, author, offer, NO_DATA, context)]
}

function onDirectText(
  session: Session,
  author: string,
  id: string,
  { text, name, key, to }: Extract<Body['content'], { kind: 'text' }>,
  context: StepContext
): Effect[] {
  // Its signature covers our key. If we are not on its list, its author is lying to the others.
  if (!to.includes(session.id)) return [invalid('sealed-forged')]
  const { known, effects } = encounter(session, author, name, key, context)
  if (!admits(session.suppression, author, known.name, context.now)) return effects
  const others = [author, ...to.filter((other) => other !== session.id && other !== author)]
  const conversation = conversationOf(others)
  const title = titleOf(session, others)
  if (noteConversation(session.pending, conversation, others))
    effects.push(conversationEvent(conversation, title, 'opened'))
  noteSpeaker(session, author)
  if (!session.silent) noteShown(session.pending, { conversation, author, id })
  const direct = { direct: true, to: session.name, sealed: true, conversation, title, mention: true }
  return [...effects, spoken(known, author, text, direct, id, context)]
}

function onPresence(session: Session, origin: string, presence: Presence, context: StepContext): Effect[] {
  const { name, key, state, asks } = presence
  if (state === 'gone') return onGone(session, origin, context)
  if (asks) answerSoon(session.announcing, session.roster, context.now, context.random)
  const { effects } = encounter(session, origin, name, key, context)
  return [...effects, ...retrySearches(session, context)]
}

function onGone(session: Session, id: string, context: StepContext): Effect[] {
  if (!session.roster.has(id)) return []
  const { name } = knownOf(session, id)
  session.roster.delete(id)
  if (!admits(session.suppression, id, name, context.now)) return []
  return [show({ kind: 'presence', name, fingerprint: fingerprintOf(id), change: 'left', at: context.wall })]
}

function onEnvelope(
  session: Session,
  message: Arrived,
  { text, from, to, via }: Envelope,
  context: StepContext
): Effect[] {
  const { origin } = message
  const { known, effects } =
    via === '' ? encounter(session, origin, from, null, context) : { known: outsider(from, via), effects: [] }
  const room = isRoom(to) ? roomOf(to) : ''
  const direct = to !== '' && room === ''
  if (direct && !isSameName(to, session.name)) return effects
  if (room !== '' && !session.rooms.has(room)) return effects
  if (!admits(session.suppression, origin, known.name, context.now)) return effects
  if (via === '') noteSpeaker(session, origin)
  const words = to === '' ? text : text.replace(/^ /, '')
  const place = {
    direct,
    to: direct ? session.name : null,
    sealed: false,
    // What everybody can read does not belong in a conversation that nobody else can read.
    conversation: room,
    title: room,
    mention: direct || isNamedIn(session.name, words)
  }
  return [...effects, spoken(known, origin, words, place, idOf(message), context)]
}

// Somebody is there, with a name and perhaps a key.
function encounter(
  session: Session,
  id: string,
  raw: string,
  key: Uint8Array | null,
  context: StepContext
): { known: Known; effects: Effect[] } {
  const claimed = keptName(raw)
  const again = knownAlready(session, id, claimed, context)
  if (again !== null && key === null) return { known: again, effects: [] }
  const before = session.roster.has(id) ? knownOf(session, id).name : ''
  const known = meet(session.book, session, id, claimed, context.now)
  if (!session.roster.has(id) && isContactOf(session, id))
    makePlace(session.roster, (other) => isContactOf(session, other))
  const { change } = sight(session.roster, id, claimed, key, context.now)
  const member = session.roster.get(id)
  if (member !== undefined) member.known = { as: known, revision: session.book.revision }
  const event = { kind: 'presence', name: known.name, fingerprint: fingerprintOf(id), at: context.wall } as const
  const renamed = change === 'renamed' && before !== known.name
  if (change !== 'joined' && !renamed) return { known, effects: [] }
  if (!admits(session.suppression, id, known.name, context.now)) return { known, effects: [] }
  const presence = renamed
    ? { ...event, change: 'renamed' as const, previous: before }
    : { ...event, change: 'joined' as const }
  return { known, effects: [show(presence), ...warning(id, known)] }
}

function isContactOf({ book }: Session, id: string): boolean {
  return isContact(book.people.get(id))
}

// Most messages come from the person who has just spoken, with the same name, and identifying them costs more than
// everything else about a message.
function knownAlready({ roster, book }: Session, id: string, claimed: string, context: StepContext): Known | null {
  const member = roster.get(id)
  if (member === undefined || member.claimed !== claimed || member.known?.revision !== book.revision) return null
  const person = book.people.get(id)
  if (person !== undefined) person.lastAt = context.now
  member.lastAt = context.now
  return member.known.as
}

// Loud, and once each time it arises; each of their lines is marked as well.
function warning(id: string, { name, trust }: Known): Effect[] {
  if (trust !== 'changed') return []
  const fingerprint = fingerprintOf(id)
  const text = `WARNING: ${name} is another key than the one known by that name: /whois ${fingerprint}, /contact add ${fingerprint} NAME`
  return [show({ kind: 'notice', text })]
}

function spoken(
  { name, trust }: Known,
  author: string,
  raw: string,
  place: Pick<Spoken, 'direct' | 'to' | 'sealed' | 'conversation' | 'title' | 'mention'>,
  id: string,
  context: StepContext
): Effect {
  const { text, cutBytes } = cutText(raw, MAX_SHOWN_BYTES)
  return show({
    kind: 'message',
    from: name,
    fingerprint: fingerprintOf(author),
    text: cutBytes === 0 ? text : `${text}… (${cutBytes} bytes cut)`,
    trust,
    at: context.wall,
    id,
    ...place
  })
}
