// Writes messages with a PacketWriter as a host does, and reads them out of the frames again as a reader does.
import { BATCH_PREFIX_BYTES, batchMessageEnd, countBatch } from '../../src/message/batch.ts'
import { fragmentCount, Reassembler } from '../../src/message/fragment.ts'
import { type Packet, readPacket } from '../../src/message/packet.ts'
import type { MessageId, PacketWriter } from '../../src/message/packet-writer.ts'
import { viewOf } from '../../src/wire/header.ts'
import { Flag, MAX_PACKET_BODY_BYTES } from '../../src/wire/layout.ts'

interface WrittenPacket extends Packet {
  readonly body: Uint8Array
}

interface ReadMessage {
  readonly payload: Uint8Array
  readonly place: MessageId
}

/** Writes all messages into slabs of `slabBytes`. Returns what was used of each, and the name of each message. */
export function writeMessages(
  writer: PacketWriter,
  messages: readonly Uint8Array[],
  slabBytes: number,
  nowMs: number
): { slabs: Uint8Array[]; places: MessageId[] } {
  const slabs: Uint8Array[] = []
  let slab = new Uint8Array(slabBytes)
  writer.attach(slab)
  const exchange = (): void => {
    slabs.push(slab.subarray(0, writer.detach()))
    slab = new Uint8Array(slabBytes)
    writer.attach(slab)
  }
  const places = messages.map((message) => writeMessage(writer, message, nowMs, exchange))
  exchange()
  return { slabs, places }
}

function writeMessage(writer: PacketWriter, message: Uint8Array, nowMs: number, exchange: () => void): MessageId {
  const untilTaken = (append: () => MessageId | null): MessageId => {
    const place = append()
    if (place !== null) return place
    exchange()
    const second = append()
    if (second === null) throw new Error('an empty slab takes any frame')
    return second
  }
  if (message.length <= MAX_PACKET_BODY_BYTES) return untilTaken(() => writer.append(message, nowMs))
  const count = fragmentCount(message.length)
  const places = Array.from({ length: count }, (_, index) =>
    untilTaken(() => writer.appendFragment(message, index, count, nowMs))
  )
  return places[0] as MessageId
}

/** The packets in whole frames that lie one behind the other. */
export function packetsIn(bytes: Uint8Array): WrittenPacket[] {
  const view = viewOf(bytes)
  const packets: WrittenPacket[] = []
  for (let start = 0; start < bytes.length; ) {
    const end = start + 4 + view.getUint32(start)
    const packet = readPacket(bytes, view, start, end)
    packets.push({ ...packet, body: bytes.subarray(packet.bodyStart, packet.bodyEnd) })
    start = end
  }
  return packets
}

/** All messages in the frames of `slabs`, in order. */
export function readMessages(slabs: readonly Uint8Array[]): ReadMessage[] {
  const reassembler = new Reassembler(1_048_576, 1_048_576)
  return slabs.flatMap(packetsIn).flatMap((packet) => messagesOf(packet, reassembler))
}

function messagesOf({ flags, incarnation, seq, body }: WrittenPacket, reassembler: Reassembler): ReadMessage[] {
  if ((flags & Flag.fragment) !== 0) {
    const outcome = reassembler.add('author', incarnation, seq, body, 0)
    if (outcome.kind === 'lost') throw new Error(outcome.reason)
    return outcome.kind === 'kept'
      ? []
      : [{ payload: outcome.payload, place: { incarnation, seq: outcome.seq, index: 0 } }]
  }
  if ((flags & Flag.batch) === 0) return [{ payload: body, place: { incarnation, seq, index: 0 } }]
  return batchIn(body).map((payload, index) => ({ payload, place: { incarnation, seq, index } }))
}

function batchIn(body: Uint8Array): Uint8Array[] {
  const count = countBatch(body)
  if (count < 2) throw new Error(`a batch of ${count}`)
  const view = viewOf(body)
  let offset = 0
  return Array.from({ length: count }, () => {
    const end = batchMessageEnd(view, offset)
    const payload = body.subarray(offset + BATCH_PREFIX_BYTES, end)
    offset = end
    return payload
  })
}
