// Frames on their way from worker 0 to the program: decoded from lent slabs into the queue of messages. A full queue
// keeps the slabs here, and so holds up the worker's lane; the worker's flow control decides what that means for the
// network.

import {
  copyBytes,
  Flag,
  type Gap,
  LENGTH_BYTES,
  type Limits,
  type Packet,
  Reassembler,
  readPacket,
  viewOf
} from '@floodnet/core'
import { type DirectMessages, isDirect } from '../sealed/direct-messages.ts'
import type { DropReason } from '../threads/drop-reasons.ts'
import type { FrameRing } from '../threads/frame-ring.ts'
import type { GonePackets } from '../threads/messages.ts'
import type { ReadProgress } from '../threads/read-progress.ts'
import type { SharedMemory } from '../threads/shared-memory.ts'
import { FrameOrder } from './frame-order.ts'
import { type Delivery, type InboxFrames, originAt } from './inbox-frames.ts'
import type { MessageQueue, MessageSource } from './message-queue.ts'
import { cursorsOf, type PacketCursor, type PacketId, singleMessage } from './packet-cursor.ts'
import { SlabReturns } from './slab-returns.ts'

export interface InboxHost {
  returnSlab(buffer: ArrayBuffer): void
  readonly direct: DirectMessages
  /** Whether messages of this origin are the program's own, back from their stem. */
  isOwn(origin: string): boolean
  onDropped(reason: DropReason, count: number): void
  onGap(gap: Gap): void
}

export class Inbox implements MessageSource {
  readonly reading: ReadProgress
  delivered = 0
  readonly #queue: MessageQueue
  readonly #ring: FrameRing
  readonly #host: InboxHost
  readonly #reassembler: Reassembler
  readonly #order: FrameOrder
  readonly #deliveries: Delivery[] = []
  readonly #returns: SlabReturns
  /** A subscriber that reads a message gets what has been decoded, and must not continue in the middle of a frame. */
  #unpacking = false
  /** Whether frames before the next ones were lost. */
  #afterLosses = false

