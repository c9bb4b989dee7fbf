// Several messages in one packet: each is a 4-byte length and its bytes, nothing between or after. One header, one
// signature and one dedup then serve hundreds of messages.
import { viewOf } from '../wire/header.ts'

export const BATCH_PREFIX_BYTES = 4

/** Messages a batch may hold: as many empty ones as fit 64 KiB. Caps counts, not only bytes (FACTS of pubsub CVEs). */
export const MAX_BATCH_MESSAGES = 16_384

/** Number of messages in a batch body, or -1 when the lengths do not fill it exactly or are too many. */
export function countBatch(body: Uint8Array): number {
  const view = viewOf(body)
  let offset = 0
  let count = 0
  while (offset + BATCH_PREFIX_BYTES <= body.length && count < MAX_BATCH_MESSAGES) {
    offset += BATCH_PREFIX_BYTES + view.getUint32(offset)
    count++
  }
  return offset === body.length && count > 0 ? count : -1
}

/** End of the message whose prefix is at `offset`; its bytes begin after the prefix. The body must have passed `countBatch`. */
export function batchMessageEnd(view: DataView, offset: number): number {
  return offset + BATCH_PREFIX_BYTES + view.getUint32(offset)
}
