// The path of written messages to worker 0: packed into slabs that are posted once a turn or when full. A full path
// makes the writer wait, up to a limit. Accepted messages are lost only if a worker, or the whole node, crashes.
import { TextEncoder } from 'node:util'
import { isUint8Array } from 'node:util/types'
import {
  copyBytes,
  FloodnetError,
  type Limits,
  MAX_PACKET_BODY_BYTES,
  type MessageId,
  optionError
} from '@floodnet/core'
import type { Receipt, WriteOptions } from '../api.ts'
import type { FrameCrypto } from '../identity/frame-crypto.ts'
import type { Identity } from '../identity/identity.ts'
import { abortReason } from '../options/abort-signal.ts'
import { type DirectMessages, SEAL_BYTES } from '../sealed/direct-messages.ts'
import type { FrameRing } from '../threads/frame-ring.ts'
import type { SlabPort } from '../threads/slab-sender.ts'
import { OneTimeKey, packetCount } from './one-time-origin.ts'
import { OneTimeOutbox } from './one-time-outbox.ts'
import { SlabFiller } from './slab-filler.ts'
import { type Refusal, unlessAwaited, WriteQueue, type WriteQueueEntry } from './write-queue.ts'
import { WriteTurn } from './write-turn.ts'

/** What the outbox needs of the node. */
export interface OutboxHost extends SlabPort {
  /** Neighbours that a message posted now will reach; also 0 while worker 0 is down. */
  readonly links: number
  /** Where small numbers of messages go; null: all go in slabs. */
  readonly ring: FrameRing | null
  /**
   * Messages will not be sent. `worker-crash`: a worker that crashed had them. `closed`: they had not been sent by the
   * end.
   */
  onLost(reason: 'worker-crash' | Refusal, messages: number): void
}

/**
 * One-time keys that we recognise as ours: a message with a stem comes back looking like a new one. A guess: more than
 * are under way at one time.
 */
const MAX_OWN_KEYS = 1_024

const ENCODER = new TextEncoder()

export class Outbox {
  /** Messages accepted. */
  written = 0
  readonly #id: string
  readonly #limits: Limits
  readonly #host: OutboxHost
  readonly #direct: DirectMessages
  readonly #filler: SlabFiller
  readonly #oneTime: OneTimeOutbox
  readonly #waiting: WriteQueue<WriteQueueEntry>
  readonly #onPosted: { resolve: () => void; reject: (error: Error) => void }[] = []
  /** One-time keys used lately, the last at the end. */
  readonly #ownKeys = new Set<string>()
  readonly #turn = new WriteTurn(() => this.#onNextTurn())
  #scheduled = false
  /** Unix ms of this turn: reading a clock for each message takes a tenth of the time of writing one. */
  #nowMs = 0
  #lost = 0
  #error: Error | null = null