  /** `queue` receives the messages; tell it to `attach` this inbox. */
  constructor(limits: Limits, { reading, delivered }: SharedMemory, queue: MessageQueue, host: InboxHost) {
    this.reading = reading
    this.#queue = queue
    this.#ring = delivered
    this.#host = host
    this.#returns = new SlabReturns((slab) => host.returnSlab(slab))
    this.#reassembler = new Reassembler(limits.maxMessageBytes, limits.reassemblyBytes)
    this.#order = new FrameOrder(
      limits.repairMs,
      (gap) => this.#onGap(gap),
      () => this.#goOn()
    )
  }

  /** Bytes held here until the rest of a message, or an earlier packet, arrives. */
  get heldBytes(): number {
    return this.#reassembler.bytes + this.#order.heldBytes
  }

  onFrames(frames: InboxFrames): void {
    if (frames.kind === 'missed') this.#afterLosses = true
    else if (frames.kind === 'short-run') this.#receive(null, this.#ring.next(frames.bytes))
    else this.#receive(frames.buffer, new Uint8Array(frames.buffer, 0, frames.bytes))
  }

  /**
   * Worker 0 crashed. The program still reads what it delivered, but the slabs no longer belong to it, and its short
   * runs make room for those of its successor.
   */
  onWorkerCrash(): void {
    for (const delivery of this.#deliveries) {
      if (delivery.slab === null && !delivery.orphan) {
        delivery.bytes = copyBytes(delivery.bytes)
        delivery.view = viewOf(delivery.bytes)
      }
      delivery.orphan = true
    }
    this.#ring.reset()
    this.#returns.forget()
  }

  /** A worker refuses packets of this author: we do not wait for them. */
  forgive(origin: string): void {
    this.#order.forgive(origin)
  }

  /** No neighbour has these packets any more: we do not wait for them. */
  onGone({ origin, incarnation, from, to }: GonePackets): void {
    this.#order.onGone(origin, incarnation, from, to)
  }

  /** Gives up large messages whose rest does not arrive. */
  expire(): void {
    this.#drop('incomplete-message', this.#reassembler.expire(performance.now()))
  }

  /** The worker will bring nothing more. The program can still read what has arrived. */
  end(): void {
    this.#order.end()
    this.refill()
  }

  refill(): void {
    if (this.#unpacking) return
    this.#unpacking = true
    for (let next = this.#deliveries[0]; this.#openReady() && next && this.#decode(next); next = this.#deliveries[0]) {
      this.#deliveries.shift()
      if (next.orphan) continue
      if (next.slab === null) this.#ring.done()
      else this.#returns.add(next.slab)
    }
    this.#unpacking = false
  }

  #receive(slab: ArrayBuffer | null, bytes: Uint8Array): void {
    const afterLosses = this.#afterLosses
    this.#afterLosses = false
    this.#deliveries.push({ slab, bytes, view: viewOf(bytes), offset: 0, afterLosses, orphan: false })
    this.#goOn()
  }

  #goOn(): void {
    this.refill()
    this.#queue.serve()
  }

  #onGap(gap: Gap): void {
    this.#drop('gap', gap.to - gap.from + 1)
    this.#host.onGap(gap)
  }

  /** Decodes frames while there is room, or a subscriber that takes messages without it. True: all of them. */
  #decode(delivery: Delivery): boolean {
    if (delivery.afterLosses && delivery.offset === 0) this.#order.onLosses()
    while (delivery.offset < delivery.bytes.length) {
      if (this.#order.hasReady && !this.#openReady()) return false
      if (!this.#queue.takes) return false
      const start = delivery.offset
      delivery.offset += LENGTH_BYTES + delivery.view.getUint32(start)
      this.#onFrame(delivery, start, delivery.offset)
    }
    return this.#openReady()
  }

  /** Opens held frames while there is room. True: all whose turn it is. */
  #openReady(): boolean {
    while (this.#order.hasReady) {
      if (!this.#queue.takes) return false
      const frame = this.#order.takeReady()
      if (frame !== null) this.#open(frame, readPacket(frame, viewOf(frame), 0, frame.length), originAt(frame, 0))
    }
    return true
  }

  #onFrame({ bytes, view }: Delivery, start: number, end: number): void {
    const packet = readPacket(bytes, view, start, end)
    const { flags, incarnation, seq } = packet
    const origin = originAt(bytes, start)
    if (this.#host.isOwn(origin)) return
    const isAlone = (flags & Flag.oneTime) !== 0
    if (isAlone || this.#order.isTurn(origin, incarnation, seq, bytes, start, end)) this.#open(bytes, packet, origin)
  }

  #open(bytes: Uint8Array, { flags, hops, incarnation, seq, bodyStart, bodyEnd }: Packet, origin: string): void {
    const name = { origin, incarnation, seq, hops }
    const body = bytes.subarray(bodyStart, bodyEnd)
    if ((flags & Flag.batch) !== 0) return this.#onBatch(name, body)
    // A copy, because the frame's memory goes back.
    const copy = copyBytes(body)
    if ((flags & Flag.fragment) !== 0) this.#onFragment(name, copy, flags)
    else this.#deliverSingle(name, copy, flags)
  }

  #onBatch(name: PacketId, batch: Uint8Array): void {
    const cursors = cursorsOf(name, batch)
    if (cursors === null) return this.#drop('malformed-batch', 1)
    // A packet is taken whole or not at all.
    const { hasRoom } = this.#queue
    for (const cursor of cursors) this.#deliver(cursor, hasRoom)
  }

  #onFragment(name: PacketId, part: Uint8Array, flags: number): void {
    const { origin, incarnation, seq } = name
    const outcome = this.#reassembler.add(origin, incarnation, seq, part, performance.now())
    this.#drop('reassembly-full', this.#reassembler.takeEvicted())
    if (outcome.kind === 'lost') return this.#drop(outcome.reason, 1)
    if (outcome.kind === 'kept') return
    this.#deliverSingle({ ...name, seq: outcome.seq }, outcome.payload, flags)
  }

  /** Direct messages have one-time keys. Those for others end here. */
  #deliverSingle(name: PacketId, payload: Uint8Array, flags: number): void {
    if ((flags & Flag.oneTime) === 0 || !isDirect(payload)) return this.#deliver(singleMessage(name, payload))
    const opened = this.#host.direct.open(name.origin, payload, performance.now())
    if (typeof opened === 'string') return this.#drop(opened, 1)
    if (opened !== null)
      this.#deliver(singleMessage({ ...name, direct: { from: opened.from, to: opened.to } }, opened.body))
  }

  #deliver(cursor: PacketCursor, hasRoom = this.#queue.hasRoom): void {
    const count = cursor.endIndex - cursor.index
    this.delivered += count
    if (!this.#queue.put(cursor, hasRoom)) this.#drop('inbox-full', count)
  }

  #drop(reason: DropReason, count: number): void {
    if (count > 0) this.#host.onDropped(reason, count)
  }
}
