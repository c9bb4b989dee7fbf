import { WINDOW_CHUNKS } from '../wire/file-messages.ts'
/** Files on their way at one time, in each direction. */
export const MAX_TRANSFERS = 4
/** Offers of one contact that wait for an answer. */
export const MAX_OFFERS_OF_CONTACT = 4
/** Offers of one stranger that wait for an answer: keys are free, so each gets little. */
export const MAX_OFFERS_OF_STRANGER = 2
/** Offers of all strangers that wait for an answer. */
export const MAX_OFFERS_OF_STRANGERS = 16
/** Offers of everyone that wait for an answer. At this many those of strangers give way to a contact's. */
export const MAX_OFFERS = 32
/** Own offers that wait or are being fetched. */
export const MAX_OWN_OFFERS = 16
/** Chunks of one file that a sender keeps in mind: some windows, since a reader who waited asks again. */
export const MAX_ASKED_CHUNKS = 4 * WINDOW_CHUNKS
/**
 * Bytes of file that this node sends in a second, of all files: below what a room takes of one author (rates.ts), with
 * room for clocks.
 */
export const SENT_BYTES_PER_SECOND = 6 * 1024 * 1024
/** When nothing has come for so long, what was asked for so long ago is asked for again. */
export const ASK_AGAIN_MS = 5_000
/** What was asked for so long ago is asked for again in any case. */
export const LOST_CHUNK_MS = 60_000
/** When nothing was heard of the other side for so long, the user is told that it is waited for. */
export const STALLED_MS = 10_000
/** When nothing has come for so long, the sender is gone. What has come is kept. */
export const GIVE_UP_MS = 120_000
/** An offer that nobody answers, or whose reader has fallen silent, is forgotten. */
export const OFFER_LIFE_MS = 3_600_000
/** How often progress is shown. */
export const PROGRESS_MS = 500
