// Packets from a JetStream stream, in its order, from a known number on: what came while the server or the bridge was
// away arrives later. We request packets as the flood accepts them, so nothing piles up here.
import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '@floodnet/core'
import type { ConsumerMessages, JetStreamClient, JsMsg } from '@nats-io/jetstream'
import type { NatsLimits } from './options.ts'
import type { NatsCounts } from './stats.ts'
import type { StreamPlace } from './stream.ts'
import { headersOf, type Inlet, type InletHost } from './subject-inlet.ts'

/** How often the server reports that it is there, in ms; after twice that, the client asks again. A guess. */
const HEARTBEAT_MS = 2_000

/** Which messages of which stream. */
export interface StreamSource extends StreamPlace {
  readonly stream: string
  readonly subject: string
}

export class StreamInlet implements Inlet {
  readonly #jetstream: JetStreamClient
  readonly #source: StreamSource
  readonly #limits: NatsLimits
  readonly #counts: NatsCounts
  readonly #host: InletHost
  readonly #running: Promise<void>
  #messages: ConsumerMessages | null = null
  #lastSeq: number
  #closed = false

  constructor(
    jetstream: JetStreamClient,
    source: StreamSource,
    limits: NatsLimits,
    counts: NatsCounts,
    host: InletHost
  ) {
    this.#jetstream = jetstream
    this.#source = source
    this.#limits = limits
    this.#counts = counts
    this.#host = host
    this.#lastSeq = source.startSeq - 1
    this.#running = this.#run()
  }

  /** What waits is at the server. */
  get queuedBytes(): number {
    return 0
  }

  /** Requests again, from the last one on: the client by itself may wait for half a minute. */
  onReconnect(): void {
    void this.#messages?.close()
  }

  async close(): Promise<void> {
    this.#closed = true
    void this.#messages?.close()
    await this.#running
  }

  async #run(): Promise<void> {
    while (!this.#closed) {
      try {
        await this.#read()
      } catch (error) {
        if (!this.#closed) this.#host.onNotice(`stream ${this.#source.stream} cannot be read: ${messageOf(error)}`)
      }
      if (!this.#closed) await sleep(this.#limits.retryMs)
    }
  }

  async #read(): Promise<void> {
    const { stream, subject } = this.#source
    const consumer = await this.#jetstream.consumers.get(stream, {
      filter_subjects: subject,
      deliver_policy: 'by_start_sequence',
      opt_start_seq: this.#lastSeq + 1
    })
    const messages = await consumer.consume({ max_bytes: this.#limits.maxPulledBytes, idle_heartbeat: HEARTBEAT_MS })
    this.#messages = messages
    if (this.#closed) void messages.close()
    for await (const message of messages) {
      if (this.#closed) return
      await this.#onMessage(message)
    }
  }

  async #onMessage(message: JsMsg): Promise<void> {
    const { seq } = message
    if (seq <= this.#lastSeq) return
    if (this.#source.isOurs) this.#counts.losses.missed += seq - this.#lastSeq - 1
    this.#lastSeq = seq
    await this.#host.take({ headers: headersOf(message), body: message.data })
  }
}
