// People whom this user knows well enough to hear them through a flood of strangers: contacts, and people to whom they
// wrote. Never people who only wrote to this user, or a crowd could make itself known. Pure.
import { type AddressBook, isContact } from './address-book.ts'

/** Ids for `Network.know`, without those that are blocked. */
export function friendsOf(book: AddressBook, writtenTo: Iterable<string>): string[] {
  const contacts = [...book.people.values()].filter(isContact).map(({ id }) => id)
  return [...new Set([...contacts, ...writtenTo])].filter((id) => book.people.get(id)?.blocked !== true)
}
