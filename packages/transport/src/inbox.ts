// Messages on their way from worker 0 to the program: decoded from lent slabs, queued up to a limit. A full queue keeps
// its slabs, and with them the worker's lane; what that means for the network is the worker's flow control to decide.
import {
  BATCH_PREFIX_BYTES,
  batchMessageEnd,
  countBatch,
  Flag,
  FloodnetError,
  LENGTH_BYTES,
  type Limits,
  ORIGIN_BYTES,
  ORIGIN_OFFSET,
  Reassembler,
  readPacket,
  toHex,
  viewOf
} from '@floodnet/core'
import type { Message } from './api.ts'
import { MessageStream } from './message-stream.ts'
import { type SlabFrames, takeNote } from './slab-sender.ts'

export interface InboxHost {
  returnSlab(buffer: ArrayBuffer): void
  /** Messages of this origin are the program's own: they come back when they walked. */
  isOwn(origin: string): boolean
  onDropped(reason: string, count: number): void
}

interface Slab {
  readonly buffer: ArrayBuffer
  /** See `SlabFrames`. */
  readonly taken: SharedArrayBuffer | null
  readonly bytes: Uint8Array
  readonly view: DataView
  offset: number
  /** Its worker is gone: nobody waits for it. */
  orphan: boolean
}

/** A packet whose messages are taken one by one. */
interface Parcel {
  readonly origin: string
  readonly incarnation: number
  readonly seq: number
  readonly hops: number
  readonly body: Uint8Array
  /** All of it is the body, when that is a batch. Asking `body` for it for each message takes 10 ns. */
  readonly buffer: ArrayBufferLike
  readonly view: DataView
  /** False: the body is one message. */
  readonly batch: boolean
  readonly count: number
  index: number
  offset: number
}

interface Reader {
  readonly resolve: (message: Message) => void
  readonly reject: (error: unknown) => void
}

export class Inbox {
  /** Every message, beside the queue. */
  readonly stream = new MessageStream()
  delivered = 0
  readonly #limits: Limits
  readonly #host: InboxHost
  readonly #reassembler: Reassembler
  readonly #slabs: Slab[] = []
  readonly #parcels: Parcel[] = []
  readonly #readers: Reader[] = []
  #head = 0
  #messages = 0
  #bytes = 0
  #everRead = false
  #error: Error | null = null

  constructor(limits: Limits, host: InboxHost) {
    this.#limits = limits
    this.#host = host
    this.#reassembler = new Reassembler(limits.maxMessageBytes, limits.reassemblyBytes)
  }

  /** Messages that wait to be read. */
  get messages(): number {
    return this.#messages
  }

  get bytes(): number {
    return this.#bytes + this.#reassembler.bytes
  }

  get closed(): boolean {
    return this.#error !== null
  }

  onFrames({ buffer, bytes, taken }: SlabFrames): void {
    const frames = new Uint8Array(buffer, 0, bytes)
    this.#slabs.push({ buffer, taken, bytes: frames, view: viewOf(frames), offset: 0, orphan: false })
    this.#unpack()
    this.#serve()
  }

  /** Worker 0 crashed. What it delivered is still read, but the slabs are no longer its. */
  onWorkerCrash(): void {
    for (const slab of this.#slabs) slab.orphan = true
  }

  /** The next message, or null when none is here now. */
  take(): Message | null {
    this.#everRead = true
    if (this.#messages === 0) this.#unpack()
    const parcel = this.#parcels[this.#head]
    if (parcel === undefined) return null
    const message = nextMessage(parcel)
    this.#messages--
    this.#bytes -= message.payload.length
    if (parcel.index === parcel.count) this.#dropHead()
    return message
  }

  read(signal?: AbortSignal): Promise<Message> {
    if (signal?.aborted) return Promise.reject(signal.reason)
    const message = this.#readers.length === 0 ? this.take() : null
    if (message !== null) return Promise.resolve(message)
    if (this.#error !== null) return Promise.reject(this.#error)
    return this.#wait(signal)
  }

  /** Gives up large messages whose rest does not come. */
  expire(): void {
    this.#drop('incomplete-message', this.#reassembler.expire(Date.now()))
  }

  /** What is queued can still be read; after it, readers get `error`. */
  close(error: Error): void {
    this.#error = error
    this.#unpack()
    for (const { reject } of this.#readers.splice(0)) reject(error)
    this.stream.end()
  }

  #wait(signal: AbortSignal | undefined): Promise<Message> {
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        this.#readers.splice(this.#readers.indexOf(reader), 1)
        reject(signal?.reason)
      }
      const settle = <T>(next: (value: T) => void) => {
        return (value: T): void => {
          signal?.removeEventListener('abort', onAbort)
          next(value)
        }
      }
      const reader: Reader = { resolve: settle(resolve), reject: settle(reject) }
      signal?.addEventListener('abort', onAbort, { once: true })
      this.#readers.push(reader)
    })
  }

