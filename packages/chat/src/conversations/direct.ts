// Direct lines on their way out: finds readers, makes sealed messages, and decides what happens to those without a
// reader. Pure.

import { beginSending } from '../files/sending.ts'
import { announceSoon } from '../people/announcing.ts'
import { fingerprintOf, NAME_MARK, OUTSIDE_MARK } from '../people/trust.ts'
import type { ConversationKey, Said } from '../screens/screen.ts'
import { conversationEvent, type Effect, notice, type StepContext, show, undone } from '../session/effects.ts'
import {
  awaitReceipts,
  conversationOf,
  MAX_SEARCHING,
  noteConversation,
  SEARCH_MS,
  type Search
} from '../session/pending.ts'
import { knownOf, noteWrittenTo, type Session } from '../session/session.ts'
import { isSameName } from '../text/name.ts'
import { MAX_RECIPIENTS } from '../wire/sealed-body.ts'
import { findPresent, findReader, rivalsOf } from './finding.ts'

/**
 * Says `text` to everyone that `words` name, or opens a conversation with them (`text` null). Waits a little for people
 * who are not there.
 */
export function sendTo(
  session: Session,
  words: readonly string[],
  text: string | null,
  context: StepContext
): Effect[] {
  const problem = problemWith(session, words)
  if (problem !== null) return [undone(problem)]
  return seek(session, { words, text, until: context.now + SEARCH_MS, typedIn: session.current }, context)
}

/** Offers a file to the person that `word` names, once we know who that is. */
export function sendFileTo(session: Session, word: string, path: string, context: StepContext): Effect[] {
  const problem = problemWith(session, [word])
  if (problem !== null) return [undone(problem)]
  return seek(
    session,
    { words: [word], text: null, path, until: context.now + SEARCH_MS, typedIn: session.current },
    context
  )
}

function seek(session: Session, search: Search, context: StepContext): Effect[] {
  const { words } = search
  // In the order typed: a later line must not overtake one to somebody we are still looking for.
  const waits = session.pending.searches.some((other) => other.words.some((word) => words.includes(word)))
  const readers = waits ? null : readersOf(session, words)
  if (readers !== null) return deliver(session, search, readers, context)
  if (session.pending.searches.length >= MAX_SEARCHING) return nobody(session, search, context)
  if (!waits && knowsWhoIsHere(session, context.now)) return nobody(session, search, context)
  session.pending.searches.push(search)
  if (waits) return []
  announceSoon(session.announcing, context.now, true)
  const missing = words.filter((word) => findReader(session, word) === null).map((word) => nameOf(session, word))
  return [notice(`looking for ${missing.join(', ')}...`)]
}

// Everyone here has been asked and had time to answer, so people who did not answer are not here.
function knowsWhoIsHere({ companySince }: Session, now: number): boolean {
  return companySince !== null && Math.abs(now - companySince) >= SEARCH_MS
}

/** Says `text` in a direct conversation that was opened earlier. */
export function sendIn(session: Session, conversation: ConversationKey, text: string, context: StepContext): Effect[] {
  const ids = session.pending.conversations.get(conversation)
  if (ids === undefined) return [undone('not said: that conversation is closed; /dm NAME opens one')]
  return sendTo(session, ids, text, context)
}

/** Whom a `/dm` of the present conversation is still looking for; null if none is. */
export function openingOf({ pending, current }: Session): readonly string[] | null {
  const isOpening = ({ text, path, typedIn }: Search) => text === null && path === undefined && typedIn === current
  return pending.searches.findLast(isOpening)?.words ?? null
}

/** Looks again for people who were not there, and gives up after too long. */
export function retrySearches(session: Session, context: StepContext): Effect[] {
  const { searches } = session.pending
  if (searches.length === 0) return []
  session.pending.searches = []
  return searches.flatMap((search) => {
    const readers = readersOf(session, search.words)
    if (readers !== null) return deliver(session, search, readers, context)
    if (context.now >= search.until) return nobody(session, search, context)
    session.pending.searches.push(search)
    return []
  })
}

/** The conversation's name for people. */
export function titleOf(session: Session, ids: readonly string[]): string {
  return ids.map((id) => knownOf(session, id).name).join(', ')
}

