// What the inbox keeps of a packet: a copy of its body, cut into pieces, from which it takes messages one by one.
import {
  BATCH_PREFIX_BYTES,
  batchMessageEnd,
  copyBytes,
  MAX_BATCH_MESSAGES,
  viewOf,
  wholeMessages
} from '@floodnet/core'
import type { Message } from '../api.ts'

/**
 * Messages of a batch share memory up to about this size. A message that the program keeps then does not keep a whole
 * packet of others. A guess: a copy for each message would take longer than the message.
 */
export const PIECE_BYTES = 262_144

/** The packet that messages come from. */
export interface PacketId {
  readonly origin: string
  readonly incarnation: number
  readonly seq: number
  readonly hops: number
  /** Set for a message to this node alone. */
  readonly direct?: { readonly from: string; readonly to: string }
}

/** A packet, or a piece of one, from which messages are taken one by one. */
export interface PacketCursor extends PacketId {
  readonly body: Uint8Array
  /** Begins with the body. Reading it from `body` for each message would take 10 ns. */
  readonly buffer: ArrayBufferLike
  readonly view: DataView
  /** False: the body is one message. */
  readonly batch: boolean
  /** Index of the next message in its packet. */
  index: number
  /** The index after the last one. */
  readonly endIndex: number
  offset: number
}

/**
 * The pieces of a batch; null if its lengths do not fill it exactly or are too many. Each piece is copied before it is
 * scanned: scanning memory that another thread has just written takes three times as long.
 */
export function cursorsOf(name: PacketId, batch: Uint8Array): PacketCursor[] | null {
  const cursors: PacketCursor[] = []
  let index = 0
  for (let start = 0; start < batch.length; ) {
    const cursor = pieceAt(name, batch, start, index)
    if (cursor === null || cursor.endIndex > MAX_BATCH_MESSAGES) return null
    cursors.push(cursor)
    start += cursor.body.length
    index = cursor.endIndex
  }
  return index === 0 ? null : cursors
}

/** A message that is alone in its packet, or joined from several. */
export function singleMessage(name: PacketId, body: Uint8Array): PacketCursor {
  const cursor = cursorOf(name, body, false, 0, 1)
  return name.direct === undefined ? cursor : { ...cursor, direct: name.direct }
}

export function nextMessage(cursor: PacketCursor): Message {
  const { origin, incarnation, seq, hops, body } = cursor
  const index = cursor.index++
  if (!cursor.batch) return { payload: body, origin, incarnation, seq, index, hops, ...cursor.direct }
  const end = batchMessageEnd(cursor.view, cursor.offset)
  const start = cursor.offset + BATCH_PREFIX_BYTES
  // `body.subarray` would take twice as long.
  const payload = new Uint8Array(cursor.buffer, start, end - start)
  cursor.offset = end
  return { payload, origin, incarnation, seq, index, hops }
}

/** As many messages as fit into a piece, but at least one. Null: there is no whole message. */
function pieceAt(name: PacketId, batch: Uint8Array, start: number, index: number): PacketCursor | null {
  const copy = copyBytes(batch, start, Math.min(batch.length, start + PIECE_BYTES))
  const { count, end } = wholeMessages(copy)
  if (count > 0) return cursorOf(name, copy.subarray(0, end), true, index, index + count)
  if (copy.length < BATCH_PREFIX_BYTES) return null
  const largeEnd = start + batchMessageEnd(viewOf(copy), 0)
  return largeEnd > batch.length ? null : cursorOf(name, copyBytes(batch, start, largeEnd), true, index, index + 1)
}

// Written out: in an object that begins with `...name`, the engine reads and writes fields so much more slowly that a
// message takes 80 ns longer.
function cursorOf(name: PacketId, body: Uint8Array, batch: boolean, index: number, endIndex: number): PacketCursor {
  const { origin, incarnation, seq, hops } = name
  const { buffer } = body
  return { origin, incarnation, seq, hops, body, buffer, view: viewOf(body), batch, index, endIndex, offset: 0 }
}