  #serve(): void {
    while (this.#readers.length > 0) {
      const message = this.take()
      if (message === null) return
      this.#readers.shift()?.resolve(message)
    }
  }

  get #hasRoom(): boolean {
    return this.#messages < this.#limits.inboxLimit && this.#bytes < this.#limits.inboxBytes
  }

  /** Decodes frames while there is room, or somebody who takes messages without it. */
  #unpack(): void {
    for (let slab = this.#slabs[0]; slab !== undefined; slab = this.#slabs[0]) {
      while (slab.offset < slab.bytes.length) {
        if (!this.#hasRoom && !this.stream.observed) return
        const end = slab.offset + LENGTH_BYTES + slab.view.getUint32(slab.offset)
        this.#onFrame(slab, slab.offset, end)
        slab.offset = end
      }
      this.#slabs.shift()
      if (slab.taken !== null) takeNote(slab.taken)
      else if (!slab.orphan) this.#host.returnSlab(slab.buffer)
    }
  }

  #onFrame({ bytes, view }: Slab, start: number, end: number): void {
    const { flags, hops, incarnation, seq, bodyStart, bodyEnd } = readPacket(bytes, view, start, end)
    const origin = toHex(bytes, start + ORIGIN_OFFSET, start + ORIGIN_OFFSET + ORIGIN_BYTES)
    if (this.#host.isOwn(origin)) return
    // Copied once for the whole packet: the slab goes back, and messages are views of this copy.
    const body = bytes.slice(bodyStart, bodyEnd)
    if ((flags & Flag.fragment) !== 0) return this.#onFragment(origin, incarnation, seq, hops, body)
    const batch = (flags & Flag.batch) !== 0
    const count = batch ? countBatch(body) : 1
    if (count < 0) return this.#drop('malformed-batch', 1)
    this.#deliver({
      origin,
      incarnation,
      seq,
      hops,
      body,
      buffer: body.buffer,
      view: viewOf(body),
      batch,
      count,
      index: 0,
      offset: 0
    })
  }

  #onFragment(origin: string, incarnation: number, seq: number, hops: number, part: Uint8Array): void {
    const outcome = this.#reassembler.add(origin, incarnation, seq, part, Date.now())
    if (outcome.kind === 'lost') return this.#drop(outcome.reason, 1)
    if (outcome.kind === 'kept') return
    const body = outcome.payload
    this.#deliver({
      origin,
      incarnation,
      seq: outcome.seq,
      hops,
      body,
      buffer: body.buffer,
      view: viewOf(body),
      batch: false,
      count: 1,
      index: 0,
      offset: 0
    })
  }

  #deliver(parcel: Parcel): void {
    this.delivered += parcel.count
    if (this.stream.observed) this.#emit({ ...parcel })
    if (this.#hasRoom) return this.#enqueue(parcel)
    // A program that only subscribes has not lost what a queue that nobody reads could not take.
    if (this.#everRead) this.#drop('inbox-full', parcel.count)
  }

  #emit(parcel: Parcel): void {
    while (parcel.index < parcel.count) this.stream.next(nextMessage(parcel))
  }

  #enqueue(parcel: Parcel): void {
    this.#parcels.push(parcel)
    this.#messages += parcel.count
    this.#bytes += parcel.body.length - (parcel.batch ? parcel.count * BATCH_PREFIX_BYTES : 0)
  }

  /** Shifts the array only when most of it is used up, so that reading stays cheap however long it is. */
  #dropHead(): void {
    this.#head++
    if (this.#head === this.#parcels.length || (this.#head > 1_024 && this.#head * 2 > this.#parcels.length)) {
      this.#parcels.splice(0, this.#head)
      this.#head = 0
    }
  }

  #drop(reason: string, count: number): void {
    if (count > 0) this.#host.onDropped(reason, count)
  }
}

function nextMessage(parcel: Parcel): Message {
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

/** The error of a network that has ended. */
export function closedError(): FloodnetError {
  return new FloodnetError('ERR_FLOODNET_CLOSED', 'the network has closed')
}
