// The path of one-time messages to worker 0. Each has packets of its own, made when there is a neighbour and room for
// them, since their time must be fresh. They wait in a separate queue, so that they hold up no other messages.
import { encodeStem, type Limits } from '@floodnet/core'
import type { Receipt } from '../api.ts'
import type { FrameCrypto } from '../identity/frame-crypto.ts'
import { isAged, type OneTimeFrame, type OneTimeKey, packetCount } from './one-time-origin.ts'
import { workFlagOf } from './slab-filler.ts'
import { type Refusal, WriteQueue, type WriteQueueEntry } from './write-queue.ts'

/** What one-time messages need of the outbox. */
export interface OneTimeHost {
  readonly links: number
  /** Sends a whole packet, the `last` of its message or not. False: no room now. */
  appendFrame(frame: Uint8Array, last: boolean): boolean
  onLost(reason: Refusal, messages: number): void
}

interface OneTimeMessage extends WriteQueueEntry {
  readonly key: OneTimeKey
  /** The next packet, which has not found room yet. */
  frame: OneTimeFrame | null
}

export class OneTimeOutbox {
  readonly #crypto: FrameCrypto | null
  readonly #host: OneTimeHost
  readonly #flags: number
  readonly #queue: WriteQueue<OneTimeMessage>

  /** `crypto` null: packets are not signed. */
  constructor(crypto: FrameCrypto | null, limits: Limits, host: OneTimeHost) {
    this.#crypto = crypto
    this.#host = host
    this.#flags = workFlagOf(limits)
    this.#queue = new WriteQueue(limits.writeQueueBytes, (reason, messages) => host.onLost(reason, messages))
  }

  get waitingBytes(): number {
    return this.#queue.bytes
  }

  get isEmpty(): boolean {
    return this.#queue.first === undefined
  }

  write(payload: Uint8Array, key: OneTimeKey, stem: boolean, signal?: AbortSignal): Promise<Receipt> {
    const written = this.#queue.wait((settle) => ({ payload, key, fragment: 0, frame: null, stem, ...settle }), signal)
    this.drain()
    return written
  }

  /** Sends whatever finds room. */
  drain(): void {
    if (this.#host.links === 0) return
    for (let next = this.#queue.first; next !== undefined; next = this.#queue.first) {
      const receipt = this.#append(next)
      if (receipt === null) return
      this.#queue.shift()
      next.resolve(receipt)
    }
  }

  /** What was on its way is lost: a large message that was cut in two starts again. */
  onWorkerCrash(): void {
    const first = this.#queue.first
    if (first !== undefined) {
      first.fragment = 0
      first.frame = null
    }
    this.drain()
  }

  close(error: Error): void {
    this.#queue.close(error)
  }

  /** Null: not all of the message has found room yet. */
  #append(message: OneTimeMessage): Receipt | null {
    const { payload, key } = message
    const count = packetCount(payload.length)
    // It found no room in time. All packets of a message have one time, so it can change only before the first is out.
    if (message.fragment === 0 && message.frame !== null && isAged(message.frame.place.incarnation, Date.now()))
      message.frame = null
    for (;;) {
      message.frame ??= key.frame(payload, message.fragment, this.#crypto, this.#flags)
      const { bytes, place } = message.frame
      const last = message.fragment === count - 1
      if (!this.#host.appendFrame(message.stem ? encodeStem(bytes) : bytes, last)) return null
      message.frame = null
      message.fragment++
      if (last) return { origin: key.id, ...place, links: this.#host.links }
    }
  }
}
