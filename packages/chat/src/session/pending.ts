// The direct lines of one user that are not finished: those whose reader we are still looking for, those sent and not
// yet read, and receipts to give. Pure and bounded.
import type { ConversationKey, Said } from '../screens/screen.ts'

/**
 * How long the chat looks for somebody before they count as absent: an answer to "who is there" takes a second or two.
 */
export const SEARCH_MS = 5_000
/** Lines that may wait for their readers. A pipe may bring many at once. */
export const MAX_SEARCHING = 1_000
/** Sent sealed messages whose receipt the chat awaits; older ones are never shown as read. */
export const MAX_AWAITED = 1_000
/**
 * Sealed messages that wait to be seen; beyond this, the oldest are never confirmed. A guess: days of a talkative room.
 */
export const MAX_SHOWN = 4_096
/**
 * Receipts wait this long, plus a random time of up to as much, so that they do not point at the sealed message that
 * they answer.
 */
export const RECEIPT_DELAY_MS = 500
/** Conversations remembered. */
export const MAX_CONVERSATIONS = 256

/**
 * What was typed for readers who have not all been found yet: a line, a file to offer, or the wish to open a
 * conversation (neither).
 */
export interface Search {
  readonly words: readonly string[]
  readonly text: string | null
  /** A file to offer to the named person. */
  readonly path?: string
  readonly until: number
  /** The conversation in which it was typed. */
  readonly typedIn: ConversationKey
}

export interface Awaited {
  readonly said: Said
  /** Ids of those who have not read it. */
  readonly unread: Set<string>
}

export interface Receipts {
  readonly ids: string[]
  readonly dueAt: number
}

/** A sealed message that is in its conversation but perhaps not seen yet. */
export interface Shown {
  readonly conversation: ConversationKey
  readonly author: string
  readonly id: string
}

export interface Pending {
  /** Oldest first. */
  shown: Shown[]
  searches: Search[]
  /** By the id of the sealed message, oldest first. */
  readonly awaited: Map<string, Awaited>
  /** By the id of the person who wrote the sealed messages. */
  readonly receipts: Map<string, Receipts>
  /** The participants without this user; the latest conversation last. */
  readonly conversations: Map<ConversationKey, readonly string[]>
}

export function newPending(): Pending {
  return { shown: [], searches: [], awaited: new Map(), receipts: new Map(), conversations: new Map() }
}

/** The conversation of these people. 16 digits each: somebody could match 8 on purpose within a day. */
export function conversationOf(ids: readonly string[]): ConversationKey {
  return `@${[...ids]
    .map((id) => id.slice(0, 16))
    .sort()
    .join(',')}`
}

/** Remembers a conversation; true if it is new. */
export function noteConversation({ conversations }: Pending, key: ConversationKey, ids: readonly string[]): boolean {
  const isNew = !conversations.delete(key)
  conversations.set(key, ids)
  if (conversations.size > MAX_CONVERSATIONS) dropFirst(conversations)
  return isNew
}

/**
 * The user has moved elsewhere: conversations that still look for people are not opened any more. Lines said to them
 * stay on their way.
 */
export function stopOpening(pending: Pending): void {
  pending.searches = pending.searches.filter(({ text }) => text !== null)
}

export function awaitReceipts({ awaited }: Pending, said: Said, readers: readonly string[]): void {
  awaited.set(said.id, { said, unread: new Set(readers) })
  if (awaited.size > MAX_AWAITED) dropFirst(awaited)
}

/** `reader` has read these sealed messages. Returns those that were sent to it and that it had not read before. */
export function takeReceipt({ awaited }: Pending, reader: string, ids: readonly string[]): Said[] {
  return ids.flatMap((id) => {
    const sealed = awaited.get(id)
    if (sealed === undefined || !sealed.unread.delete(reader)) return []
    if (sealed.unread.size === 0) awaited.delete(id)
    return [sealed.said]
  })
}

/** A sealed message is in its conversation: we owe its receipt once the user has that conversation in front. */
export function noteShown(pending: Pending, message: Shown): void {
  pending.shown.push(message)
  if (pending.shown.length > MAX_SHOWN) pending.shown.shift()
}

/** The messages that the user has seen; `front` is what they look at; null: a screen that shows all in one. */
export function takeSeen(pending: Pending, front: ConversationKey | null): Shown[] {
  const isSeen = ({ conversation }: Shown) => front === null || conversation === front
  const seen = pending.shown.filter(isSeen)
  if (seen.length > 0) pending.shown = pending.shown.filter((message) => !isSeen(message))
  return seen
}

/** The user has seen a sealed message of `author`. */
export function oweReceipt({ receipts }: Pending, author: string, id: string, now: number, random: () => number): void {
  const owed = receipts.get(author)
  if (owed !== undefined) owed.ids.push(id)
  else receipts.set(author, { ids: [id], dueAt: now + RECEIPT_DELAY_MS * (1 + random()) })
}

/** The receipts that are due; all of them when `now` is infinite. */
export function takeDueReceipts({ receipts }: Pending, now: number): [author: string, ids: string[]][] {
  const due = [...receipts].filter(([, { dueAt }]) => dueAt <= now)
  for (const [author] of due) receipts.delete(author)
  return due.map(([author, { ids }]) => [author, ids])
}

function dropFirst<T>(map: Map<string, T>): void {
  map.delete(map.keys().next().value ?? '')
}
