import { WINDOW_CHUNKS } from '../wire/file-messages.ts'
/** Files under way at one time, in each direction. */
export const MAX_TRANSFERS = 4
/** Offers of one contact that wait for an answer. */
export const MAX_OFFERS_OF_CONTACT = 4
/** Offers of one stranger that wait for an answer: keys are free, so each gets little. */
export const MAX_OFFERS_OF_STRANGER = 2
/** Offers of all strangers that wait for an answer. */
export const MAX_OFFERS_OF_STRANGERS = 16
/** Offers of everyone that wait for an answer. At this number, strangers' offers give way to a contact's. */
export const MAX_OFFERS = 32
/** Own offers that wait, or whose files are being fetched. */
export const MAX_OWN_OFFERS = 16
/** Chunks of one file that a sender remembers: some windows, because a reader that waited asks again. */
export const MAX_ASKED_CHUNKS = 4 * WINDOW_CHUNKS
/**
 * Bytes of file that this node sends in a second, for all files: below what a room accepts from one author (rates.ts),
 * with room for clocks.
 */
export const SENT_BYTES_PER_SECOND = 6 * 1024 * 1024
/** If nothing has come for this long, the chat asks again for what it asked for this long ago. */
export const ASK_AGAIN_MS = 5_000
/** The chat asks again in any case for what it asked for this long ago. */
export const LOST_CHUNK_MS = 60_000
/** If the chat has heard nothing of the other side for this long, it tells the user that it is waiting. */
export const STALLED_MS = 10_000
/** If nothing has come for this long, the sender is gone. The chat keeps what has come. */
export const GIVE_UP_MS = 120_000
/** The chat forgets an offer after this long if nobody answers it, or if its reader has fallen silent. */
export const OFFER_LIFE_MS = 3_600_000
/** How often the chat shows progress. */
export const PROGRESS_MS = 500
