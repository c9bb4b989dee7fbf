// The order of each author's packets at the reader. A packet that comes before its turn is held until those before it
// are here, for a bounded time and in bounded memory; then what is missing is a gap, told by its numbers, and what was
// held goes on.

/**
 * Authors whose next number is known; beyond them the one first heard begins anew. A guess: as many as are told apart
 * (maxOrigins).
 */
const MAX_ORDERED = 16_384
/** Whose packets are refused tells no gaps for so long. Twice the second in which hosts tell whom they refuse. */
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
   * `'gone'`: no neighbour holds them any more. `'late'`: not within `repairMs`. `'held-full'`: too much was held
   * meanwhile.
   */
  readonly reason: 'gone' | 'late' | 'held-full'
}

/** `'now'`: deliver it. `'early'`: hold it. `'never'`: its gap was told, or it was delivered. */
export type Turn = 'now' | 'early' | 'never'

interface Held<Packet> {
  readonly packet: Packet
  readonly bytes: number
  readonly atMs: number
}

interface Stream<Packet> {
  readonly origin: string
  readonly incarnation: number
  /** The first number of this stream that was heard; below it nothing is known. */
  readonly first: number
  next: number
  readonly held: Map<number, Held<Packet>>
  /** Since when the next number is missing, while anything is held. */
  sinceMs: number
  /** Gaps are not told before, nor waited for. */
  forgivenUntilMs: number
  /** `#losses` when its last packet had its turn. */
  losses: number
}

export class PacketOrder<Packet> {
  readonly #repairMs: number
  readonly #maxBytes: number
  readonly #onGap: (gap: Gap) => void
  readonly #streams = new Map<string, Stream<Packet>>()
  /** Streams that hold something. */
  readonly #waiting = new Set<Stream<Packet>>()
  #ready: Stream<Packet>[] = []
  #heldBytes = 0
  /** Times that the host lost packets of whomever. */
  #losses = 0

  /** `repairMs` 0: every packet has its turn when it comes. */
  constructor(repairMs: number, maxBytes: number, onGap: (gap: Gap) => void) {
    this.#repairMs = repairMs
    this.#maxBytes = maxBytes
    this.#onGap = onGap
  }

  /** Bytes of what is held. */
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