type Readers = readonly { id: string; key: Uint8Array }[]

function problemWith(session: Session, words: readonly string[]): string | null {
  if (words.length > MAX_RECIPIENTS)
    return `a direct conversation has at most ${MAX_RECIPIENTS} readers; /join makes a room`
  for (const word of words) {
    if (word.includes(OUTSIDE_MARK))
      return `${word} is on another network: /plain ${word} TEXT is passed on there, for all to read`
    const found = findPresent(session, word)
    if (found.kind === 'self') return 'that is you'
    if (found.kind === 'one' && isSameName(knownOf(session, found.id).name, word)) {
      const [rival] = rivalsOf(session, found.id)
      if (rival !== undefined) return rivalText(word, found.id, rival)
    }
    if (found.kind === 'many') return `${word} fits several people; /who shows their fingerprints`
  }
  return null
}

function rivalText(word: string, one: string, other: string): string {
  const marked = (id: string) => `${word}${NAME_MARK}${fingerprintOf(id)}`
  return (
    `not said: two people here say that they are ${word}, and neither is your contact: write to ${marked(one)} or to ` +
    `${marked(other)}, or choose with /contact add ${fingerprintOf(one)} ${word}`
  )
}

// Null unless everyone is there.
function readersOf(session: Session, words: readonly string[]): Readers | null {
  const readers = new Map<string, { id: string; key: Uint8Array }>()
  for (const word of words) {
    const reader = findReader(session, word)
    if (reader === null) return null
    readers.set(reader.id, { id: reader.id, key: reader.key })
  }
  return [...readers.values()]
}

function deliver(session: Session, { text, path, typedIn }: Search, readers: Readers, context: StepContext): Effect[] {
  const [first] = readers
  for (const { id } of readers) noteWrittenTo(session, id)
  if (path !== undefined) return first === undefined ? [] : beginSending(session, first, path, context)
  const ids = readers.map(({ id }) => id)
  const conversation = conversationOf(ids)
  const title = titleOf(session, ids)
  const opened = noteConversation(session.pending, conversation, ids)
  const effects: Effect[] = opened ? [conversationEvent(conversation, title, 'opened')] : []
  // If the user has moved to another conversation in the meantime, do not pull them away.
  if (text === null && typedIn !== session.current) return effects
  if (text === null) return [...effects, ...makeCurrent(session, conversation, title)]
  const said = saidTo(session, conversation, title, text, context)
  awaitReceipts(session.pending, said, ids)
  const content = { kind: 'text', text, name: session.name, key: session.key, to: ids } as const
  return [...effects, { kind: 'sealed', readers, id: said.id, content, said }]
}

function makeCurrent(session: Session, conversation: ConversationKey, title: string): Effect[] {
  session.current = conversation
  return [
    conversationEvent(conversation, title, 'current'),
    notice(`you are talking to ${title}: sealed, nobody else can read it; /leave or /all goes back to everyone`)
  ]
}

function saidTo(
  session: Session,
  conversation: ConversationKey,
  title: string,
  text: string,
  context: StepContext
): Said {
  return {
    kind: 'said',
    from: session.name,
    text,
    to: title,
    conversation,
    title,
    at: context.wall,
    id: context.newId(),
    state: 'sent'
  }
}

function nobody(session: Session, { words, text, path }: Search, context: StepContext): Effect[] {
  const missing = words.filter((word) => findReader(session, word) === null)
  return missing.flatMap((word) => {
    const found = findPresent(session, word)
    if (found.kind === 'one') {
      const { name } = knownOf(session, found.id)
      if (path !== undefined) return [undone(`not sent: ${name} cannot read sealed messages`)]
      return [undone(`not said: ${name} cannot read sealed messages; /plain ${name} TEXT says it for everyone to read`)]
    }
    const name = nameOf(session, word)
    if (path !== undefined) return [undone(`not sent: nobody named ${name} is here`)]
    if (text === null) return [undone(`nobody named ${name} is here`)]
    return [show({ ...saidTo(session, '', name, text, context), state: 'nobody' })]
  })
}

// What was typed, or the id of somebody in a conversation.
function nameOf(session: Session, word: string): string {
  return session.book.people.has(word) ? knownOf(session, word).name : word
}
