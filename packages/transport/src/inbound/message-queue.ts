// Messages that wait to be read, and the readers that wait for them. It lives as long as the network object: another
// node may come to fill it, and readers and subscribers do not notice. Hot: guarded by the benchmark line.100B.
import { BATCH_PREFIX_BYTES, FloodnetError, type Limits } from '@floodnet/core'
import type { Message } from '../api.ts'
import { abortReason } from '../options/abort-signal.ts'
import type { ReadProgress } from '../threads/read-progress.ts'
import { MessageStream } from './message-stream.ts'
import { nextMessage, type PacketCursor } from './packet-cursor.ts'
import { Readers } from './readers.ts'

/** A guess: at some hundred messages a second, a program shows that it reads. */
const MESSAGES_A_MARK = 64

/** Fills the queue: a node's inbox. */
export interface MessageSource {
  /** Where the worker sees that the program reads. */
  readonly reading: ReadProgress
  /** There is room again: adds what has arrived since, as far as it fits. */
  refill(): void
}

export class MessageQueue {
  /** Every message, independent of the queue. */
  readonly stream = new MessageStream()
  readonly #limits: Pick<Limits, 'inboxLimit' | 'inboxBytes'>
  readonly #cursors: PacketCursor[] = []
  readonly #readers = new Readers()
  readonly #take = () => this.take()
  #source: MessageSource | null = null
  #head = 0
  #messages = 0
  #bytes = 0
  #everRead = false
  #error: Error | null = null
  /** Why the node failed; null while it runs, and if it was closed. */
  #failure: Error | null = null

  constructor(limits: Pick<Limits, 'inboxLimit' | 'inboxBytes'>) {
    this.#limits = limits
  }

  /** Messages waiting to be read. */
  get messages(): number {
    return this.#messages
  }

  get bytes(): number {
    return this.#bytes
  }

  get hasRoom(): boolean {
    return this.#messages < this.#limits.inboxLimit && this.#bytes < this.#limits.inboxBytes
  }

  /** Whether more can be added: there is room, or a subscriber that takes messages without it. */
  get takes(): boolean {
    return this.hasRoom || this.stream.observed
  }

  /** The program has closed the network, so nothing more comes. */
  get closed(): boolean {
    return this.#error !== null && this.#failure === null
  }

  /** From now on messages come from here. Drops what is left of earlier ones, and returns how many those were. */
  attach(source: MessageSource): number {
    let unread = 0
    do {
      unread += this.#messages
      this.#cursors.length = 0
      this.#head = 0
      this.#messages = 0
      this.#bytes = 0
      this.#source?.refill()
    } while (this.#messages > 0)
    this.#source = source
    return unread
  }

  /** False: messages are lost. `hasRoom`: as it was when the packet began, which is taken whole or not at all. */
  put(cursor: PacketCursor, hasRoom: boolean): boolean {
    if (this.stream.observed) this.#emit({ ...cursor })
    if (hasRoom) this.#enqueue(cursor)
    // A program that only subscribes loses nothing when a queue that nobody reads is full.
    return hasRoom || !this.#everRead
  }

  /** The next message; null if there is none now. */
  take(): Message | null {
    this.#everRead = true
    if (this.#messages === 0) this.#source?.refill()
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

  /** Gives waiting readers what is there. */
  serve(): void {
    this.#readers.serve(this.#take)
  }

  /** Readers can still take what is queued. After that they get `failure`, or learn that the network has closed. */
  close(failure: Error | null = null): void {
    this.#failure = failure
    const error = failure ?? closedError()
    this.#error = error
    this.#readers.rejectAll(error)
    this.stream.end(failure)
  }

  #emit(cursor: PacketCursor): void {
    while (cursor.index < cursor.endIndex) this.stream.next(this.#next(cursor))
  }

  #next(cursor: PacketCursor): Message {
    if (cursor.index % MESSAGES_A_MARK === 0) this.#source?.reading.advance()
    return nextMessage(cursor)
  }

  #enqueue(cursor: PacketCursor): void {
    this.#cursors.push(cursor)
    const count = cursor.endIndex - cursor.index
    this.#messages += count
    this.#bytes += cursor.body.length - (cursor.batch ? count * BATCH_PREFIX_BYTES : 0)
  }

  /** Shifts the array only when most of it is used up, so that reading stays cheap however long the queue is. */
  #dropHead(): void {
    this.#head++
    if (this.#head === this.#cursors.length || (this.#head > 1_024 && this.#head * 2 > this.#cursors.length)) {
      this.#cursors.splice(0, this.#head)
      this.#head = 0
    }
  }
}

/** The error of a network that has ended. */
export function closedError(): FloodnetError {
  return new FloodnetError('ERR_FLOODNET_CLOSED', 'the network has closed')
}
