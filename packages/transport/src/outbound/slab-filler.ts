// Puts written messages into lent slabs, and knows where each of them is: in the current slab, held for a first
// neighbour, or with worker 0. Without a free slab the writer waits; nothing is dropped here.
import { Flag, type Limits, type MessageId, PacketWriter } from '@floodnet/core'
import type { Identity } from '../identity/identity.ts'
import type { FrameRing } from '../threads/frame-ring.ts'
import { SLAB_BYTES, SLAB_COUNT, type SlabPort, SlabSender } from '../threads/slab-sender.ts'
import { BatchSize } from './batch-size.ts'

interface Full {
  readonly buffer: ArrayBuffer
  readonly bytes: number
  readonly messages: number
}

export class SlabFiller {
  readonly #port: SlabPort
  readonly #ring: FrameRing | null
  readonly #writer: PacketWriter
  readonly #holdSlabs: number
  readonly #batchSize: BatchSize
  #sender: SlabSender
  #slab: ArrayBuffer | null = null
  /** Messages in the current slab. */
  #messages = 0
  /** Full slabs from before there was any neighbour. */
  #held: Full[] = []
  /** Messages in each slab that the worker has, the first lent first: they come back in that order. */
  #lent: number[] = []
  /**
   * Messages in each of the last short runs, the oldest first. Those that the worker has read are forgotten at the next
   * one.
   */
  #noted: number[] = []

  constructor(identity: Identity, signed: boolean, limits: Limits, port: SlabPort, ring: FrameRing | null) {
    this.#port = port
    this.#ring = ring
    this.#writer = new PacketWriter(identity.publicKey, identity.incarnation, signed, Date.now(), workFlagOf(limits))
    this.#batchSize = new BatchSize(signed)
    this.#writer.batchBytes = this.#batchSize.bytes
    this.#sender = new SlabSender(port, ring)
    // One slab less than there are, so that the first neighbour finds the lane moving.
    this.#holdSlabs = Math.min(SLAB_COUNT - 1, Math.max(1, Math.floor(limits.holdBytes / SLAB_BYTES)))
  }

  /** The incarnation of the packets written last. */
  get incarnation(): number {
    return this.#writer.incarnation
  }

  /** Messages that no worker has yet. */
  get unposted(): number {
    return this.#held.reduce((sum, { messages }) => sum + messages, this.#messages)
  }

  /** Adds a message of at most MAX_PACKET_BODY_BYTES; `hold`: there is nobody to send to. Null: no room now. */
  append(payload: Uint8Array, hold: boolean, nowMs: number): MessageId | null {
    let place = this.#slab === null ? null : this.#writer.append(payload, nowMs)
    if (place === null && this.#nextSlab(hold)) place = this.#writer.append(payload, nowMs)
    if (place !== null) this.#messages++
    return place
  }

  /** Adds one fragment of a larger message. Null: no room now. */
  appendFragment(payload: Uint8Array, index: number, count: number, hold: boolean, nowMs: number): MessageId | null {
    let place = this.#slab === null ? null : this.#writer.appendFragment(payload, index, count, nowMs)
    if (place === null && this.#nextSlab(hold)) place = this.#writer.appendFragment(payload, index, count, nowMs)
    if (place !== null && index === count - 1) this.#messages++
    return place
  }

  /** Adds a message, or one fragment of it, that passes a stem before it floods. Null: no room now. */
  appendWalk(payload: Uint8Array, index: number, count: number, hold: boolean, nowMs: number): MessageId | null {
    let place = this.#slab === null ? null : this.#writer.appendStem(payload, index, count, nowMs)
    if (place === null && this.#nextSlab(hold)) place = this.#writer.appendStem(payload, index, count, nowMs)
    if (place !== null && index === count - 1) this.#messages++
    return place
  }

  /**
   * Adds a whole packet of another author, if there is somebody to send it to; it may be the `last` of its message.
   * False: no room now.
   */
  appendFrame(frame: Uint8Array, last: boolean): boolean {
    let done = this.#slab !== null && this.#writer.appendFrame(frame)
    if (!done && this.#nextSlab(false)) done = this.#writer.appendFrame(frame)
    if (done && last) this.#messages++
    return done
  }

  /** Gives the worker everything there is. */
  post(): void {
    for (const full of this.#held.splice(0)) this.#lend(full)
    if (this.#slab !== null && this.#writer.usedBytes > 0) this.#lend(this.#detach(this.#slab))
  }

  onReturn(buffer: ArrayBuffer): void {
    this.#lent.shift()
    this.#batchSize.onReturned(performance.now())
    this.#writer.batchBytes = this.#batchSize.bytes
    this.#sender.onReturn(buffer)
  }

  /** The worker is gone with the slabs lent to it; its successor begins with fresh ones. Returns the messages lost. */
  onCrash(): number {
    this.#forgetTakenNotes()
    const lost = [...this.#lent, ...this.#noted].reduce((sum, messages) => sum + messages, 0)
    this.#lent = []
    this.#noted = []
    this.#batchSize.onCrash()
    this.#ring?.reset()
    this.#sender = new SlabSender(this.#port, this.#ring)
    return lost
  }

  #nextSlab(hold: boolean): boolean {
    const full = this.#slab
    if (full !== null && hold && this.#held.length + 1 >= this.#holdSlabs) return false
    const fresh = this.#sender.take()
    if (fresh === null) return false
    if (full !== null && hold) this.#held.push(this.#detach(full))
    else if (full !== null) this.post()
    this.#slab = fresh
    this.#writer.attach(new Uint8Array(fresh))
    return true
  }

  #detach(buffer: ArrayBuffer): Full {
    const full = { buffer, bytes: this.#writer.detach(), messages: this.#messages }
    this.#slab = null
    this.#messages = 0
    return full
  }

  #lend({ buffer, bytes, messages }: Full): void {
    if (!this.#sender.postSlab(buffer, bytes)) {
      this.#lent.push(messages)
      this.#batchSize.onLent(bytes, performance.now())
      return
    }
    this.#noted.push(messages)
    this.#forgetTakenNotes()
  }

  #forgetTakenNotes(): void {
    this.#noted.splice(0, this.#noted.length - (this.#ring?.unread ?? 0))
  }
}

/** Packets leave room for the nonce if the network requires work. */
export function workFlagOf({ workBits }: Limits): number {
  return workBits > 0 ? Flag.work : 0
}
