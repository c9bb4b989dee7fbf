// How an author is shown: under which name, and how far that name can be trusted. Pure. This is the only place that
// decides it, so that nobody can appear as somebody else in another way (invariant "no borrowed names").

import type { Trust } from '../screens/screen.ts'
import { defaultName, shownName } from '../text/name.ts'
import { type AddressBook, isContact, noteSeen, ownerOf } from './address-book.ts'
import { looksLike } from './skeleton.ts'

/**
 * Stands between a name and its owner's fingerprint where the name alone would mislead. No name contains it (name.ts).
 */
export const NAME_MARK = '~'
/** Stands between a name and the network from which a bridge brought it. */
export const OUTSIDE_MARK = '@'

export interface Known {
  /** As it may be shown; never a name that somebody else in the book owns. */
  readonly name: string
  readonly trust: Trust
}

export interface Self {
  readonly id: string
  readonly name: string
  /** When this run began, in ms since the epoch: people first seen after that are new. */
  readonly startedAt: number
}

/** First 8 hex digits of an id: what people compare at a glance. */
export function fingerprintOf(id: string): string {
  return id.slice(0, 8)
}

/** Who `id` is if it calls itself `claimed` (as received). Remembers nothing. */
export function identify(book: AddressBook, self: Self, id: string, claimed: string): Known {
  const person = book.people.get(id)
  if (person !== undefined && isContact(person)) {
    return { name: person.name, trust: person.standing === 'verified' ? 'verified' : 'pinned' }
  }
  const name = shownName(claimed) || defaultName(id)
  if (isOfAnother(book, self, id, name)) return { name: `${name}${NAME_MARK}${fingerprintOf(id)}`, trust: 'changed' }
  return { name, trust: person === undefined || person.firstAt >= self.startedAt ? 'new' : 'seen' }
}

/** The same, but remembers the name for next time. */
export function meet(book: AddressBook, self: Self, id: string, claimed: string, now: number): Known {
  const known = identify(book, self, id, claimed)
  if (known.trust !== 'changed') noteSeen(book, id, known.name, now)
  return known
}

/**
 * An author for whose name at most a bridge vouches: shown as `name@network`, which is how bridges write it and what
 * nobody here can be called. Never remembered.
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
