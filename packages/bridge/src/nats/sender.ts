// From the flood to NATS: packets in order, several at a time, and again from the first one that was not confirmed. So
// an outage is only a delay. A subject or stream recognises what it has had by the packet's id, and drops it.
import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '@floodnet/core'
import { BoundedQueue } from './bounded-queue.ts'
import { type CarriedPacket, HEADER } from './carried-packet.ts'
import type { NatsLimits } from './options.ts'
import { partsOf, partText } from './parts.ts'
import type { NatsCounts } from './stats.ts'

/** Room for all headers of a packet: they have some 500 bytes. */
const HEADER_ROOM_BYTES = 1_024

/** The outcome of a packet that we gave to the server. */
export type Outcome =
  | 'kept'
  /** Forever, because of the packet itself. */
  | 'refused'
  /** Nobody listens. */
  | 'nobody'
  /** It may or may not have arrived. */
  | 'unsure'

/** One NATS message. */
export interface NatsMessage {
  /** The packet's id, and which part of it this is. */
  readonly id: string
  readonly headers: ReadonlyMap<string, string>
  readonly body: Uint8Array
}

/** Where packets go: a subject alone, or a stream. */
export interface Outlet {
  /** Sends the messages of a packet together. Never rejects; the outcomes have the same order. */
  send(packets: readonly (readonly NatsMessage[])[]): Promise<Outcome[]>
}

/** What a sender needs of its bridge. */
export interface SenderHost {
  readonly connected: boolean
  readonly maxPayload: number
  /** Whether the packet is on the subject already. */
  isHeard(id: string): boolean
  onNotice(text: string): void
}

interface Queued extends CarriedPacket {
  readonly bytes: number
  /** Counts what this bridge sends, so that others see what they miss. Set when it is first sent. */
  number: number
}

export class Sender {
  readonly #outlet: Outlet
  readonly #host: SenderHost
  readonly #limits: NatsLimits
  readonly #counts: NatsCounts
  readonly #queue: BoundedQueue<Queued>
  /** Headers that every message has. */
  readonly #common: readonly (readonly [string, string])[]
  /** Resolves after `close`, when nothing is under way any more. */
  readonly ended: Promise<void>
  #numbers = 0
  #nobodySinceMs: number | null = null
  #closed = false

  constructor(
    outlet: Outlet,
    common: readonly (readonly [string, string])[],
    limits: NatsLimits,
    counts: NatsCounts,
    host: SenderHost
  ) {
    this.#outlet = outlet
    this.#common = common
    this.#limits = limits
    this.#counts = counts
    this.#host = host
    this.#queue = new BoundedQueue(limits.maxQueuedBytes)
    this.ended = this.#run()
  }

  get queued(): { packets: number; bytes: number } {
    return { packets: this.#queue.length, bytes: this.#queue.bytes }
  }

  /** Resolves when there is room for more: await it to get back-pressure. */
  async add(packet: CarriedPacket): Promise<void> {
    await this.#queue.whenRoom()
    if (this.#closed) this.#counts.losses.closed++
    else this.#queue.push({ ...packet, bytes: packet.body.length + HEADER_ROOM_BYTES, number: 0 })
  }

  /** Sends what waits, for `lastPacketsMs` at most, and counts the rest. */
  async close(): Promise<void> {
    const endMs = performance.now() + this.#limits.lastPacketsMs
    while (this.#queue.length > 0 && this.#host.connected && performance.now() < endMs) await sleep(10)
    this.#closed = true
    this.#queue.close()
    this.#counts.losses.closed += this.#queue.length
  }

  async #run(): Promise<void> {
    while (!this.#closed) {
      await this.#queue.whenItem()
      const packets = this.#unheard()
      if (this.#closed || packets.length === 0) continue
      const outcomes = this.#host.connected ? await this.#send(packets) : []
      if (this.#closed) return
      const settled = this.#settle(packets, outcomes)
      this.#queue.drop(settled)
      if (settled < packets.length) await sleep(this.#limits.retryMs)
    }
  }

  /**
   * The next packets. What another bridge of this flood has sent in the meantime, and what was never sent here, need
   * not be sent again.
   */
  #unheard(): readonly Queued[] {
    const packets = this.#queue.first(this.#limits.maxUnconfirmed)
    const news = packets.findIndex(({ id, number }) => number > 0 || !this.#host.isHeard(id))
    const heard = news < 0 ? packets.length : news
    this.#counts.known += heard
    this.#queue.drop(heard)
    const rest = packets.slice(heard)
    const again = rest.findIndex(({ id, number }) => number === 0 && this.#host.isHeard(id))
    return again < 0 ? rest : rest.slice(0, again)
  }

  async #send(packets: readonly Queued[]): Promise<Outcome[]> {
    const maxBytes = this.#host.maxPayload - HEADER_ROOM_BYTES
    if (maxBytes <= 0) return []
    try {
      return await this.#outlet.send(packets.map((packet) => this.#messagesOf(packet, maxBytes)))
    } catch (error) {
      this.#host.onNotice(`not sent: ${messageOf(error)}`)
      return []
    }
  }

  #messagesOf(packet: Queued, maxBytes: number): NatsMessage[] {
    if (packet.number === 0) packet.number = ++this.#numbers
    const parts = partsOf(packet.body, maxBytes)
    return parts.map((body, index) => {
      const headers = new Map([...packet.headers, ...this.#common, [HEADER.number, String(packet.number)]])
      if (parts.length === 1) return { id: packet.id, headers, body }
      const part = partText({ index, count: parts.length })
      return { id: `${packet.id}.${part}`, headers: headers.set(HEADER.part, part), body }
    })
  }

  /** How many, from the first on, are finished. */
  #settle(packets: readonly Queued[], outcomes: readonly Outcome[]): number {
    let settled = 0
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome === 'unsure' || (outcome === 'nobody' && this.#waitsForSomebody())) break
      if (outcome !== 'nobody') this.#nobodySinceMs = null
      if (outcome === 'kept') this.#countKept(packets[index]?.body.length ?? 0)
      else this.#counts.losses[outcome]++
      settled++
    }
    return settled
  }

  #countKept(bytes: number): void {
    this.#counts.packets.out++
    this.#counts.bytes.out += bytes
  }

  #waitsForSomebody(): boolean {
    const nowMs = performance.now()
    this.#nobodySinceMs ??= nowMs
    return nowMs - this.#nobodySinceMs < this.#limits.nobodyMs
  }
}
