// The content of a conversation, one entry for each thing that happened in it, and how an event becomes one. Pure.
import type { Presence, Said, ScreenEvent, Spoken, Transfer } from '../../screens/screen.ts'
import { LEFT_TEXT, listeningText } from '../../screens/screen-line.ts'

/** An entry before it has a place. */
export type Draft =
  | { readonly kind: 'spoken'; readonly spoken: Spoken }
  | { readonly kind: 'said'; readonly said: Said }
  | Comings
  | { readonly kind: 'renamed'; readonly presence: Presence }
  | { readonly kind: 'transfer'; readonly transfer: Transfer }
  | { readonly kind: 'suppressed'; readonly from: string; readonly fingerprint: string; readonly count: number }
  /** Messages that came faster than anyone reads, and were not kept. */
  | { readonly kind: 'skipped'; readonly count: number }
  | { readonly kind: 'notice'; readonly text: string }
  | { readonly kind: 'error'; readonly text: string }

/** Who came and went between two other entries. */
export interface Comings {
  readonly kind: 'comings'
  readonly joined: number
  readonly left: number
  /** The last few of them, each once. */
  readonly people: readonly Presence[]
}

/** `seq` rises within a conversation; `at` in ms since the epoch. */
export type Entry = Draft & { readonly seq: number; readonly at: number }

/** People named in an entry of comings; if there are more, it only says how many. */
export const MAX_NAMED = 3

/** Null: it is shown elsewhere (status line, conversations) or not at all. */
export function draftOf(event: ScreenEvent): Draft | null {
  switch (event.kind) {
    case 'message':
      return { kind: 'spoken', spoken: event }
    case 'said':
      return { kind: 'said', said: event }
    case 'presence':
      return event.change === 'renamed' ? { kind: 'renamed', presence: event } : comingsOf(event)
    case 'transfer':
      return { kind: 'transfer', transfer: event }
    case 'suppressed':
      return { kind: 'suppressed', from: event.from, fingerprint: event.fingerprint, count: event.count }
    case 'notice':
      // The transfer is there, and is updated in its place.
      return event.offer === undefined ? { kind: 'notice', text: event.text } : null
    case 'error':
      return { kind: 'error', text: `${event.message} (${event.code})` }
    case 'listening':
      return { kind: 'notice', text: listeningText(event) }
    case 'left':
      return { kind: 'notice', text: LEFT_TEXT }
    case 'peer-up':
    case 'peer-down':
    case 'conversation':
    case 'status':
      return null
  }
}

/** An entry that replaces both if `next` comes right after `last`; null if they stay apart. */
export function folded(last: Draft, next: Draft): Draft | null {
  if (last.kind === 'comings' && next.kind === 'comings') return foldComings(last, next)
  if (last.kind === 'skipped' && next.kind === 'skipped') return { ...last, count: last.count + next.count }
  if (last.kind === 'suppressed' && next.kind === 'suppressed' && last.fingerprint === next.fingerprint)
    return { ...next, count: last.count + next.count }
  return null
}

/** True if `next` updates `earlier` and takes its place. */
export function isUpdate(earlier: Draft, next: Draft): boolean {
  if (earlier.kind === 'said' && next.kind === 'said') return earlier.said.id === next.said.id
  if (earlier.kind === 'transfer' && next.kind === 'transfer') return earlier.transfer.id === next.transfer.id
  return false
}

/** What floods consist of: words for everyone that do not name this user. Nothing else is ever skipped. */
export function isSkippable(entry: Draft): boolean {
  if (entry.kind === 'spoken') return !entry.spoken.direct && !entry.spoken.mention && entry.spoken.trust !== 'changed'
  return entry.kind === 'renamed'
}

/** What makes a conversation unread. */
export function isNews(entry: Draft): boolean {
  // A file is news when it is offered, and when it has ended.
  return (
    entry.kind === 'spoken' ||
    (entry.kind === 'transfer' && entry.transfer.state !== 'running' && !isOwnOffer(entry.transfer))
  )
}

function isOwnOffer({ direction, state }: Transfer): boolean {
  return direction === 'out' && state === 'offered'
}

function comingsOf(presence: Presence): Comings {
  const joined = presence.change === 'joined'
  return { kind: 'comings', joined: joined ? 1 : 0, left: joined ? 0 : 1, people: [presence] }
}

function foldComings(last: Comings, next: Comings): Comings {
  const fresh = new Set(next.people.map(({ fingerprint }) => fingerprint))
  const people = [...last.people.filter(({ fingerprint }) => !fresh.has(fingerprint)), ...next.people]
  return {
    kind: 'comings',
    joined: last.joined + next.joined,
    left: last.left + next.left,
    people: people.slice(-MAX_NAMED - 1)
  }
}
