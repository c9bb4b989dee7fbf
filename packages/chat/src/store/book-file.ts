// The address book as text, and back. Pure. Read strictly: a book that silently lost its contacts would let strangers
// take their names.
import { type Acquaintance, type AddressBook, newAddressBook } from '../people/address-book.ts'

export interface Book {
  /** This user's name when it was last used; null if there was none. */
  readonly name: string | null
  readonly book: AddressBook
}

const VERSION = 1

/** One line for each person, so that people can read and compare it. */
export function bookText(name: string, { people }: AddressBook): string {
  const lines = [...people.values()].map((person) => JSON.stringify(person))
  return `{"version":${VERSION},"name":${JSON.stringify(name)},"people":[\n${lines.join(',\n')}\n]}\n`
}

/** @throws SyntaxError saying what is wrong. */
export function bookOf(text: string): Book {
  const value: unknown = JSON.parse(text)
  if (!isRecord(value) || value.version !== VERSION || !Array.isArray(value.people))
    throw new SyntaxError('it is not an address book of this version')
  const { name, people } = value
  const wrong = people.findIndex((person) => !isPerson(person))
  if (wrong >= 0) throw new SyntaxError(`its entry ${wrong + 1} is not understood`)
  return { name: typeof name === 'string' ? name : null, book: newAddressBook(people as Acquaintance[]) }
}

function isPerson(value: unknown): value is Acquaintance {
  if (!isRecord(value)) return false
  const { id, name, standing, blocked, names, firstAt, lastAt } = value
  return (
    typeof id === 'string' &&
    /^[0-9a-f]{64}$/.test(id) &&
    typeof name === 'string' &&
    ['seen', 'contact', 'verified'].includes(String(standing)) &&
    typeof blocked === 'boolean' &&
    Array.isArray(names) &&
    names.every((other) => typeof other === 'string') &&
    typeof firstAt === 'number' &&
    typeof lastAt === 'number'
  )
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
