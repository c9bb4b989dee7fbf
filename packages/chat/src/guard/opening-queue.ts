// Sealed messages that wait to be tried. Trying is the most expensive step, so it has a budget, and nobody may use up
// the share of others: the keys of the messages take turns, and if there is no room the loudest loses. A key that has
// brought something for this user goes first in two of three turns, so that people who talk to us never wait behind a
// crowd.

/** Messages that may wait: two seconds of the budget. */
export const MAX_WAITING = 2_048
/** Bytes that may wait. A guess. */
export const MAX_WAITING_BYTES = 16 * 1024 * 1024
/**
 * Keys remembered because they brought something for this user: those of files under way, and of many lines at once. A
 * guess.
 */
export const MAX_WELCOME = 256

interface Waiting {
  readonly payloads: Uint8Array[]
  bytes: number
}

export interface Taken {
  readonly origin: string
  readonly payload: Uint8Array
}

export class OpeningQueue {
  /** By origin; a key that had its turn goes to the end. */
  readonly #strange = new Map<string, Waiting>()
  readonly #familiar = new Map<string, Waiting>()
  readonly #welcome = new Set<string>()
  #count = 0
  #bytes = 0
  #turn = 0

  /** Returns how many messages were dropped for it, perhaps itself. */
  add(origin: string, payload: Uint8Array): number {
    const queue = this.#welcome.has(origin) ? this.#familiar : this.#strange
    const waiting = queue.get(origin) ?? { payloads: [], bytes: 0 }
    queue.set(origin, waiting)
    waiting.payloads.push(payload)
    waiting.bytes += payload.length
    this.#count++
    this.#bytes += payload.length
    let dropped = 0
    for (; this.#count > MAX_WAITING || this.#bytes > MAX_WAITING_BYTES; dropped++) this.#dropOne()
    return dropped
  }

  /** The next message to try; null if none waits. */
  take(): Taken | null {
    const isStrangersTurn = this.#turn++ % 3 === 2
    const [first, second] = isStrangersTurn ? [this.#strange, this.#familiar] : [this.#familiar, this.#strange]
    return this.#takeFrom(first) ?? this.#takeFrom(second)
  }

  /** Something under this key was for this user. */
  welcome(origin: string): void {
    this.#welcome.delete(origin)
    this.#welcome.add(origin)
    for (const oldest of this.#welcome) {
      if (this.#welcome.size <= MAX_WELCOME) break
      this.#welcome.delete(oldest)
    }
    const waiting = this.#strange.get(origin)
    if (waiting === undefined) return
    this.#strange.delete(origin)
    const before = this.#familiar.get(origin)?.payloads ?? []
    const payloads = [...before, ...waiting.payloads]
    this.#familiar.set(origin, { payloads, bytes: bytesOf(payloads) })
  }

  #takeFrom(queue: Map<string, Waiting>): Taken | null {
    const [next] = queue
    if (next === undefined) return null
    const [origin, waiting] = next
    queue.delete(origin)
    const payload = waiting.payloads.shift()
    if (payload === undefined) return null
    this.#forget(waiting, payload)
    if (waiting.payloads.length > 0) queue.set(origin, waiting)
    return { origin, payload }
  }

  // The last message of the key with the most waiting: strangers' keys first, while there are any.
  #dropOne(): void {
    const queue = this.#strange.size > 0 ? this.#strange : this.#familiar
    const weight = this.#bytes > MAX_WAITING_BYTES ? (of: Waiting) => of.bytes : (of: Waiting) => of.payloads.length
    let [loudest, most] = ['', -1]
    for (const [origin, waiting] of queue) {
      const weighs = weight(waiting)
      if (weighs > most) [loudest, most] = [origin, weighs]
    }
    const waiting = queue.get(loudest)
    const payload = waiting?.payloads.pop()
    if (waiting === undefined || payload === undefined) return
    this.#forget(waiting, payload)
    if (waiting.payloads.length === 0) queue.delete(loudest)
  }

  #forget(waiting: Waiting, payload: Uint8Array): void {
    waiting.bytes -= payload.length
    this.#bytes -= payload.length
    this.#count--
  }
}

function bytesOf(payloads: readonly Uint8Array[]): number {
  return payloads.reduce((sum, { length }) => sum + length, 0)
}
