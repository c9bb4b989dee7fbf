// The conversations of the screen, their order, which one is in front, and what is unread in each. Pure state and
// functions over it.
import type { ConversationKey } from '../../screens/screen.ts'
import { type Draft, isNews } from './entries.ts'
import { Scrollback } from './scrollback.ts'

/**
 * Conversations kept. Strangers open direct ones by writing, so there must be a limit: the one that was silent longest
 * goes (a guess), but none in which this user takes part while there are others.
 */
export const MAX_CONVERSATIONS = 50

export interface Conversation {
  readonly key: ConversationKey
  title: string
  readonly scrollback: Scrollback
  /** Messages since it was last in front. */
  unread: number
  /** How many of them name this user. */
  mentions: number
  /** A line after this entry says that what follows is new; null: none. */
  readUpTo: number | null
  /** The lowest row shown; null: the newest, and the view follows it. */
  bottom: Position | null
  /** This user has said something in it, or it is a room that they joined. */
  isJoined: boolean
  /** When something was last added, on the screen's clock. */
  activeAt: number
}

/** A row of the scrollback: the row of entry `seq` that has `below` rows of the same entry below it. */
export interface Position {
  readonly seq: number
  readonly below: number
}

export interface Conversations {
  /** In the order of their numbers; everyone is the first, and always there. */
  list: Conversation[]
  current: Conversation
  /** The one that was in front before. */
  previous: ConversationKey
}

export function newConversations(): Conversations {
  const everyone = newConversation('', '')
  return { list: [everyone], current: everyone, previous: '' }
}

/** The conversation with this key, created if need be. */
export function open(state: Conversations, key: ConversationKey, title: string, now: number): Conversation {
  const found = state.list.find((conversation) => conversation.key === key)
  if (found !== undefined) {
    if (title !== '') found.title = title
    return found
  }
  const fresh = newConversation(key, title)
  fresh.activeAt = now
  state.list.push(fresh)
  if (state.list.length > MAX_CONVERSATIONS) closeIdlest(state, fresh)
  return fresh
}

export function close(state: Conversations, key: ConversationKey): void {
  const closing = state.list.find((conversation) => conversation.key === key)
  if (closing === undefined || key === '') return
  const left = state.list.filter((conversation) => conversation !== closing)
  const fallback = left.find((conversation) => conversation.key === state.previous) ?? left[0]
  if (state.current === closing && fallback !== undefined) bringToFront(state, fallback)
  state.list = left
}

/** Clears what is shown of it. */
export function clear({ list }: Conversations, key: ConversationKey): void {
  const found = list.find((conversation) => conversation.key === key)
  if (found === undefined) return
  found.scrollback.clear()
  Object.assign(found, { unread: 0, mentions: 0, readUpTo: null, bottom: null })
}

/** Something has arrived in it that the user may not see now. */
export function noteNews(state: Conversations, of: Conversation, mention: boolean): void {
  if (of === state.current) return
  of.unread++
  if (mention) of.mentions++
}

export function bringToFront(state: Conversations, next: Conversation): void {
  const { current } = state
  if (next === current) return
  current.readUpTo = current.scrollback.lastSeq
  state.previous = current.key
  state.current = next
  next.unread = 0
  next.mentions = 0
}

/** The conversation `steps` further on, from the last to the first. */
export function neighbour({ list, current }: Conversations, steps: number): Conversation {
  const at = list.indexOf(current) + steps
  return list[(at + list.length) % list.length] ?? current
}

/** Where to go to see what is new: mentions first, then what has waited longest; nowhere if there is nothing. */
export function mostPressing({ list, current }: Conversations): Conversation {
  const waiting = list.filter((conversation) => conversation !== current && conversation.unread > 0)
  const byUrgency = (one: Conversation, other: Conversation) =>
    Number(other.mentions > 0) - Number(one.mentions > 0) || one.activeAt - other.activeAt
  return waiting.sort(byUrgency)[0] ?? current
}

/** `at`: ms since the epoch; `now`: ms of the screen's clock. `mention`: somebody means this user. */
export function add(
  state: Conversations,
  to: Conversation,
  draft: Draft,
  { at, now, mention }: { at: number; now: number; mention: boolean }
): void {
  to.scrollback.add(draft, at, now)
  to.activeAt = now
  if (draft.kind === 'said') to.isJoined = true
  if (isNews(draft)) noteNews(state, to, mention)
}

function newConversation(key: ConversationKey, title: string): Conversation {
  return {
    key,
    title,
    scrollback: new Scrollback(),
    unread: 0,
    mentions: 0,
    readUpTo: null,
    bottom: null,
    isJoined: key.startsWith('#'),
    activeAt: 0
  }
}

function closeIdlest(state: Conversations, but: Conversation): void {
  const mayGo = state.list.filter((one) => one.key !== '' && one !== but && one !== state.current)
  const strange = mayGo.filter((one) => !one.isJoined)
  const idle = strange.length > 0 ? strange : mayGo
  const idlest = idle.reduce((best, one) => (one.activeAt < best.activeAt ? one : best), idle[0] ?? but)
  close(state, idlest.key)
}

export function nameOf({ key, title }: Conversation): string {
  if (key === '') return 'everyone'
  return key.startsWith('#') ? title || key : `@${title || key.slice(1)}`
}
