// The commands about people: who is there, who they are, whom to keep in the address book and whom to block. Pure.

import { findKnown } from '../conversations/finding.ts'
import { forget, isContact, MAX_BLOCKED, MAX_CONTACTS, markVerified, pin, setBlocked } from '../people/address-book.ts'
import { phraseOf } from '../people/phrase.ts'
import { fingerprintOf } from '../people/trust.ts'
import { type Effect, notice, notices, undone } from '../session/effects.ts'
import { knownOf, type Session } from '../session/session.ts'
import { nameProblem } from '../text/name.ts'

/** Lines of one list: more than a screen holds, but too few to flood it. */
const MAX_LISTED = 200

const TRUST_WORDS = {
  pinned: 'contact',
  verified: 'contact, verified',
  seen: 'seen before',
  new: 'new',
  changed: 'NOT the one known by this name',
  outside: 'over a bridge'
} as const

export function who(session: Session): Effect[] {
  const people = [...session.roster.keys()].map((id) => ({ id, ...knownOf(session, id) }))
  const lines = people
    .sort((a, b) => a.name.localeCompare(b.name))
    .slice(0, MAX_LISTED)
    .map(({ id, name, trust }) => `${name} (${fingerprintOf(id)}, ${TRUST_WORDS[trust]}${blockWord(session, id)})`)
  const more = people.length > MAX_LISTED ? [`and ${people.length - MAX_LISTED} more`] : []
  const count = people.length === 0 ? 'nobody else is known to be here' : `${people.length + 1} are here, you included:`
  return notices([count, ...lines, ...more])
}

export function whois(session: Session, word: string): Effect[] {
  return withPerson(session, word, (id) => {
    const { name, trust } = knownOf(session, id)
    const member = session.roster.get(id)
    const presence = member === undefined ? 'not here now' : 'here now'
    const sealed =
      member === undefined ? '' : member.key === null ? ', cannot read sealed messages' : ', reads sealed messages'
    return notices([`${name}: ${TRUST_WORDS[trust]}${blockWord(session, id)}; ${presence}${sealed}`, `key ${id}`])
  })
}

export function addContact(session: Session, word: string, name: string, now: number): Effect[] {
  const problem = nameProblem(name)
  if (problem !== null) return [undone(`not added: ${problem}`)]
  return withPerson(session, word, (id) => {
    const result = pin(session.book, id, name.normalize('NFC'), now)
    if (result === 'full') return [undone(`not added: you have ${MAX_CONTACTS} contacts; /contact remove one first`)]
    if (result === 'added')
      return [notice(`${name} is now who has the key ${fingerprintOf(id)}; /verify ${name} makes sure`)]
    const { takenBy } = result
    return [
      undone(
        `not added: ${takenBy.name} (${fingerprintOf(takenBy.id)}) is a contact already; /contact remove ${takenBy.name} first`
      )
    ]
  })
}

export function removeContact(session: Session, word: string): Effect[] {
  return withPerson(session, word, (id) => {
    const { name } = knownOf(session, id)
    return [notice(forget(session.book, id) ? `${name} is forgotten` : `${name} is not a contact`)]
  })
}

export function contacts(session: Session): Effect[] {
  const lines = [...session.book.people.values()]
    .filter((person) => isContact(person) || person.blocked)
    .map(({ id, name }) => {
      const here = session.roster.has(id) ? ', here' : ''
      return `${name} (${fingerprintOf(id)}, ${TRUST_WORDS[knownOf(session, id).trust]}${blockWord(session, id)}${here})`
    })
  return notices(lines.length === 0 ? ['no contacts yet; /contact add KEY NAME adds one'] : lines.slice(0, MAX_LISTED))
}

export function verify(session: Session, word: string, confirmed: boolean, now: number): Effect[] {
  return withPerson(session, word, (id) => (confirmed ? confirm(session, id, now) : ask(session, id, word)))
}

export function block(session: Session, word: string, blocked: boolean, now: number): Effect[] {
  return withPerson(session, word, (id) => {
    const { name } = knownOf(session, id)
    if (!setBlocked(session.book, id, name, blocked, now)) return [notice(`not blocked: ${MAX_BLOCKED} are already`)]
    return [
      notice(
        blocked ? `${name} (${fingerprintOf(id)}) is blocked: nothing of that key is shown` : `${name} is heard again`
      )
    ]
  })
}

function ask(session: Session, id: string, word: string): Effect[] {
  const { name } = knownOf(session, id)
  return notices([
    `read this to ${name}, who types /verify ${session.name}, by voice or face to face:`,
    phraseOf(session.id, id),
    `if ${name} sees the same words, type: /verify ${word} yes; if not, somebody else has that name`
  ])
}

function confirm(session: Session, id: string, now: number): Effect[] {
  const { name, trust } = knownOf(session, id)
  if (trust === 'changed') return [notice(`give it a name of its own first: /contact add ${fingerprintOf(id)} NAME`)]
  if (trust !== 'pinned' && trust !== 'verified') {
    const pinned = pin(session.book, id, name, now)
    if (pinned !== 'added') return [notice(`not verified: there is no room for ${name} among your contacts`)]
  }
  markVerified(session.book, id)
  return [notice(`${name} is verified: the name is this key's from now on`)]
}

function withPerson(session: Session, word: string, use: (id: string) => Effect[]): Effect[] {
  const found = findKnown(session, word)
  switch (found.kind) {
    case 'one':
      return use(found.id)
    case 'self':
      return notices([`that is you: ${session.name}`, `key ${session.id}`])
    case 'none':
      return /^[0-9a-f]{64}$/i.test(word)
        ? use(word.toLowerCase())
        : [undone(`nobody named ${word} is known; /who lists who is here`)]
    case 'many':
      return [
        undone(
          `${word} fits ${found.ids.length} people: ${found.ids.map(fingerprintOf).join(', ')}; give more digits of the key`
        )
      ]
  }
}

function blockWord({ book }: Session, id: string): string {
  return book.people.get(id)?.blocked ? ', blocked' : ''
}