  /** Whether it is the packet's turn; when it is, the caller delivers it and then asks `takeReady`. */
  turnOf(origin: string, incarnation: number, seq: number, nowMs: number): Turn {
    if (this.#repairMs === 0) return 'now'
    const stream = this.#streamOf(origin, incarnation, seq)
    if (stream === null) return 'now'
    if (seq < stream.next) return seq < stream.first ? 'now' : 'never'
    const isTurn = seq === stream.next || this.#isForgiven(stream, nowMs)
    // What is ready goes first: it is of the author's earlier incarnation.
    if (!isTurn || this.hasReady) return stream.held.has(seq) ? 'never' : 'early'
    stream.next = seq + 1
    stream.losses = this.#losses
    if (stream.held.has(stream.next)) this.#ready.push(stream)
    else if (stream.held.size > 0) this.#rest(stream)
    return 'now'
  }

  /** Keeps a packet whose turn is later. */
  hold(origin: string, packet: Packet, seq: number, bytes: number, nowMs: number): void {
    const stream = this.#streams.get(origin)
    if (stream === undefined) return
    if (stream.held.size === 0) stream.sinceMs = nowMs
    stream.held.set(seq, { packet, bytes, atMs: nowMs })
    this.#waiting.add(stream)
    this.#heldBytes += bytes
    if (seq === stream.next) this.#ready.push(stream)
    while (this.#heldBytes > this.#maxBytes && this.#ready.length === 0) this.#giveUp(this.#oldest(), 'held-full')
  }

  /** Whether `takeReady` has one. */
  get hasReady(): boolean {
    return this.#ready.length > 0
  }

  /** The next held packet whose turn it is. */
  takeReady(): Packet | null {
    const stream = this.#ready[0]
    const held = stream?.held.get(stream.next)
    if (stream === undefined || held === undefined) return null
    stream.held.delete(stream.next++)
    this.#heldBytes -= held.bytes
    if (stream.held.has(stream.next)) return held.packet
    this.#ready.shift()
    this.#rest(stream)
    return held.packet
  }

  /** Tells the gaps that were waited for long enough; what comes after them is ready. */
  expire(nowMs: number): void {
    for (const stream of [...this.#waiting]) {
      if (stream.sinceMs + this.#repairMs <= nowMs && !stream.held.has(stream.next)) this.#giveUp(stream, 'late')
    }
  }

  /** Nobody has these numbers any more: they are not waited for. */
  onGone(origin: string, incarnation: number, from: number, to: number): void {
    const stream = this.#streams.get(origin)
    if (stream?.incarnation !== incarnation || stream.held.size === 0 || stream.held.has(stream.next)) return
    if (from <= stream.next && lowest(stream) - 1 <= to) this.#giveUp(stream, 'gone')
  }

  /** The host has lost packets on the way here and counted them: the gaps that they leave are not waited for. */
  onLosses(): void {
    this.#losses++
  }

  /** The host refuses packets of the author, and counts them. */
  forgive(origin: string, nowMs: number): void {
    const stream = this.#streams.get(origin)
    if (stream === undefined) return
    stream.forgivenUntilMs = nowMs + FORGIVEN_MS
    if (stream.held.size === 0 || stream.held.has(stream.next)) return
    stream.next = lowest(stream)
    this.#ready.push(stream)
  }

  /** Null: an incarnation before the present one, whose packets are late whatever is done. */
  #streamOf(origin: string, incarnation: number, seq: number): Stream<Packet> | null {
    const known = this.#streams.get(origin)
    if (known?.incarnation === incarnation) return known
    if (known === undefined) return this.#begin(origin, incarnation, seq)
    if (known.incarnation > incarnation) return null
    this.#end(known)
    return this.#begin(origin, incarnation, 1)
  }

  /** From `first` on its order is kept. */
  #begin(origin: string, incarnation: number, first: number): Stream<Packet> {
    if (this.#streams.size >= MAX_ORDERED) this.#forgetOne()
    const stream = {
      ...{ origin, incarnation, first, next: first, held: new Map<number, Held<Packet>>() },
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

  /** The author goes on in a new incarnation: what is held of the earlier one is ready, with its gaps. */
  #end(stream: Stream<Packet>): void {
    this.#streams.delete(stream.origin)
    if (stream.held.size > 0 && !stream.held.has(stream.next)) this.#giveUp(stream, 'late')
  }

  #isForgiven(stream: Stream<Packet>, nowMs: number): boolean {
    if (stream.held.size > 0) return false
    return nowMs < stream.forgivenUntilMs || stream.losses !== this.#losses
  }

  /** Nothing of it is ready. One that has ended waits for nobody. */
  #rest(stream: Stream<Packet>): void {
    if (stream.held.size === 0) this.#waiting.delete(stream)
    else if (this.#streams.get(stream.origin) !== stream) this.#giveUp(stream, 'late')
    else stream.sinceMs = stream.held.get(lowest(stream))?.atMs ?? 0
  }

  #giveUp(stream: Stream<Packet>, reason: Gap['reason']): void {
    const { origin, incarnation, next } = stream
    stream.next = lowest(stream)
    this.#ready.unshift(stream)
    this.#onGap({ origin, incarnation, from: next, to: stream.next - 1, reason })
  }

  #oldest(): Stream<Packet> {
    const [first, ...rest] = this.#waiting
    return rest.reduce((oldest, stream) => (stream.sinceMs < oldest.sinceMs ? stream : oldest), first!)
  }
}

function lowest({ held }: Stream<unknown>): number {
  let lowest = Number.POSITIVE_INFINITY
  for (const seq of held.keys()) if (seq < lowest) lowest = seq
  return lowest
}
