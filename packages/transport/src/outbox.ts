// The way of written messages to worker 0: packed into slabs that are posted once a turn or when full. A full path makes
// the writer wait, up to a limit; what was accepted is lost only with a worker that crashes, or with the whole node.
import {
  FloodnetError,
  fragmentCount,
  type Limits,
  MAX_PACKET_BODY_BYTES,
  optionError,
  type Place
} from '@floodnet/core'
import type { Receipt } from './api.ts'
import type { Identity } from './identity.ts'
import { SlabFiller } from './slab-filler.ts'
import type { SlabPort } from './slab-sender.ts'

/** What the outbox needs of the node. */
export interface OutboxHost extends SlabPort {
  /** Neighbours that a message posted now will reach; 0 also while worker 0 is down. */
  readonly links: number
  /** Messages will not go out. `worker-crash`: they were with a worker that crashed. `closed`: there was no neighbour to the end. */
  onLost(reason: 'worker-crash' | 'closed', messages: number): void
}

interface Waiting {
  readonly payload: Uint8Array
  fragment: number
  readonly resolve: (receipt: Receipt) => void
  readonly reject: (error: Error) => void
}

const ENCODER = new TextEncoder()

export class Outbox {
  /** Messages accepted. */
  written = 0
  readonly #id: string
  readonly #limits: Limits
  readonly #host: OutboxHost
  readonly #filler: SlabFiller
  readonly #waiting: Waiting[] = []
  readonly #onPosted: (() => void)[] = []
  #waitingBytes = 0
  #scheduled = false
  /** Unix ms of this turn: a clock read for each message is a tenth of what writing one costs. */
  #nowMs = 0
  #lost = 0
  #error: Error | null = null

  constructor(identity: Identity, signed: boolean, limits: Limits, host: OutboxHost) {
    this.#id = identity.id
    this.#limits = limits
    this.#host = host
    this.#filler = new SlabFiller(identity, signed, limits, host)
  }

  /** Bytes of messages whose `write` has not resolved. */
  get waitingBytes(): number {
    return this.#waitingBytes
  }

  write(message: Uint8Array | string): Promise<Receipt> {
    if (this.#error !== null) return Promise.reject(this.#error)
    const payload = typeof message === 'string' ? ENCODER.encode(message) : message
    if (!(payload instanceof Uint8Array))
      return Promise.reject(optionError('message', 'a message is a Uint8Array or a string'))
    if (payload.length > this.#limits.maxMessageBytes) return Promise.reject(this.#tooLarge(payload.length))
    if (this.#waiting.length === 0 && payload.length <= MAX_PACKET_BODY_BYTES) {
      const place = this.#append(payload)
      if (place !== null) return Promise.resolve(this.#receipt(place))
    }
    // The caller may use its bytes again when its turn goes on; ours wait.
    return this.#wait(payload === message ? payload.slice() : payload)
  }

  /** Resolves when everything written so far is with the worker, which takes a neighbour to send it to. */
  whenPosted(): Promise<void> {
    this.post()
    if (this.#isEmpty || this.#error !== null) return Promise.resolve()
    return new Promise((resolve) => this.#onPosted.push(resolve))
  }

  /** Sends what has been gathered, if there is a neighbour to send it to. */
  post(): void {
    if (this.#host.links === 0) return
    this.#filler.post()
    this.#settlePosted()
  }

  /** A neighbour is there, or worker 0 again: what was held goes out. */
  onLinkUp(): void {
    this.post()
    this.#drain()
  }

  onReturn(buffer: ArrayBuffer): void {
    this.#filler.onReturn(buffer)
    this.#drain()
  }

  onWorkerCrash(): void {
    const lost = this.#filler.onCrash()
    // A large message that was cut in two by the crash begins anew.
    if (this.#waiting[0] !== undefined) this.#waiting[0].fragment = 0
    this.#lost += lost
    this.#host.onLost('worker-crash', lost)
    this.#drain()
  }

  /** Messages lost with crashed workers since the last call. */
  takeLost(): number {
    const lost = this.#lost
    this.#lost = 0
    return lost
  }

  /** Rejects everything that waits, and every write from now on. */
  close(error: Error): void {
    this.#error = error
    this.#host.onLost('closed', this.#filler.unposted)
    for (const { reject } of this.#waiting.splice(0)) reject(error)
    this.#waitingBytes = 0
    this.#settlePosted()
  }

  get #isEmpty(): boolean {
    return this.#waiting.length === 0 && this.#filler.unposted === 0
  }

  #settlePosted(): void {
    if (!this.#isEmpty && this.#error === null) return
    for (const resolve of this.#onPosted.splice(0)) resolve()
  }

  #append(payload: Uint8Array): Place | null {
    this.#schedule()
    const place = this.#filler.append(payload, this.#host.links === 0, this.#nowMs)
    if (place !== null) this.written++
    return place
  }

  /** Once a turn, when its microtasks are done: a loop of awaited writes runs in them, and fills whole packets. */
  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    this.#nowMs = Date.now()
    // Straight to nextTick would come before the microtasks of the turn that handed a slab back.
    queueMicrotask(() => process.nextTick(() => this.#onTurnEnd()))
  }

  #onTurnEnd(): void {
    this.#scheduled = false
    this.post()
  }

  #wait(payload: Uint8Array): Promise<Receipt> {
    const { writeQueueBytes } = this.#limits
    if (this.#waiting.length > 0 && this.#waitingBytes + payload.length > writeQueueBytes) {
      const text = `writes that nobody awaited have filled the queue of ${writeQueueBytes} bytes (limit writeQueueBytes)`
      return Promise.reject(new FloodnetError('ERR_FLOODNET_QUEUE_FULL', text))
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
    const { payload } = message
    const count = fragmentCount(payload.length)
    let place: Place | null = null
    while (message.fragment < count) {
      this.#schedule()
      place = this.#filler.appendFragment(payload, message.fragment, count, this.#host.links === 0, this.#nowMs)
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
    const text = `a message of ${bytes} bytes exceeds maxMessageBytes (${maxMessageBytes})`
    return new FloodnetError('ERR_FLOODNET_MESSAGE_TOO_LARGE', text)
  }
}
