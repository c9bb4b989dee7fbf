// Messages on their way from worker 0 to the program: decoded from lent slabs, queued up to a limit. A full queue keeps
// its slabs, and with them the worker's lane; what that means for the network is the worker's flow control to decide.

import {
  BATCH_PREFIX_BYTES,
  copyBytes,
  Flag,
  FloodnetError,
  type Gap,
  LENGTH_BYTES,
  type Limits,
  type Packet,
  Reassembler,
  readPacket,
  viewOf
} from '@floodnet/core'
import type { Message } from '../api.ts'
import { abortReason } from '../options/abort-signal.ts'
import { type DirectMessages, isDirect } from '../sealed/direct-messages.ts'
import type { DropReason } from '../threads/drop-reasons.ts'
import type { FrameRing } from '../threads/frame-ring.ts'
import type { ReadProgress } from '../threads/read-progress.ts'
import type { SharedMemory } from '../threads/shared-memory.ts'
import { FrameOrder } from './frame-order.ts'
import { type Delivery, type InboxFrames, originAt } from './inbox-frames.ts'
import { MessageStream } from './message-stream.ts'
import { cursorsOf, nextMessage, type PacketCursor, type PacketId, singleMessage } from './packet-cursor.ts'
import { Readers } from './readers.ts'
import { SlabReturns } from './slab-returns.ts'

/** A guess: who reads some hundred messages a second is seen to read. */
const MESSAGES_A_MARK = 64

export interface InboxHost {
  returnSlab(buffer: ArrayBuffer): void
  readonly direct: DirectMessages
  /** Messages of this origin are the program's own: they come back from their stem. */
  isOwn(origin: string): boolean
  onDropped(reason: DropReason, count: number): void
  onGap(gap: Gap): void
}

export class Inbox {
  /** Every message, beside the queue. */
  readonly stream = new MessageStream()
  delivered = 0
  readonly #limits: Limits
  readonly #reading: ReadProgress
  readonly #ring: FrameRing
  readonly #host: InboxHost
  readonly #reassembler: Reassembler
  readonly #order: FrameOrder
  readonly #deliveries: Delivery[] = []
  readonly #returns: SlabReturns
  readonly #cursors: PacketCursor[] = []
  readonly #readers = new Readers()
  readonly #take = () => this.take()
  /** A subscriber that reads a message gets what has been decoded, and does not go on in the midst of a frame. */
  #unpacking = false
  #head = 0
  /** Frames before the next ones are lost. */
  #afterLosses = false
  #messages = 0
  #bytes = 0
  #everRead = false
  #error: Error | null = null
  /** Why the node failed; null while it runs and when it was closed. */
  #failure: Error | null = null

  constructor(limits: Limits, { reading, delivered }: SharedMemory, host: InboxHost) {
    this.#limits = limits
    this.#reading = reading
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

  /** Messages that wait to be read. */
  get messages(): number {
    return this.#messages
  }

  get bytes(): number {
    return this.#bytes + this.#reassembler.bytes + this.#order.heldBytes
  }

  /** Nothing more comes, and that is as the program wanted it: it has closed the network. */
  get closed(): boolean {
    return this.#error !== null && this.#failure === null
  }

  onFrames(frames: InboxFrames): void {
    if (frames.kind === 'missed') this.#afterLosses = true
    else if (frames.kind === 'short-run') this.#receive(null, this.#ring.next(frames.bytes))
    else this.#receive(frames.buffer, new Uint8Array(frames.buffer, 0, frames.bytes))
  }

  /**
   * Worker 0 crashed. What it delivered is still read, but the slabs are no longer its, and its short runs make room
   * for those of the next one.
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

  /** The next message, or null when none is here now. */
  take(): Message | null {
    this.#everRead = true
    if (this.#messages === 0) this.#unpack()
    const cursor = this.#cursors[this.#head]
    if (cursor === undefined) return null
    const message = this.#next(cursor)
    this.#messages--
    this.#bytes -= message.payload.length
    if (cursor.index === cursor.endIndex) this.#dropHead()
    return message
  }

  read(signal?: AbortSignal): Promise<Message> {
    if (signal?.aborted) return Promise.reject(abortReason(signal))
    const message = this.#readers.count === 0 ? this.take() : null
    if (message !== null) return Promise.resolve(message)
    if (this.#error !== null) return Promise.reject(this.#error)
    return this.#readers.wait(signal)
  }

  /** A worker refuses packets of this author: they are not waited for. */
  forgive(origin: string): void {
    this.#order.forgive(origin)
  }

  /** Gives up large messages whose rest does not come. */
  expire(): void {
    this.#drop('incomplete-message', this.#reassembler.expire(performance.now()))
  }

  /** What is queued can still be read; after it, readers get `failure`, or that the network has closed. */
  close(failure: Error | null = null): void {
    this.#failure = failure
    const error = failure ?? closedError()
    this.#error = error
    this.#order.end()
    this.#unpack()
    this.#readers.rejectAll(error)
    this.stream.end(failure)
  }

  #receive(slab: ArrayBuffer | null, bytes: Uint8Array): void {
    const afterLosses = this.#afterLosses
    this.#afterLosses = false
    this.#deliveries.push({ slab, bytes, view: viewOf(bytes), offset: 0, afterLosses, orphan: false })
    this.#goOn()
  }

  #goOn(): void {
    this.#unpack()
    this.#readers.serve(this.#take)
  }

  #onGap(gap: Gap): void {
    this.#drop('gap', gap.to - gap.from + 1)
    this.#host.onGap(gap)
  }

