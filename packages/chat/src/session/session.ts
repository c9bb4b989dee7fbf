// One user's side of the chat as plain state: who they are, whom they know, what they take part in. on-line.ts handles
// lines, on-message.ts messages, and on-tick.ts time. No I/O anywhere here: chat.ts carries out the effects.

import type { TokenBucket } from '@floodnet/core'
import { newAnswers } from '../guard/answers.ts'
import { newSuppression, type Suppression } from '../guard/author-rate.ts'
import { type HighMarks, newHighMarks } from '../guard/high-water-marks.ts'
import { newRefusals, type Refusals } from '../guard/refused.ts'
import { newSealedReplay, type SealedReplay } from '../guard/sealed-replay.ts'
import { type AddressBook, newAddressBook } from '../people/address-book.ts'
import { type Announcing, newAnnouncing } from '../people/announcing.ts'
import type { Roster } from '../people/roster.ts'
import { identify, type Known } from '../people/trust.ts'
import type { ConversationKey } from '../screens/screen.ts'
import { defaultName } from '../text/name.ts'
import { type Files, newFiles } from './file-transfers.ts'
import { newPending, type Pending } from './pending.ts'

/**
 * Most bytes of a message that the chat shows: about two full screens, so that one message never buries the rest (a
 * guess).
 */
export const MAX_SHOWN_BYTES = 16 * 1024
/** Longest line that can be said at all, in bytes. */
export const MAX_SAID_BYTES = 1024 * 1024

/** Speakers remembered, so that Tab completes the latest first; as many as the completion examines for one word. */
export const MAX_SPEAKERS = 50

/** People to whom the user wrote, remembered for this run. A guess: more than anybody writes to in a day. */
export const MAX_WRITTEN_TO = 256

export interface Session {
  /** This node's key, 64 hex digits. */
  readonly id: string
  name: string
  /** Whether the next line is a name: `set username` has asked for it. */
  askingName: boolean
  /** The public half of the X25519 key to which messages to this user are sealed in this run. */
  readonly key: Uint8Array
  readonly startedAt: number
  /** Whether lines may be commands; if not, every line is said. */
  readonly obeys: boolean
  /** Only watches (`--tail`): tells nobody that it is there. */
  readonly silent: boolean
  /** Where a line from a screen without conversations of its own goes. */
  current: ConversationKey
  /** The conversation that the user looks at; null: the screen shows all in one. */
  front: ConversationKey | null
  readonly book: AddressBook
  readonly roster: Roster
  readonly announcing: Announcing
  readonly rooms: Set<string>
  /** Ids of the last speakers, the latest last. */
  readonly speakers: Set<string>
  /** Ids of people to whom the user wrote directly or sent a file in this run; the latest last. */
  readonly writtenTo: Set<string>
  /** What is left for answers to strangers. */
  readonly answers: TokenBucket
  readonly pending: Pending
  /** When we last got a first neighbour and asked who is there; null while there are none. */
  companySince: number | null
  /** In no network: nobody hears what is said. */
  away: boolean
  readonly sealed: SealedReplay
  readonly refusals: Refusals
  readonly marks: HighMarks
  readonly suppression: Suppression
  readonly files: Files
}

export interface SessionStart {
  readonly id: string
  /** Null: make one from the id. */
  readonly name: string | null
  readonly key: Uint8Array
  readonly startedAt: number
  readonly silent?: boolean
  /** Default true. */
  readonly obeys?: boolean
  /** Messages a second of one author that are shown; 0, the default, shows all. */
  readonly shownPerSecond?: number
  readonly book?: AddressBook
  readonly marks?: HighMarks
}

export function newSession(start: SessionStart): Session {
  const { book = newAddressBook(), startedAt } = start
  // We met them in an earlier run, whatever its clock said.
  for (const person of book.people.values()) person.firstAt = Math.min(person.firstAt, startedAt - 1)
  return {
    id: start.id,
    name: start.name ?? defaultName(start.id),
    askingName: false,
    key: start.key,
    startedAt,
    silent: start.silent ?? false,
    obeys: start.obeys ?? true,
    current: '',
    front: null,
    book,
    roster: new Map(),
    announcing: newAnnouncing(),
    rooms: new Set(),
    speakers: new Set(),
    writtenTo: new Set(),
    answers: newAnswers(),
    pending: newPending(),
    companySince: null,
    away: false,
    sealed: newSealedReplay(),
    refusals: newRefusals(),
    marks: start.marks ?? newHighMarks(),
    suppression: newSuppression(start.shownPerSecond ?? 0),
    files: newFiles()
  }
}

/**
 * The text before the line being typed. With the name as prompt, a typed line looks like a said one once it is sent.
 */
export function promptOf(session: Session): string {
  return session.askingName ? 'new name: ' : `${session.name}: `
}

/** `id` has just spoken. */
export function noteSpeaker({ speakers }: Session, id: string): void {
  noteLatest(speakers, id, MAX_SPEAKERS)
}

/** The user writes to `id` alone, or with few others. */
export function noteWrittenTo({ writtenTo }: Session, id: string): void {
  noteLatest(writtenTo, id, MAX_WRITTEN_TO)
}

function noteLatest(ids: Set<string>, id: string, max: number): void {
  ids.delete(id)
  ids.add(id)
  const [oldest] = ids
  if (ids.size > max && oldest !== undefined) ids.delete(oldest)
}

/** Somebody who is or was there, as shown. */
export function knownOf(session: Session, id: string): Known {
  const claimed = session.roster.get(id)?.claimed ?? session.book.people.get(id)?.name ?? ''
  return identify(session.book, session, id, claimed)
}

/** What names a message of the network, forever. */
export interface MessageId {
  readonly origin: string
  readonly incarnation: number
  readonly seq: number
  readonly index: number
}

/** The same name as one word. */
export function idOf({ origin, incarnation, seq, index }: MessageId): string {
  return `${origin.slice(0, 16)}-${incarnation}-${seq}-${index}`
}
