// Finds the person that a typed word means. Pure.

import { ownerOf } from '../people/address-book.ts'
import type { Member } from '../people/roster.ts'
import { fingerprintOf, NAME_MARK } from '../people/trust.ts'
import { knownOf, type Session } from '../session/session.ts'
import { isSameName, shownName } from '../text/name.ts'

/** Least digits of a fingerprint that a user types: fewer would match by chance. */
const MIN_FINGERPRINT = 8
const FINGERPRINT = new RegExp(`^[0-9a-f]{${MIN_FINGERPRINT},64}$`, 'i')

export type Found = { kind: 'one'; id: string } | { kind: 'self' } | { kind: 'none' } | { kind: 'many'; ids: string[] }

/** Among the people who are there: by their shown name, `name~fingerprint`, or the start of the id. */
export function findPresent(session: Session, word: string): Found {
  if (isSelf(session, word)) return { kind: 'self' }
  return foundOf(idsMeant(session, word, session.roster.keys()))
}

/** Also among people who are known but not there. */
export function findKnown(session: Session, word: string): Found {
  const present = findPresent(session, word)
  if (present.kind !== 'none') return present
  return foundOf(idsMeant(session, word, session.book.people.keys()))
}

/** The member that is meant, if there is just one and they can read sealed messages. */
export function findReader(session: Session, word: string): (Member & { key: Uint8Array }) | null {
  const found = findPresent(session, word)
  const member = found.kind === 'one' ? session.roster.get(found.id) : undefined
  return member !== undefined && member.key !== null ? { ...member, key: member.key } : null
}

/**
 * Others who are here and claim the same name as `id`, if only the order of arrival decides between them: somebody may
 * have taken the name before its owner came. None for contacts, and for people known from an earlier run.
 */
export function rivalsOf(session: Session, id: string): string[] {
  if (knownOf(session, id).trust !== 'new') return []
  const others = [...session.roster.values()].filter(({ known }) => known?.as.trust === 'changed')
  const isRival = ({ id: other, claimed }: Member) => ownerOf(session.book, shownName(claimed), other) === id
  return others.filter(isRival).map((member) => member.id)
}

function isSelf({ id, name }: Session, word: string): boolean {
  return isSameName(word, name) || (FINGERPRINT.test(word) && id.startsWith(word.toLowerCase()))
}

function idsMeant(session: Session, word: string, ids: Iterable<string>): string[] {
  const all = [...ids].filter((id) => id !== session.id)
  const named = all.filter((id) => isSameName(knownOf(session, id).name, word))
  if (named.length > 0) return named
  const [name = '', mark] = word.split(NAME_MARK)
  if (mark !== undefined) {
    return all.filter((id) => fingerprintOf(id) === mark.toLowerCase() && isCalled(session, id, name))
  }
  return FINGERPRINT.test(word) ? all.filter((id) => id.startsWith(word.toLowerCase())) : []
}

function isCalled(session: Session, id: string, name: string): boolean {
  return knownOf(session, id).name.split(NAME_MARK)[0] === name
}

function foundOf(ids: string[]): Found {
  const [id] = ids
  if (id === undefined) return { kind: 'none' }
  return ids.length === 1 ? { kind: 'one', id } : { kind: 'many', ids }
}
