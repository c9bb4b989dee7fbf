// Messages that we wrote to a Go node and that have not come back. It sends each new message to all its neighbours,
// including the one that brought it, so its decoder lost what does not come back, and we say it again.
import type { WrittenPacket } from '../gob/packet.ts'

/** When we consider a message lost, and how many we keep. */
export interface RetransmitOptions {
  /**
   * A message that has not come back for so long is said again, in ms: a busy node's answer takes a few, a far one's
   * some hundred.
   */
  readonly againMs: number
  /** How often one message is said in all. */
  readonly maxTimes: number
  /** Messages kept; the oldest give way. Their bytes are bounded as well. */
  readonly maxUnreturned: number
  readonly maxUnreturnedBytes: number
}

interface Unreturned {
  readonly packet: WrittenPacket
  readonly times: number
  readonly dueMs: number
}

export class Retransmit {
  readonly #options: RetransmitOptions
  /** By id, the first due in front: each is due the same time after it was written. */
  readonly #waiting = new Map<bigint, Unreturned>()
  #bytes = 0
  /** Not every peer returns messages: another bridge does not. We say nothing twice to a peer that never did. */
  #returns = false

  constructor(options: RetransmitOptions) {
    this.#options = options
  }

  /** When to say the next one again; null if there is none. */
  get dueMs(): number | null {
    return this.#returns ? (this.#oldest?.dueMs ?? null) : null
  }

  written(packet: WrittenPacket, nowMs: number): void {
    const times = (this.#take(packet.uniqueId)?.times ?? 0) + 1
    const { againMs, maxTimes, maxUnreturned, maxUnreturnedBytes } = this.#options
    if (times >= maxTimes) return
    this.#waiting.set(packet.uniqueId, { packet, times, dueMs: nowMs + againMs })
    this.#bytes += packet.bytes.length
    while (this.#waiting.size > maxUnreturned || this.#bytes > maxUnreturnedBytes) this.#forgetOldest()
  }

  /** The peer has this message. */
  known(uniqueId: bigint): void {
    if (this.#take(uniqueId) !== undefined) this.#returns = true
  }

  /** The message to say again now; null if there is none. It stays here until it is written or known. */
  due(nowMs: number): WrittenPacket | null {
    const oldest = this.#returns ? this.#oldest : undefined
    return oldest !== undefined && oldest.dueMs <= nowMs ? oldest.packet : null
  }

  clear(): void {
    this.#waiting.clear()
    this.#bytes = 0
  }

  get #oldest(): Unreturned | undefined {
    return this.#waiting.values().next().value
  }

  #forgetOldest(): void {
    const oldest = this.#oldest
    if (oldest !== undefined) this.#take(oldest.packet.uniqueId)
  }

  #take(uniqueId: bigint): Unreturned | undefined {
    const found = this.#waiting.get(uniqueId)
    if (found === undefined) return undefined
    this.#waiting.delete(uniqueId)
    this.#bytes -= found.packet.bytes.length
    return found
  }
}
