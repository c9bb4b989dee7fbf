// Whom this user knows: which key has which name. Trust on first use: a name belongs to the key that was first seen
// with it, and pinning (`/contact add`) makes that permanent. Pure and bounded; store/book-file.ts keeps it on disk.
import { ANY_LETTER, isAlike, skeletonsOf } from './skeleton.ts'

/** Contacts that the user made: more than anybody compares keys with. */
export const MAX_CONTACTS = 1_000
/** People seen; beyond this, those known for the shortest time are forgotten. A guess: 300 KB of file. */
export const MAX_SEEN = 2_000
/** Blocked keys. Keys are free, so blocking cannot stop a crowd; see docs/SECURITY.md. */
export const MAX_BLOCKED = 1_000
/** Names that stay with a key after it changes its name, so that nobody else can pass for it in the meantime. */
const MAX_NAMES = 4

/** `contact`: pinned by the user. `verified`: their phrase was compared as well. */
export type Standing = 'seen' | 'contact' | 'verified'

export interface Acquaintance {
  /** Ed25519 key, 64 hex digits. */
  readonly id: string
  /** For a contact, the name that the user gave; otherwise the one it uses. */
  name: string
  standing: Standing
  blocked: boolean
  /** Skeletons of the names that belong to it, the latest first. */
  names: readonly string[]
  /** In ms since the epoch. */
  firstAt: number
  lastAt: number
}

export interface AddressBook {
  readonly people: Map<string, Acquaintance>
  /** From the skeleton of a name to the id that owns it. */
  readonly owners: Map<string, string>
  /** Whether something worth keeping has changed since the last save. */
  dirty: boolean
  /** Rises with every change of what people are called or trusted. */
  revision: number
}

export function newAddressBook(people: Iterable<Acquaintance> = []): AddressBook {
  const book: AddressBook = { people: new Map(), owners: new Map(), dirty: false, revision: 0 }
  // Contacts last, so that a contact wins if two people claim a name.
  for (const person of [...people].sort((a, b) => rank(a) - rank(b))) {
    book.people.set(person.id, person)
    // An earlier version may have judged similar names differently when it saved them.
    if (person.names.length > 0)
      person.names = [...new Set([...skeletonsOf(person.name), ...person.names])].slice(0, MAX_NAMES)
    for (const name of person.names) book.owners.set(name, person.id)
  }
  return book
}

/** Call this whenever something in the book, or in what it is compared with, has changed. */
export function touch(book: AddressBook): void {
  book.dirty = true
  book.revision++
}

/**
 * The owner of this name, or of one that looks like it; null if it has none. If both `id` and somebody else own it, the
 * other.
 */
export function ownerOf(book: AddressBook, name: string, id: string): string | null {
  const owners = skeletonsOf(name).flatMap((skeleton) => ownersOf(book, skeleton))
  return owners.find((owner) => owner !== id) ?? owners[0] ?? null
}

function ownersOf({ owners }: AddressBook, skeleton: string): string[] {
  const owner = owners.get(skeleton)
  if (owner !== undefined || !skeleton.includes(ANY_LETTER)) return owner === undefined ? [] : [owner]
  return [...owners].filter(([owned]) => isAlike(owned, skeleton)).map(([, id]) => id)
}

export function isContact(person: Acquaintance | undefined): boolean {
  return person !== undefined && person.standing !== 'seen'
}

export function isBlocked(book: AddressBook, id: string): boolean {
  return book.people.get(id)?.blocked === true
}

/**
 * Remembers that `id` uses `name`, unless somebody else owns the name. Contacts keep the name that the user gave them.
 */
export function noteSeen(book: AddressBook, id: string, name: string, now: number): void {
  const person = book.people.get(id)
  if (person !== undefined) person.lastAt = now
  const owner = ownerOf(book, name, id)
  if (owner === id && (person?.name === name || isContact(person))) return
  if (owner !== null && owner !== id) return
  if (isContact(person)) return
  if (person === undefined) makeRoom(book)
  own(book, person ?? addPerson(book, id, name, 'seen', now), name)
}

