// Orders each author's packets at the reader. It holds a packet that comes early until its predecessors are here, for a
// bounded time and in bounded memory. Then it reports what is missing as a gap, by its numbers, and releases what it
// held.

import { HeldPackets } from './held-packets.ts'

/**
 * Authors whose next number is known; beyond them the one heard first starts again. A guess: as many as a node tells
 * apart (maxOrigins).
 */
const MAX_ORDERED = 16_384
/**
 * For this long, no gaps are reported for an author whose packets are refused. Twice the second after which hosts
 * report whom they refuse.
 */
const FORGIVEN_MS = 2_000

/** Numbers of one author that did not come. */
export interface Gap {
  /** 64 hex digits. */
  readonly origin: string
  readonly incarnation: number
  /** Packet numbers, both included. */
  readonly from: number
  readonly to: number
  /**
   * `'gone'`: no neighbour has them any more. `'late'`: they did not come within `repairMs`. `'held-full'`: too much
   * was held meanwhile.
   */
  readonly reason: 'gone' | 'late' | 'held-full'
}

/** `'now'`: deliver it. `'early'`: hold it. `'never'`: its gap was reported, or it was delivered. */
export type Turn = 'now' | 'early' | 'never'

interface Stream<Packet> {
  readonly origin: string
  readonly incarnation: number
  /** The first number heard of this stream; below it nothing is known. */
  readonly first: number
  next: number
  readonly held: HeldPackets<Packet>
  /** Since when the next number is missing, while something is held. */
  sinceMs: number
  /** Until then, gaps are neither reported nor waited for. */
  forgivenUntilMs: number
  /** The value of `#losses` when its last packet had its turn. */
  losses: number
}

export class PacketOrder<Packet> {
  readonly #repairMs: number
  readonly #maxBytes: number
  readonly #onGap: (gap: Gap) => void
  readonly #streams = new Map<string, Stream<Packet>>()
  /** Streams that hold something, those first that have waited longest for what they now miss. */
  readonly #waiting = new Set<Stream<Packet>>()
  #ready: Stream<Packet>[] = []
  #heldBytes = 0
  /** How often the host lost packets of any author. */
  #losses = 0

  /** With `repairMs` 0, every packet has its turn when it comes. */
  constructor(repairMs: number, maxBytes: number, onGap: (gap: Gap) => void) {
    this.#repairMs = repairMs
    this.#maxBytes = maxBytes
    this.#onGap = onGap
  }

  /** Bytes held. */
  get heldBytes(): number {
    return this.#heldBytes
  }

