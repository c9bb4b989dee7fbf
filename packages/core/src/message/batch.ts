// Several messages in one packet: each is a 4-byte length and its bytes, with nothing between or after. One header, one
// signature and one window check then serve hundreds of messages.
import { viewOf } from '../wire/header.ts'

export const BATCH_PREFIX_BYTES = 4

/**
 * Messages that a batch may hold: as many empty ones as fit into 64 KiB. Limits counts, not only bytes (CVEs of pubsub
 * systems).
 */
export const MAX_BATCH_MESSAGES = 16_384

/** The number of messages in a batch body, or -1 if the lengths do not fill it exactly or are too many. */
export function countBatch(body: Uint8Array): number {
  const { count, end } = wholeMessages(body)
  return end === body.length && count > 0 ? count : -1
}

/** How many whole messages `bytes` begins with, at most MAX_BATCH_MESSAGES, and where the last of them ends. */
export function wholeMessages(bytes: Uint8Array): { count: number; end: number } {
  const view = viewOf(bytes)
  let count = 0
  let end = 0
  while (end + BATCH_PREFIX_BYTES <= bytes.length && count < MAX_BATCH_MESSAGES) {
    const next = batchMessageEnd(view, end)
    if (next > bytes.length) break
    end = next
    count++
  }
  return { count, end }
}

/** The end of the message whose prefix is at `offset`, according to its prefix; its bytes begin after the prefix. */
export function batchMessageEnd(view: DataView, offset: number): number {
  return offset + BATCH_PREFIX_BYTES + view.getUint32(offset)
}