  get #hasRoom(): boolean {
    return this.#messages < this.#limits.inboxLimit && this.#bytes < this.#limits.inboxBytes
  }

  #unpack(): void {
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

  /** Decodes frames while there is room, or somebody who takes messages without it. True: all of them. */
  #decode(delivery: Delivery): boolean {
    if (delivery.afterLosses && delivery.offset === 0) this.#order.onLosses()
    while (delivery.offset < delivery.bytes.length) {
      if (this.#order.hasReady && !this.#openReady()) return false
      if (!this.#hasRoom && !this.stream.observed) return false
      const start = delivery.offset
      delivery.offset += LENGTH_BYTES + delivery.view.getUint32(start)
      this.#onFrame(delivery, start, delivery.offset)
    }
    return this.#openReady()
  }

  /** Opens frames that were held, while there is room. True: all whose turn it is. */
  #openReady(): boolean {
    while (this.#order.hasReady) {
      if (!this.#hasRoom && !this.stream.observed) return false
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
    // Its memory goes back.
    const copy = copyBytes(body)
    if ((flags & Flag.fragment) !== 0) this.#onFragment(name, copy, flags)
    else this.#deliverSingle(name, copy, flags)
  }

  #onBatch(name: PacketId, batch: Uint8Array): void {
    const cursors = cursorsOf(name, batch)
    if (cursors === null) return this.#drop('malformed-batch', 1)
    // A packet is taken whole, or not at all.
    const hasRoom = this.#hasRoom
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

  /** Direct messages have one-time keys; those for others end here. */
  #deliverSingle(name: PacketId, payload: Uint8Array, flags: number): void {
    if ((flags & Flag.oneTime) === 0 || !isDirect(payload)) return this.#deliver(singleMessage(name, payload))
    const opened = this.#host.direct.open(name.origin, payload, performance.now())
    if (typeof opened === 'string') return this.#drop(opened, 1)
    if (opened !== null)
      this.#deliver(singleMessage({ ...name, direct: { from: opened.from, to: opened.to } }, opened.body))
  }

  #deliver(cursor: PacketCursor, hasRoom = this.#hasRoom): void {
    const count = cursor.endIndex - cursor.index
    this.delivered += count
    if (this.stream.observed) this.#emit({ ...cursor })
    if (hasRoom) return this.#enqueue(cursor)
    // A program that only subscribes has not lost what a queue that nobody reads could not take.
    if (this.#everRead) this.#drop('inbox-full', count)
  }

  #emit(cursor: PacketCursor): void {
    while (cursor.index < cursor.endIndex) this.stream.next(this.#next(cursor))
  }

  #next(cursor: PacketCursor): Message {
    if (cursor.index % MESSAGES_A_MARK === 0) this.#reading.advance()
    return nextMessage(cursor)
  }

  #enqueue(cursor: PacketCursor): void {
    this.#cursors.push(cursor)
    const count = cursor.endIndex - cursor.index
    this.#messages += count
    this.#bytes += cursor.body.length - (cursor.batch ? count * BATCH_PREFIX_BYTES : 0)
  }

  /** Shifts the array only when most of it is used up, so that reading stays cheap however long it is. */
  #dropHead(): void {
    this.#head++
    if (this.#head === this.#cursors.length || (this.#head > 1_024 && this.#head * 2 > this.#cursors.length)) {
      this.#cursors.splice(0, this.#head)
      this.#head = 0
    }
  }

  #drop(reason: DropReason, count: number): void {
    if (count > 0) this.#host.onDropped(reason, count)
  }
}

/** The error of a network that has ended. */
export function closedError(): FloodnetError {
  return new FloodnetError('ERR_FLOODNET_CLOSED', 'the network has closed')
}