  /** `crypto` null: packets are not signed. */
  constructor(
    identity: Identity,
    crypto: FrameCrypto | null,
    limits: Limits,
    host: OutboxHost,
    direct: DirectMessages
  ) {
    this.#direct = direct
    this.#id = identity.id
    this.#limits = limits
    this.#host = host
    this.#filler = new SlabFiller(identity, crypto !== null, limits, host, host.ring)
    this.#waiting = new WriteQueue(limits.writeQueueBytes, (reason, messages) => host.onLost(reason, messages))
    this.#oneTime = new OneTimeOutbox(crypto, limits, {
      get links() {
        return host.links
      },
      appendFrame: (frame, last) => this.#appendFrame(frame, last),
      onLost: (reason, messages) => host.onLost(reason, messages)
    })
  }

  /** Whether a message of this origin is our own, back from its stem. */
  isOwn(origin: string): boolean {
    return origin === this.#id || this.#ownKeys.has(origin)
  }

  /** The incarnation of the packets written last: it rises while the node runs. */
  get incarnation(): number {
    return this.#filler.incarnation
  }

  /** Bytes of messages whose `write` has not resolved. */
  get waitingBytes(): number {
    return this.#waiting.bytes + this.#oneTime.waitingBytes
  }

  write(message: Uint8Array | string, options?: WriteOptions): Promise<Receipt> {
    if (this.#error !== null) return this.#refuseClosed(this.#error)
    if (options?.signal?.aborted) return unlessAwaited(Promise.reject(abortReason(options.signal)))
    const payload = typeof message === 'string' ? ENCODER.encode(message) : message
    if (!isUint8Array(payload)) return Promise.reject(optionError('message', 'a message is a Uint8Array or a string'))
    if (payload.length > this.#limits.maxMessageBytes) return Promise.reject(this.#tooLarge(payload.length))
    if (options?.stem !== undefined && typeof options.stem !== 'boolean')
      return Promise.reject(optionError('stem', 'option stem is true or false'))
    const stem = options?.stem === true
    if (options?.oneTime !== undefined || options?.to !== undefined)
      return this.#writeOneTime(message, payload, options)
    if (!stem && this.#waiting.length === 0 && payload.length <= MAX_PACKET_BODY_BYTES) {
      const place = this.#append(payload)
      if (place !== null) return Promise.resolve(this.#receipt(place))
    }
    // The caller may reuse its bytes when its turn continues; ours wait.
    return this.#wait(payload === message ? copyBytes(payload) : payload, stem, options?.signal)
  }

  /**
   * Resolves when everything written so far is with the worker, which requires a neighbour. Rejects if the network
   * closes first.
   */
  whenPosted(): Promise<void> {
    this.post()
    if (this.#isEmpty) return Promise.resolve()
    return new Promise((resolve, reject) => this.#onPosted.push({ resolve, reject }))
  }

  /** Sends what has been gathered, if there is a neighbour. */
  post(): void {
    if (this.#host.links === 0) return
    this.#filler.post()
    this.#settlePosted()
  }

  /** There is a neighbour, or worker 0 is back: what was held goes out. */
  onLinkUp(): void {
    this.post()
    this.#drain()
    this.#oneTime.drain()
  }

  onReturn(buffer: ArrayBuffer): void {
    this.#filler.onReturn(buffer)
    this.#drain()
    this.#oneTime.drain()
    // An abort may have given up what was waited for.
    this.#settlePosted()
  }

  onWorkerCrash(): void {
    const lost = this.#filler.onCrash()
    // A large message that the crash cut in two starts again.
    if (this.#waiting.first !== undefined) this.#waiting.first.fragment = 0
    this.#lost += lost
    this.#host.onLost('worker-crash', lost)
    this.#drain()
    this.#oneTime.onWorkerCrash()
  }

  /** Messages lost with crashed workers since the last call. */
  takeLost(): number {
    const lost = this.#lost
    this.#lost = 0
    return lost
  }

  /** Rejects everything that waits, and every write from now on. */
  close(error: Error): void {
    this.#settlePosted()
    this.#error = error
    for (const { reject } of this.#onPosted.splice(0)) reject(error)
    this.#host.onLost('closed', this.#filler.unposted)
    this.#waiting.close(error)
    this.#oneTime.close(error)
  }

  get #isEmpty(): boolean {
    return this.#waiting.length === 0 && this.#oneTime.isEmpty && this.#filler.unposted === 0
  }

  #settlePosted(): void {
    if (!this.#isEmpty) return
    for (const { resolve } of this.#onPosted.splice(0)) resolve()
  }

  #append(payload: Uint8Array): MessageId | null {
    if (this.#turn.isOver(payload.length)) return null
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
    // nextTick alone would come before the microtasks of the turn that handed a slab back.
    queueMicrotask(() => process.nextTick(() => this.#onTurnEnd()))
  }

  #onTurnEnd(): void {
    this.#scheduled = false
    this.post()
  }

  #onNextTurn(): void {
    this.#drain()
    this.#oneTime.drain()
    this.#settlePosted()
  }

  /** Counted, so that the loss of a write that nobody awaits is reported. */
  #refuseClosed(error: Error): Promise<Receipt> {
    this.#host.onLost('closed', 1)
    return unlessAwaited(Promise.reject(error))
  }

  #wait(payload: Uint8Array, stem: boolean, signal?: AbortSignal): Promise<Receipt> {
    const written = this.#waiting.wait((settle) => ({ payload, fragment: 0, stem, ...settle }), signal)
    this.#drain()
    return written
  }

  /** The bytes are copied at once, because they may have to wait. */
  #writeOneTime(message: unknown, payload: Uint8Array, options: WriteOptions): Promise<Receipt> {
    const { oneTime = true, stem, signal, to } = options
    const key = oneTime === true ? new OneTimeKey() : oneTime
    if (!(key instanceof OneTimeKey))
      return Promise.reject(optionError('oneTime', 'option oneTime is true or made by newOneTimeOrigin()'))
    this.#noteOwn(key.id)
    if (to !== undefined) return this.#writeDirect(to, payload, key, options)
    return this.#oneTime.write(payload === message ? copyBytes(payload) : payload, key, stem === true, signal)
  }

  #writeDirect(to: string, payload: Uint8Array, key: OneTimeKey, { stem, signal }: WriteOptions): Promise<Receipt> {
    if (!this.#direct.canReach(to))
      return Promise.reject(optionError('to', 'option to is the id of another node: 64 hex digits'))
    const sealed = this.#direct.seal(to, key.id, payload)
    if (sealed === null) return Promise.reject(this.#tooLarge(payload.length + SEAL_BYTES))
    return this.#oneTime.write(sealed, key, stem === true, signal)
  }

  #noteOwn(id: string): void {
    this.#ownKeys.delete(id)
    this.#ownKeys.add(id)
    const [oldest] = this.#ownKeys
    if (this.#ownKeys.size > MAX_OWN_KEYS && oldest !== undefined) this.#ownKeys.delete(oldest)
  }

  #appendFrame(frame: Uint8Array, last: boolean): boolean {
    if (this.#turn.isOver(frame.length) || !this.#filler.appendFrame(frame, last)) return false
    if (last) this.written++
    this.#schedule()
    return true
  }

  #drain(): void {
    for (let next = this.#waiting.first; next !== undefined; next = this.#waiting.first) {
      const isSmall = next.payload.length <= MAX_PACKET_BODY_BYTES && !next.stem
      const place = isSmall ? this.#append(next.payload) : this.#appendParts(next)
      if (place === null) return
      this.#waiting.shift()
      next.resolve(this.#receipt(place))
    }
  }

  /** Continues a message that has packets of its own, where the last slab ended. Null: not all of it is written yet. */
  #appendParts(message: WriteQueueEntry): MessageId | null {
    const { payload } = message
    const count = packetCount(payload.length)
    let place: MessageId | null = null
    while (message.fragment < count) {
      this.#schedule()
      place = this.#appendPart(message, count)
      if (place === null) return null
      message.fragment++
    }
    this.written++
    return place
  }

  #appendPart({ payload, fragment, stem }: WriteQueueEntry, count: number): MessageId | null {
    if (this.#turn.isOver(Math.min(payload.length, MAX_PACKET_BODY_BYTES))) return null
    const hold = this.#host.links === 0
    return stem
      ? this.#filler.appendWalk(payload, fragment, count, hold, this.#nowMs)
      : this.#filler.appendFragment(payload, fragment, count, hold, this.#nowMs)
  }

  #receipt({ incarnation, seq, index }: MessageId): Receipt {
    return { origin: this.#id, incarnation, seq, index, links: this.#host.links }
  }

  #tooLarge(bytes: number): FloodnetError {
    const { maxMessageBytes } = this.#limits
    const text = `a message of ${bytes} bytes exceeds maxMessageBytes (${maxMessageBytes})`
    return new FloodnetError('ERR_FLOODNET_MESSAGE_TOO_LARGE', text)
  }
}
