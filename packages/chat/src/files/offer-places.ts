// Whether one more offer of a file may wait for the user's answer. Keys are free, so strangers together have a share
// that leaves room for people whom the user knows. If there is no room, a contact's offer takes a stranger's place.
// Pure.
import { isContact } from '../people/address-book.ts'
import type { Incoming } from '../session/file-transfers.ts'
import type { Session } from '../session/session.ts'
import { MAX_OFFERS, MAX_OFFERS_OF_CONTACT, MAX_OFFERS_OF_STRANGER, MAX_OFFERS_OF_STRANGERS } from './file-limits.ts'

/** `instead`: there is a place once offer `of` is gone. */
export type OfferPlace = { kind: 'free' } | { kind: 'none' } | { kind: 'instead'; of: Incoming }

export function placeForOffer({ book, files }: Session, author: string): OfferPlace {
  const isKnown = (id: string) => isContact(book.people.get(id))
  const waiting = [...files.incoming.values()].filter(({ phase }) => phase === 'offered')
  const own = waiting.filter(({ peer }) => peer.id === author).length
  const ofStrangers = waiting.filter(({ peer }) => !isKnown(peer.id))
  if (!isKnown(author)) {
    const isFull = own >= MAX_OFFERS_OF_STRANGER || ofStrangers.length >= MAX_OFFERS_OF_STRANGERS
    return isFull || waiting.length >= MAX_OFFERS ? { kind: 'none' } : { kind: 'free' }
  }
  if (own >= MAX_OFFERS_OF_CONTACT) return { kind: 'none' }
  if (waiting.length < MAX_OFFERS) return { kind: 'free' }
  const [oldest] = ofStrangers
  return oldest === undefined ? { kind: 'none' } : { kind: 'instead', of: oldest }
}
