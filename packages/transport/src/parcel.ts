// What the inbox keeps of a packet: a copy of its body, cut into pieces, from which messages are taken one by one.
import { BATCH_PREFIX_BYTES, batchMessageEnd, copyBytes, viewOf } from '@floodnet/core'
import type { Message } from './api.ts'

/**
 * Messages of a batch share memory up to about this size, so that one that the program keeps does not keep a whole packet of others. A guess: a copy for each message would take longer than the message.
 */
const PIECE_BYTES = 262_144

/** The packet that messages come from. */
export interface PacketName {
  readonly origin: string
  readonly incarnation: number
  readonly seq: number
  readonly hops: number
}

/** A packet, or a piece of one, whose messages are taken one by one. */
export interface Parcel extends PacketName {
  readonly body: Uint8Array
  /** All of it is the body. Asking `body` for it for each message takes 10 ns. */
  readonly buffer: ArrayBufferLike
  readonly view: DataView
  /** False: the body is one message. */
  readonly batch: boolean
  /** Of the next message in its packet. */
  index: number
  /** The index after the last one. */
  readonly endIndex: number
  offset: number
}

/** The pieces of a batch, which must have passed `countBatch`. */
export function* parcelsOf(name: PacketName, batch: Uint8Array): Generator<Parcel> {
  const view = viewOf(batch)
  for (let start = 0, index = 0; start < batch.length; ) {
    let end = start
    let endIndex = index
    while (end < batch.length && end - start < PIECE_BYTES) {
      end = batchMessageEnd(view, end)
      endIndex++
    }
    yield parcelOf(name, copyBytes(batch, start, end), true, index, endIndex)
    start = end
    index = endIndex
  }
}

/** A message that is alone in its packet, or put together from several. */
export function lonelyParcel(name: PacketName, body: Uint8Array): Parcel {
  return parcelOf(name, body, false, 0, 1)
}

export function nextMessage(parcel: Parcel): Message {
  const { origin, incarnation, seq, hops, body } = parcel
  const index = parcel.index++
  if (!parcel.batch) return { payload: body, origin, incarnation, seq, index, hops }
  const end = batchMessageEnd(parcel.view, parcel.offset)
  const start = parcel.offset + BATCH_PREFIX_BYTES
  // `body.subarray` would take twice as long.
  const payload = new Uint8Array(parcel.buffer, start, end - start)
  parcel.offset = end
  return { payload, origin, incarnation, seq, index, hops }
}

function parcelOf(name: PacketName, body: Uint8Array, batch: boolean, index: number, endIndex: number): Parcel {
  return { ...name, body, buffer: body.buffer, view: viewOf(body), batch, index, endIndex, offset: 0 }
}
