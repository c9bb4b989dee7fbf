// Rooms: words that begin with '#'. A message to a room floods to every node like any other, addressed to '#room' in
// the way the tutorial addresses a name; only people who have joined are shown it. It is not secret: anybody can read
// it. Pure.

import type { ConversationKey } from '../screens/screen.ts'
import { conversationEvent, type Effect, notice } from '../session/effects.ts'
import { stopOpening } from '../session/pending.ts'
import type { Session } from '../session/session.ts'
import { nameProblem } from '../text/name.ts'

/** Rooms that one user may have joined at a time. A guess. */
export const MAX_ROOMS = 64

export function isRoom(conversation: ConversationKey): boolean {
  return conversation.startsWith('#')
}

/** The room's name in the form that everyone writes. */
export function roomOf(word: string): string {
  return `#${word.replace(/^#+/, '').normalize('NFC').toLowerCase()}`
}

export function join(session: Session, word: string): Effect[] {
  const room = roomOf(word)
  if (nameProblem(room.slice(1)) !== null)
    return [notice(`${word} is not a room: a room is # and a word, as in /join #tea`)]
  const isNew = !session.rooms.has(room)
  if (isNew && session.rooms.size >= MAX_ROOMS) return [notice(`you are in ${MAX_ROOMS} rooms; /leave one first`)]
  session.rooms.add(room)
  stopOpening(session.pending)
  session.current = room
  const current = conversationEvent(room, room, 'current')
  if (!isNew) return [current]
  const text = `you are in ${room}. It is not private: every node passes on what is said here, members are shown it; /leave leaves`
  return [conversationEvent(room, room, 'opened'), current, notice(text)]
}

/** Leaves a room, or closes a direct conversation. */
export function leave(session: Session, conversation: ConversationKey): Effect[] {
  const title = isRoom(conversation) ? conversation : 'the conversation'
  const was = isRoom(conversation)
    ? session.rooms.delete(conversation)
    : session.pending.conversations.has(conversation)
  if (!was)
    return [notice(conversation === '' ? 'there is nothing to leave; exit leaves the chat' : `you are not in ${title}`)]
  if (session.current === conversation) session.current = ''
  return [
    conversationEvent(conversation, title, 'closed'),
    conversationEvent(session.current, session.current, 'current'),
    notice(`you have left ${title}`)
  ]
}

/** Back to everyone. */
export function toEveryone(session: Session): Effect[] {
  stopOpening(session.pending)
  session.current = ''
  return [conversationEvent('', '', 'current'), notice('you are talking to everyone')]
}
