// Packets to a Go node, one at a time. Its decoder reads ahead and forgets what it read beyond one packet, so the next packet must not
// be there before the last one was read. A node that gets a message it did not know sends it back: that is how we learn that it was
// read. Otherwise a pause has to do.
import type { Writable } from 'node:stream'
import { encodePacket, PACKET_TYPES, type TutorialPacket } from '../gob/packet.ts'

/** How packets follow each other on one link. */
export interface PaceOptions {
  /** Pause after a packet that does not come back, in ms. A Go node that is not busy has read it within 1 ms; 25 leaves room for one that is. */
  readonly paceMs: number
  /** Pause after a JOIN_ACK, in ms: the node has yet to accept the connection. A guess. */
  readonly ackPaceMs: number
  /** Packets that wait at most: 25 s of them at full pace. Their bytes are bounded as well. */
  readonly maxQueued: number
  readonly maxQueuedBytes: number
  /** A node that takes nothing for so long, in ms, is stuck: floodnet's own figure. */
  readonly stuckMs: number
}

/** What holds where nothing is said. */
export const PACE_DEFAULTS: PaceOptions = {
  paceMs: 25,
  ackPaceMs: 100,
  maxQueued: 1_000,
  maxQueuedBytes: 4 * 1024 * 1024,
  stuckMs: 30_000
}

interface Waiting {
  readonly uniqueId: bigint
  readonly type: number
  readonly bytes: Uint8Array
  readonly last: boolean
}

export class PacedWriter {
  readonly #socket: Writable
  readonly #options: PaceOptions
  readonly #onDrop: () => void
  readonly #queue: Waiting[] = []
  #queuedBytes = 0
  /** What was written last, until it is taken to be read. */
  #underWay: Waiting | null = null
  #timer: NodeJS.Timeout | null = null

  constructor(socket: Writable, options: PaceOptions, onDrop: () => void) {
    this.#socket = socket
    this.#options = options
    this.#onDrop = onDrop
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
    const at = this.#queue.findIndex((waiting) => waiting.uniqueId === uniqueId)
    if (at >= 0) this.#queuedBytes -= this.#queue.splice(at, 1)[0]?.bytes.length ?? 0
    // What our own side still holds has not been read, whatever the peer says: else one that reads nothing could make us hold everything.
    if (this.#underWay?.uniqueId === uniqueId && !this.#socket.writableNeedDrain) this.#next()
  }

  stop(): void {
    clearTimeout(this.#timer ?? undefined)
    this.#timer = null
    this.#queue.length = 0
    this.#queuedBytes = 0
    this.#underWay = null
  }

  #next(): void {
    clearTimeout(this.#timer ?? undefined)
    this.#timer = null
    const next = this.#queue.shift()
    this.#underWay = next ?? null
    if (next === undefined || this.#socket.destroyed) return
    this.#queuedBytes -= next.bytes.length
    const { paceMs, ackPaceMs } = this.#options
    if (next.last) this.#end(next.bytes)
    else if (this.#socket.write(next.bytes)) this.#after(next.type === PACKET_TYPES.joinAck ? ackPaceMs : paceMs)
    else this.#whenDrained()
  }

  /** A Go node ends the connection too, when it has read; who does not is not waited for. */
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