  /** When `expire` has something to do; infinity: never. */
  get wakeMs(): number {
    let wakeMs = Number.POSITIVE_INFINITY
    for (const { sinceMs, held, next } of this.#waiting)
      if (!held.has(next)) wakeMs = Math.min(wakeMs, sinceMs + this.#repairMs)
    return wakeMs
  }

  /** Whether it is the packet's turn. If it is, the caller delivers it and then asks `takeReady`. */
  turnOf(origin: string, incarnation: number, seq: number, nowMs: number): Turn {
    if (this.#repairMs === 0) return 'now'
    const stream = this.#streamOf(origin, incarnation, seq)
    if (stream === null) return 'now'
    if (seq < stream.next) return seq < stream.first ? 'now' : 'never'
    const isTurn = seq === stream.next || this.#isForgiven(stream, nowMs)
    // What is ready goes first: it belongs to the author's earlier incarnation.
    if (!isTurn || this.hasReady) return stream.held.has(seq) ? 'never' : 'early'
    stream.next = seq + 1
    stream.losses = this.#losses
    if (stream.held.has(stream.next)) this.#ready.push(stream)
    else if (stream.held.size > 0) this.#rest(stream)
    return 'now'
  }

  /** Keeps a packet whose turn comes later. */
  hold(origin: string, packet: Packet, seq: number, bytes: number, nowMs: number): void {
    const stream = this.#streams.get(origin)
    if (stream === undefined) return
    if (stream.held.size === 0) stream.sinceMs = nowMs
    stream.held.add(seq, { packet, bytes, atMs: nowMs })
    this.#waiting.add(stream)
    this.#heldBytes += bytes
    if (seq === stream.next) this.#ready.push(stream)
    if (this.#heldBytes > this.#maxBytes && this.#ready.length === 0) this.#giveUpLongest()
  }

  /** Whether `takeReady` has a packet. */
  get hasReady(): boolean {
    return this.#ready.length > 0
  }

  /** The next held packet whose turn has come. */
  takeReady(): Packet | null {
    const stream = this.#ready[0]
    const held = stream?.held.take(stream.next)
    if (stream === undefined || held === undefined) return null
    stream.next++
    this.#heldBytes -= held.bytes
    if (stream.held.has(stream.next)) return held.packet
    this.#ready.shift()
    this.#rest(stream)
    return held.packet
  }

  /** Reports the gaps that were waited for long enough; what comes after them is ready. */
  expire(nowMs: number): void {
    for (const stream of [...this.#waiting]) {
      if (stream.sinceMs + this.#repairMs <= nowMs && !stream.held.has(stream.next)) this.#giveUp(stream, 'late')
    }
  }

  /** Nobody has these numbers any more, so we do not wait for them. */
  onGone(origin: string, incarnation: number, from: number, to: number): void {
    const stream = this.#streams.get(origin)
    if (stream?.incarnation !== incarnation || stream.held.size === 0 || stream.held.has(stream.next)) return
    if (from <= stream.next && stream.held.lowest - 1 <= to) this.#giveUp(stream, 'gone')
  }

  /** The host has lost packets on the way here and counted them, so we do not wait for the gaps that they leave. */
  onLosses(): void {
    this.#losses++
  }

  /** The host refuses packets of the author, and counts them. */
  forgive(origin: string, nowMs: number): void {
    const stream = this.#streams.get(origin)
    if (stream === undefined) return
    stream.forgivenUntilMs = nowMs + FORGIVEN_MS
    if (stream.held.size === 0 || stream.held.has(stream.next)) return
    stream.next = stream.held.lowest
    this.#ready.push(stream)
  }

  /** Null: an incarnation before the present one, whose packets are late in any case. */
  #streamOf(origin: string, incarnation: number, seq: number): Stream<Packet> | null {
    const known = this.#streams.get(origin)
    if (known?.incarnation === incarnation) return known
    if (known === undefined) return this.#begin(origin, incarnation, seq)
    if (known.incarnation > incarnation) return null
    this.#end(known)
    return this.#begin(origin, incarnation, 1)
  }

  /** Keeps the order from `first` on. */
  #begin(origin: string, incarnation: number, first: number): Stream<Packet> {
    if (this.#streams.size >= MAX_ORDERED) this.#forgetOne()
    const stream = {
      ...{ origin, incarnation, first, next: first, held: new HeldPackets<Packet>() },
      ...{ sinceMs: 0, forgivenUntilMs: 0, losses: this.#losses }
    }
    this.#streams.set(origin, stream)
    return stream
  }

  #forgetOne(): void {
    for (const stream of this.#streams.values()) {
      if (stream.held.size > 0) continue
      this.#streams.delete(stream.origin)
      return
    }
  }

  /** The author continues in a new incarnation: what is held of the earlier one is ready, with its gaps. */
  #end(stream: Stream<Packet>): void {
    this.#streams.delete(stream.origin)
    if (stream.held.size > 0 && !stream.held.has(stream.next)) this.#giveUp(stream, 'late')
  }

  #isForgiven(stream: Stream<Packet>, nowMs: number): boolean {
    if (stream.held.size > 0) return false
    return nowMs < stream.forgivenUntilMs || stream.losses !== this.#losses
  }

  /** Nothing of it is ready. A stream that has ended waits for nobody. */
  #rest(stream: Stream<Packet>): void {
    this.#waiting.delete(stream)
    if (stream.held.size === 0) return
    this.#waiting.add(stream)
    if (this.#streams.get(stream.origin) !== stream) this.#giveUp(stream, 'late')
    else stream.sinceMs = stream.held.get(stream.held.lowest)?.atMs ?? 0
  }

  #giveUp(stream: Stream<Packet>, reason: Gap['reason']): void {
    const { origin, incarnation, next } = stream
    stream.next = stream.held.lowest
    this.#ready.unshift(stream)
    this.#onGap({ origin, incarnation, from: next, to: stream.next - 1, reason })
  }

  #giveUpLongest(): void {
    for (const stream of this.#waiting) return this.#giveUp(stream, 'held-full')
  }
}
