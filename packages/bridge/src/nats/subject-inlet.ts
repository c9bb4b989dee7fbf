// Packets from a subject alone. NATS pushes them, and drops a client that does not read, so we read them at once into a
// bounded queue, and count them when it is full.
import { messageOf } from '@floodnet/core'
import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node'
import { BoundedQueue } from './bounded-queue.ts'
import { HEADER } from './carried-packet.ts'
import { Numbers } from './numbers.ts'
import type { NatsLimits } from './options.ts'
import type { Received } from './receiver.ts'
import type { NatsCounts } from './stats.ts'

/** What a message costs besides its body. */
const MESSAGE_BYTES = 1_024

/** Where packets come from. */
export interface Inlet {
  /** Bytes that wait for the flood. */
  readonly queuedBytes: number
  /** The server is back. */
  onReconnect(): void
  close(): Promise<void>
}

/** Receives the messages and reports of an inlet. */
export interface InletHost {
  take(message: Received): Promise<void>
  onNotice(text: string): void
}

interface Waiting extends Received {
  readonly bytes: number
}

export class SubjectInlet implements Inlet {
  readonly #host: InletHost
  readonly #counts: NatsCounts
  readonly #queue: BoundedQueue<Waiting>
  readonly #numbers = new Numbers()
  readonly #subscription: Subscription
  readonly #running: Promise<void>
  #closed = false

  constructor(nats: NatsConnection, subject: string, limits: NatsLimits, counts: NatsCounts, host: InletHost) {
    this.#host = host
    this.#counts = counts
    this.#queue = new BoundedQueue(limits.maxIncomingBytes)
    this.#subscription = nats.subscribe(subject, { callback: (error, message) => this.#onMessage(error, message) })
    this.#running = this.#run()
  }

  get queuedBytes(): number {
    return this.#queue.bytes
  }

  /** The client has subscribed again by itself. */
  onReconnect(): void {}

  async close(): Promise<void> {
    this.#closed = true
    if (!this.#subscription.isClosed()) this.#subscription.unsubscribe()
    this.#queue.close()
    await this.#running
  }

  #onMessage(error: Error | null, message: Msg): void {
    if (error !== null) return this.#host.onNotice(`the subject is closed to this bridge: ${messageOf(error)}`)
    const headers = headersOf(message)
    const number = Number(headers.get(HEADER.number))
    if (Number.isSafeInteger(number) && number > 0)
      this.#counts.losses.missed += this.#numbers.missedBefore(headers.get(HEADER.bridge) ?? '', number)
    if (this.#queue.isFull) this.#counts.losses['incoming-full']++
    else this.#queue.push({ headers, body: message.data, bytes: message.data.length + MESSAGE_BYTES })
  }

  async #run(): Promise<void> {
    while (!this.#closed) {
      await this.#queue.whenItem()
      const [next] = this.#queue.first(1)
      if (this.#closed || next === undefined) continue
      await this.#host.take(next)
      this.#queue.drop(1)
    }
  }
}

/** The first value of each header. */
export function headersOf({ headers }: { readonly headers?: Msg['headers'] | undefined }): Map<string, string> {
  const all = new Map<string, string>()
  for (const [name, [value]] of headers ?? []) if (value !== undefined) all.set(name, value)
  return all
}
