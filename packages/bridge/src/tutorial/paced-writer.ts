// Packets to a Go node, one at a time. Its decoder reads ahead and forgets what it read beyond one packet, so the next
// packet must not arrive before the last one was read. A node that gets a new message sends it back, which tells us
// that it has read it. Otherwise a pause must do. A busy node may still have read two packets at once, so we say a
// message that does not come back again when there is nothing else to say.
import type { Writable } from 'node:stream'
import { encodePacket, PACKET_TYPES, type TutorialPacket, type WrittenPacket } from '../gob/packet.ts'
import { Retransmit, type RetransmitOptions } from './retransmit.ts'

/** How packets follow each other on one link. */
export interface PaceOptions extends RetransmitOptions {
  /**
   * Pause after a packet that does not come back, in ms. A Go node that is not busy has read it within 1 ms; 25 leaves
   * room for one that is.
   */
  readonly paceMs: number
  /** Pause after a JOIN_ACK, in ms: the node has not accepted the connection yet. A guess. */
  readonly ackPaceMs: number
  /** Packets that wait at most: 25 s of them at full pace. Their bytes are bounded as well. */
  readonly maxQueued: number
  readonly maxQueuedBytes: number
  /** A node that takes nothing for so long, in ms, is stuck: floodnet's own figure. */
  readonly stuckMs: number
}

/** The defaults. */
export const PACE_DEFAULTS: PaceOptions = {
  paceMs: 25,
  ackPaceMs: 100,
  maxQueued: 1_000,
  maxQueuedBytes: 4 * 1024 * 1024,
  stuckMs: 30_000,
  againMs: 1_000,
  maxTimes: 3,
  maxUnreturned: 256,
  maxUnreturnedBytes: 1024 * 1024
}

export class PacedWriter {
  readonly #socket: Writable
  readonly #options: PaceOptions
  readonly #onDrop: () => void
  readonly #queue: WrittenPacket[] = []
  readonly #unreturned: Retransmit
  #queuedBytes = 0
  /** What was written last, until we assume that it has been read. */
  #underWay: WrittenPacket | null = null
  #timer: NodeJS.Timeout | null = null

  constructor(socket: Writable, options: PaceOptions, onDrop: () => void) {
    this.#socket = socket
    this.#options = options
    this.#onDrop = onDrop
    this.#unreturned = new Retransmit(options)
  }

  /** Nothing waits and nothing is under way. */
  get isIdle(): boolean {
    return this.#underWay === null && this.#queue.length === 0
  }

  send(packet: TutorialPacket, last: boolean): void {
    const bytes = encodePacket(packet)
    const isFull =
      this.#queue.length >= this.#options.maxQueued || this.#queuedBytes + bytes.length > this.#options.maxQueuedBytes
    if (isFull && !this.isIdle) return this.#onDrop()
    this.#queue.push({ uniqueId: packet.uniqueId, type: packet.type, bytes, last })
    this.#queuedBytes += bytes.length
    if (this.#underWay === null) this.#next()
  }

  /** The peer has this packet: from us, or from somebody else before our turn. */
  known(uniqueId: bigint): void {
    this.#unreturned.known(uniqueId)
    const at = this.#queue.findIndex((waiting) => waiting.uniqueId === uniqueId)
    if (at >= 0) this.#queuedBytes -= this.#queue.splice(at, 1)[0]?.bytes.length ?? 0
    // What our own side still holds has not been read, whatever the peer says: otherwise a peer that reads nothing
    // could make us hold everything.
    const wasRead = this.#underWay?.uniqueId === uniqueId && !this.#socket.writableNeedDrain
    if (wasRead || this.#underWay === null) this.#next()
  }

  stop(): void {
    clearTimeout(this.#timer ?? undefined)
    this.#timer = null
    this.#queue.length = 0
    this.#queuedBytes = 0
    this.#unreturned.clear()
    this.#underWay = null
  }

  #next(): void {
    clearTimeout(this.#timer ?? undefined)
    this.#timer = null
    const next = this.#shift() ?? this.#unreturned.due(performance.now())
    this.#underWay = next
    if (this.#socket.destroyed) return
    if (next === null) return this.#untilDue()
    const { paceMs, ackPaceMs } = this.#options
    if (next.last) return this.#end(next.bytes)
    if (next.type === PACKET_TYPES.message) this.#unreturned.written(next, performance.now())
    if (this.#socket.write(next.bytes)) this.#after(next.type === PACKET_TYPES.joinAck ? ackPaceMs : paceMs)
    else this.#whenDrained()
  }

  #shift(): WrittenPacket | null {
    const next = this.#queue.shift()
    this.#queuedBytes -= next?.bytes.length ?? 0
    return next ?? null
  }

  #untilDue(): void {
    const { dueMs } = this.#unreturned
    if (dueMs !== null) this.#after(Math.max(1, dueMs - performance.now()))
  }

  /** A Go node also ends the connection once it has read; we do not wait for one that does not. */
  #end(bytes: Uint8Array): void {
    this.#socket.end(bytes)
    this.#timer = setTimeout(() => this.#socket.destroy(), this.#options.stuckMs)
  }

  #after(ms: number): void {
    this.#timer = setTimeout(() => this.#next(), ms)
  }

  #whenDrained(): void {
    const { stuckMs, paceMs } = this.#options
    this.#timer = setTimeout(() => this.#socket.destroy(new Error('stuck')), stuckMs)
    this.#socket.once('drain', () => {
      clearTimeout(this.#timer ?? undefined)
      this.#after(paceMs)
    })
  }
}
