// Several messages in one packet: each is a 4-byte length and its bytes, nothing between or after. One header, one
// signature and one dedup then serve hundreds of messages.
import { viewOf } from '../wire/header.ts'

export const BATCH_PREFIX_BYTES = 4

/** Messages a batch may hold: as many empty ones as fit 64 KiB. Caps counts, not only bytes (FACTS of pubsub CVEs). */
export const MAX_BATCH_MESSAGES = 16_384

/** Number of messages in a batch body, or -1 when the lengths do not fill it exactly or are too many. */
export function countBatch(body: Uint8Array): number {
  const { count, end } = wholeMessages(body)
  return end === body.length && count > 0 ? count : -1
}

/** How many whole messages `bytes` begin with, at most MAX_BATCH_MESSAGES, and where the last of them ends. */
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

/** Where the message whose prefix is at `offset` ends, as its prefix says; its bytes begin after the prefix. */
export function batchMessageEnd(view: DataView, offset: number): number {
  return offset + BATCH_PREFIX_BYTES + view.getUint32(offset)
}
