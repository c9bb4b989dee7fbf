// How many answers that nobody typed (receipts, refusals of files) go out to strangers. Sealed messages leave at a
// bounded pace, in order: a crowd that has each of its keys answered would hold up what the user writes. Pure.
import { TokenBucket } from '@floodnet/core'
import { type AddressBook, isContact } from '../people/address-book.ts'

/** Answers to strangers at once, and in a second. A guess: a tenth of the pace of sealed messages (sealed-pace.ts). */
export const STRANGER_ANSWERS_BURST = 100
export const STRANGER_ANSWERS_PER_SECOND = 20

export function newAnswers(): TokenBucket {
  return new TokenBucket(STRANGER_ANSWERS_BURST, STRANGER_ANSWERS_PER_SECOND)
}

interface Answering {
  readonly book: AddressBook
  readonly writtenTo: ReadonlySet<string>
  readonly answers: TokenBucket
}

/** Contacts, and those to whom the user wrote, are always answered. */
export function mayAnswer({ book, writtenTo, answers }: Answering, id: string, now: number): boolean {
  return isContact(book.people.get(id)) || writtenTo.has(id) || answers.take(now)
}