export type PinResult = 'added' | 'full' | { takenBy: Acquaintance }

/**
 * Makes `id` a contact called `name`. A name that was only seen with another key moves to this one; a contact's does
 * not.
 */
export function pin(book: AddressBook, id: string, name: string, now: number): PinResult {
  const owner = book.people.get(ownerOf(book, name, id) ?? '')
  if (owner !== undefined && owner.id !== id && isContact(owner)) return { takenBy: owner }
  const person = book.people.get(id)
  if (!isContact(person) && count(book, isContact) >= MAX_CONTACTS) return 'full'
  const contact = person ?? addPerson(book, id, name, 'contact', now)
  if (contact.standing === 'seen') contact.standing = 'contact'
  own(book, contact, name)
  return 'added'
}

/** Marks a contact's key as compared by its phrase. */
export function markVerified(book: AddressBook, id: string): boolean {
  const person = book.people.get(id)
  if (!isContact(person) || person === undefined) return false
  person.standing = 'verified'
  touch(book)
  return true
}

/** Forgets somebody, including their names. A block stays. */
export function forget(book: AddressBook, id: string): boolean {
  const person = book.people.get(id)
  if (person === undefined) return false
  release(book, person)
  touch(book)
  if (person.blocked) Object.assign(person, { standing: 'seen', names: [] })
  else book.people.delete(id)
  return true
}

/** False if there is no room for another block. */
export function setBlocked(book: AddressBook, id: string, name: string, blocked: boolean, now: number): boolean {
  if (blocked && count(book, (person) => person.blocked) >= MAX_BLOCKED) return false
  const person = book.people.get(id) ?? addPerson(book, id, name, 'seen', now)
  person.blocked = blocked
  touch(book)
  return true
}

function rank({ standing }: Acquaintance): number {
  return standing === 'seen' ? 0 : 1
}

function addPerson(book: AddressBook, id: string, name: string, standing: Standing, now: number): Acquaintance {
  const person: Acquaintance = { id, name, standing, blocked: false, names: [], firstAt: now, lastAt: now }
  book.people.set(id, person)
  return person
}

function own(book: AddressBook, person: Acquaintance, name: string): void {
  const skeletons = skeletonsOf(name)
  for (const skeleton of skeletons) takeFrom(book, skeleton, person)
  const names = [...new Set([...skeletons, ...person.names])]
  for (const old of names.slice(MAX_NAMES)) book.owners.delete(old)
  person.names = names.slice(0, MAX_NAMES)
  person.name = name
  for (const skeleton of skeletons) book.owners.set(skeleton, person.id)
  touch(book)
}

function takeFrom(book: AddressBook, skeleton: string, person: Acquaintance): void {
  const before = book.people.get(book.owners.get(skeleton) ?? '')
  if (before !== undefined && before !== person) before.names = before.names.filter((other) => other !== skeleton)
}

function release(book: AddressBook, person: Acquaintance): void {
  for (const name of person.names) if (book.owners.get(name) === person.id) book.owners.delete(name)
}

function makeRoom(book: AddressBook): void {
  if (book.people.size < MAX_SEEN) return
  const seen = [...book.people.values()].filter((person) => !isContact(person) && !person.blocked)
  if (seen.length < MAX_SEEN) return
  // A tenth at once, so that a crowd of new names does not search the book for each. People who were there only once go
  // first, so that such a crowd displaces its own.
  const fleeting = seen.sort((a, b) => timeKnown(a) - timeKnown(b) || a.lastAt - b.lastAt).slice(0, MAX_SEEN / 10)
  for (const person of fleeting) {
    release(book, person)
    book.people.delete(person.id)
  }
}

function timeKnown({ firstAt, lastAt }: Acquaintance): number {
  return lastAt - firstAt
}

function count(book: AddressBook, holds: (person: Acquaintance) => boolean): number {
  let found = 0
  for (const person of book.people.values()) if (holds(person)) found++
  return found
}
