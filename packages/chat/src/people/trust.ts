// How an author is shown: under which name, and how far that name is to be trusted. Pure. The one place that decides
// this, so that nobody can appear as somebody else by another way (invariant "no borrowed names").

import type { Trust } from '../screens/screen.ts'
import { defaultName, shownName } from '../text/name.ts'
import { type AddressBook, isContact, noteSeen, ownerOf } from './address-book.ts'
import { looksLike } from './skeleton.ts'

/**
 * Stands between a name and its owner's fingerprint where the name alone would mislead. No name contains it (name.ts).
 */
export const NAME_MARK = '~'
/** Stands between a name and the network that a bridge brought it from. */
export const OUTSIDE_MARK = '@'

export interface Known {
  /** As it may be shown; never one that is another's in the book. */
  readonly name: string
  readonly trust: Trust
}

export interface Self {
  readonly id: string
  readonly name: string
  /** When this run began, in ms since the epoch: who was first seen since is new. */
  readonly startedAt: number
}

/** First 8 hex digits of an id: what people compare at a glance. */
export function fingerprintOf(id: string): string {
  return id.slice(0, 8)
}

/** Who `id` is, when it calls itself `claimed` (as received). Remembers nothing. */
export function identify(book: AddressBook, self: Self, id: string, claimed: string): Known {
  const person = book.people.get(id)
  if (person !== undefined && isContact(person)) {
    return { name: person.name, trust: person.standing === 'verified' ? 'verified' : 'pinned' }
  }
  const name = shownName(claimed) || defaultName(id)
  if (isOfAnother(book, self, id, name)) return { name: `${name}${NAME_MARK}${fingerprintOf(id)}`, trust: 'changed' }
  return { name, trust: person === undefined || person.firstAt >= self.startedAt ? 'new' : 'seen' }
}

/** The same, and remembers the name for next time. */
export function meet(book: AddressBook, self: Self, id: string, claimed: string, now: number): Known {
  const known = identify(book, self, id, claimed)
  if (known.trust !== 'changed') noteSeen(book, id, known.name, now)
  return known
}

/**
 * An author whose name a bridge vouches for, if anyone: shown as `name@network`, as bridges write it and as nobody here
 * can be called, and never remembered.
 */
export function outsider(claimed: string, via: string): Known {
  const mark = `${OUTSIDE_MARK}${via}`
  const name = claimed.endsWith(mark) ? claimed.slice(0, -mark.length) : claimed
  return { name: `${shownName(name) || 'anon'}${OUTSIDE_MARK}${shownName(via)}`, trust: 'outside' }
}

function isOfAnother(book: AddressBook, self: Self, id: string, name: string): boolean {
  const owner = ownerOf(book, name, id)
  return (owner !== null && owner !== id) || (id !== self.id && looksLike(name, self.name))
}
