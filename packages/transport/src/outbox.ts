// The way of written messages to worker 0: gathered into packets in lent slabs, posted once a turn or when a slab is
// full. No free slab means the writer waits; nobody's messages are dropped here.
import {
  FloodnetError,
  fragmentCount,
  type Limits,
  MAX_PACKET_BODY_BYTES,
  PacketWriter,
  type Place
} from '@floodnet/core'
import type { Receipt } from './api.ts'
import type { Identity } from './identity.ts'
import type { ToWorker } from './messages.ts'
import { SLAB_BYTES, SLAB_COUNT, SlabSender } from './slab-sender.ts'

/** What the outbox needs of the node. */
export interface OutboxHost {
  post(message: ToWorker, transfer: readonly ArrayBuffer[]): void
  /** Neighbours at this moment. */
  readonly links: number
  /** Packets that were on their way to a worker which crashed. */
  onLost(slabs: number): void
}

interface Waiting {
  readonly payload: Uint8Array
  fragment: number
  readonly resolve: (receipt: Receipt) => void
  readonly reject: (error: Error) => void
}

const ENCODER = new TextEncoder()

export class Outbox {
  written = 0
  readonly #id: string
  readonly #limits: Limits
  readonly #host: OutboxHost
  readonly #writer: PacketWriter
  #sender: SlabSender
  #slab: ArrayBuffer | null = null
  /** Full slabs from before there was any neighbour. */
  #held: { buffer: ArrayBuffer; bytes: number }[] = []
  readonly #waiting: Waiting[] = []
  #waitingBytes = 0
  #scheduled = false
  #lost = 0
  #error: Error | null = null
  #onPosted: (() => void)[] = []

  constructor(identity: Identity, signed: boolean, limits: Limits, host: OutboxHost) {
    this.#id = identity.id
    this.#limits = limits
    this.#host = host
    this.#writer = new PacketWriter(identity.publicKey, identity.incarnation, signed, Date.now())
    this.#sender = this.#makeSender()
  }

  /** Bytes of messages whose `write` has not resolved. */
  get waitingBytes(): number {
    return this.#waitingBytes
  }

