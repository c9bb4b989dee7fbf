// Sockets on their way to a link: bounded in number and each with a deadline.
import type { Socket } from 'node:net'

/** Names a socket on its way: the number of our dial, or the 'host:port' that an accepted one comes from. */
export type HalfOpenKey = number | string

interface Entry {
  readonly socket: Socket
  readonly timer: NodeJS.Timeout
  /** A link has the socket now, and will tell of its end. */
  linked: boolean
}

/** The table of half-open sockets. An entry leaves when its link opens or its socket closes. */
export class HalfOpen {
  readonly #entries = new Map<HalfOpenKey, Entry>()
  readonly #maxAccepted: number
  #accepted = 0

  constructor(maxAccepted: number) {
    this.#maxAccepted = maxAccepted
  }

  /** False: there are too many accepted sockets already, or one of that key. `onTimeout` is called when the deadline passes first. */
  add(key: HalfOpenKey, socket: Socket, timeoutMs: number, onTimeout: () => void): boolean {
    if (this.#entries.has(key) || (typeof key === 'string' && this.#accepted >= this.#maxAccepted)) return false
    if (typeof key === 'string') this.#accepted++
    this.#entries.set(key, { socket, timer: setTimeout(onTimeout, timeoutMs), linked: false })
    return true
  }

  /** The socket, if it was there. */
  remove(key: HalfOpenKey): Socket | null {
    const entry = this.#entries.get(key)
    if (entry === undefined) return null
    clearTimeout(entry.timer)
    if (typeof key === 'string') this.#accepted--
    this.#entries.delete(key)
    return entry.socket
  }

  /** From here on only the deadline matters. */
  linked(key: HalfOpenKey): void {
    const entry = this.#entries.get(key)
    if (entry !== undefined) entry.linked = true
  }

  /** The socket has closed. True: before there was a link. */
  closed(key: HalfOpenKey): boolean {
    const early = this.#entries.get(key)?.linked === false
    this.remove(key)
    return early
  }

  destroyAll(): void {
    for (const key of [...this.#entries.keys()]) this.remove(key)?.destroy()
  }
}