  write(message: Uint8Array | string): Promise<Receipt> {
    if (this.#error !== null) return Promise.reject(this.#error)
    const payload = typeof message === 'string' ? ENCODER.encode(message) : message
    if (!(payload instanceof Uint8Array)) return Promise.reject(new TypeError('a message is a Uint8Array or a string'))
    if (payload.length > this.#limits.maxMessageBytes) return Promise.reject(this.#tooLarge(payload.length))
    if (this.#waiting.length === 0 && payload.length <= MAX_PACKET_BODY_BYTES) {
      const place = this.#append(payload)
      if (place !== null) return Promise.resolve(this.#receipt(place))
    }
    return this.#wait(payload)
  }

  /** Nothing waits on this side any more. */
  get isEmpty(): boolean {
    return (
      this.#waiting.length === 0 && this.#held.length === 0 && (this.#slab === null || this.#writer.usedBytes === 0)
    )
  }

  /** Resolves when everything written so far has been posted to the worker, which takes a neighbour to send it to. */
  whenPosted(): Promise<void> {
    this.post()
    if (this.isEmpty || this.#error !== null) return Promise.resolve()
    return new Promise((resolve) => this.#onPosted.push(resolve))
  }

  /** Sends what has been gathered, if there is a neighbour to send it to. */
  post(): void {
    if (this.#host.links === 0) return
    for (const { buffer, bytes } of this.#held.splice(0)) this.#sender.postSlab(buffer, bytes)
    const slab = this.#slab
    if (slab === null || this.#writer.usedBytes === 0) return
    this.#slab = null
    this.#sender.postSlab(slab, this.#writer.detach())
    if (this.isEmpty) for (const resolve of this.#onPosted.splice(0)) resolve()
  }

  /** The first neighbour is there: what was held goes out. */
  onLinkUp(): void {
    this.post()
    this.#drain()
  }

  onReturn(buffer: ArrayBuffer): void {
    this.#sender.onReturn(buffer)
    this.#drain()
  }

  /** Worker 0 crashed, and the slabs lent to it are gone; the new one begins with fresh ones. */
  onWorkerCrash(): void {
    this.#lost += this.#sender.lent
    this.#host.onLost(this.#sender.lent)
    this.#sender = this.#makeSender()
    this.#drain()
  }

  /** Slabs lost with crashed workers since the last call. */
  takeLost(): number {
    const lost = this.#lost
    this.#lost = 0
    return lost
  }

  /** Rejects everything that waits, and every write from now on. */
  close(error: Error): void {
    this.#error = error
    for (const { reject } of this.#waiting.splice(0)) reject(error)
    this.#waitingBytes = 0
    for (const resolve of this.#onPosted.splice(0)) resolve()
  }

  #makeSender(): SlabSender {
    return new SlabSender({ postMessage: (message, transfer) => this.#host.post(message as ToWorker, transfer) })
  }

  #append(payload: Uint8Array): Place | null {
    const place = this.#inSlab(() => this.#writer.append(payload, Date.now()))
    if (place !== null) this.written++
    return place
  }

  /** Tries to write into the slab at hand, then into a fresh one. Null: there is none, so wait. */
  #inSlab(append: () => Place | null): Place | null {
    let place = this.#slab === null ? null : append()
    if (place === null && this.#nextSlab()) place = append()
    if (place !== null) this.#schedule()
    return place
  }

  #nextSlab(): boolean {
    const full = this.#slab
    if (full !== null && this.#host.links === 0 && !this.#hasHoldRoom()) return false
    const fresh = this.#sender.take()
    if (fresh === null) return false
    if (full !== null) this.#passOn(full)
    this.#slab = fresh
    this.#writer.attach(new Uint8Array(fresh))
    return true
  }

  #passOn(full: ArrayBuffer): void {
    const bytes = this.#writer.detach()
    if (this.#host.links === 0) this.#held.push({ buffer: full, bytes })
    else this.#sender.postSlab(full, bytes)
  }

  /** Whole slabs are held; at least one, and one less than there are, so that the first neighbour finds the lane moving. */
  #hasHoldRoom(): boolean {
    const slabs = Math.min(SLAB_COUNT - 1, Math.max(1, Math.floor(this.#limits.holdBytes / SLAB_BYTES)))
    return this.#held.length + 1 < slabs
  }

  /** Once a turn, when its microtasks are done: a loop of awaited writes runs in them, and fills whole packets. */
  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    // Straight to nextTick would come before the microtasks of the turn that handed a slab back.
    queueMicrotask(() => process.nextTick(() => this.#onTurnEnd()))
  }

  #onTurnEnd(): void {
    this.#scheduled = false
    this.post()
  }

  #wait(payload: Uint8Array): Promise<Receipt> {
    if (this.#waiting.length > 0 && this.#waitingBytes + payload.length > this.#limits.writeQueueBytes) {
      return Promise.reject(
        new FloodnetError(
          'ERR_FLOODNET_QUEUE_FULL',
          `writes that nobody awaited have filled the queue of ${this.#limits.writeQueueBytes} bytes (limit writeQueueBytes)`
        )
      )
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ payload, fragment: 0, resolve, reject })
      this.#waitingBytes += payload.length
      this.#drain()
    })
  }

  #drain(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      const place = next.payload.length <= MAX_PACKET_BODY_BYTES ? this.#append(next.payload) : this.#appendLarge(next)
      if (place === null) return
      this.#waiting.shift()
      this.#waitingBytes -= next.payload.length
      next.resolve(this.#receipt(place))
    }
  }

  /** Goes on with a large message where the last slab ended. Null: not all of it is written yet. */
  #appendLarge(message: Waiting): Place | null {
    const count = fragmentCount(message.payload.length)
    let place: Place | null = null
    while (message.fragment < count) {
      place = this.#inSlab(() => this.#writer.appendFragment(message.payload, message.fragment, count, Date.now()))
      if (place === null) return null
      message.fragment++
    }
    this.written++
    return place
  }

  #receipt({ incarnation, seq, index }: Place): Receipt {
    return { origin: this.#id, incarnation, seq, index, links: this.#host.links }
  }

  #tooLarge(bytes: number): FloodnetError {
    const { maxMessageBytes } = this.#limits
    return new FloodnetError(
      'ERR_FLOODNET_MESSAGE_TOO_LARGE',
      `a message of ${bytes} bytes exceeds maxMessageBytes (${maxMessageBytes})`
    )
  }
}
