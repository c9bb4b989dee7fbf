// Sockets that are not links yet: bounded in number, each with a deadline. When there is no room, the source with the
// most sockets gives way. Among its sockets, the oldest that has sent nothing goes first: silent connections cost their
// owner nothing, so they must not keep anybody out.

/** Names a half-open socket: the number of our dial, or the 'host:port' that an accepted one comes from. */
export type HalfOpenKey = number | string

/** A socket, or several of which one will remain. */
export interface Destroyable {
  destroy(): unknown
}

interface Entry {
  readonly socket: Destroyable
  readonly timer: NodeJS.Timeout
  /** The addresses that one machine is likely to have; null if we dialled. */
  readonly source: string | null
  readonly onPushedOut: () => void
  /** Whether any bytes have arrived. */
  spoke: boolean
  /** A link has the socket now, and will report its end. */
  linked: boolean
}

/** What to do with an accepted socket that makes no progress. */
export interface HalfOpenFate {
  readonly timeoutMs: number
  onTimeout(): void
  /** Another socket has taken its place. */
  onPushedOut(): void
}

/** The table of half-open sockets. An entry leaves when its link opens or its socket closes. */
export class HalfOpen {
  readonly #entries = new Map<HalfOpenKey, Entry>()
  /** Accepted sockets only. */
  readonly #bySource = new Map<string, number>()
  readonly #maxAccepted: number
  #accepted = 0

  constructor(maxAccepted: number) {
    this.#maxAccepted = maxAccepted
  }

  get accepted(): number {
    return this.#accepted
  }

  /** False: the key is taken. `source` is null if we dialled. `onTimeout` is called if the deadline passes first. */
  add(key: HalfOpenKey, socket: Destroyable, source: string | null, fate: HalfOpenFate): boolean {
    if (this.#entries.has(key)) return false
    if (source !== null) {
      if (this.#accepted >= this.#maxAccepted) this.#pushOut()
      this.#accepted++
      this.#bySource.set(source, (this.#bySource.get(source) ?? 0) + 1)
    }
    const timer = setTimeout(() => fate.onTimeout(), fate.timeoutMs)
    const onPushedOut = () => fate.onPushedOut()
    this.#entries.set(key, { socket, timer, source, onPushedOut, spoke: false, linked: false })
    return true
  }

  /** The socket, if it was there. */
  remove(key: HalfOpenKey): Destroyable | null {
    const entry = this.#entries.get(key)
    if (entry === undefined) return null
    clearTimeout(entry.timer)
    if (entry.source !== null) this.#forgetSource(entry.source)
    this.#entries.delete(key)
    return entry.socket
  }

  /** The socket's first bytes have arrived. */
  spoke(key: HalfOpenKey): void {
    const entry = this.#entries.get(key)
    if (entry !== undefined) entry.spoke = true
  }

  /** From here on only the deadline matters. */
  linked(key: HalfOpenKey): void {
    const entry = this.#entries.get(key)
    if (entry !== undefined) entry.linked = true
  }

  /** The socket has closed. True: before it became a link. */
  closed(key: HalfOpenKey): boolean {
    const early = this.#entries.get(key)?.linked === false
    this.remove(key)
    return early
  }

  destroyAll(): void {
    for (const key of [...this.#entries.keys()]) this.remove(key)?.destroy()
  }

  #forgetSource(source: string): void {
    this.#accepted--
    const others = (this.#bySource.get(source) ?? 1) - 1
    if (others > 0) this.#bySource.set(source, others)
    else this.#bySource.delete(source)
  }

  /** Silent ones first, from the source that holds the most places; the map is in the order of arrival. */
  #pushOut(): void {
    let victim: Entry | null = null
    for (const entry of this.#entries.values())
      if (entry.source !== null && (victim === null || this.#isWorse(entry, victim))) victim = entry
    victim?.onPushedOut()
  }

  #isWorse(entry: Entry, than: Entry): boolean {
    if (entry.spoke !== than.spoke) return than.spoke
    return (this.#bySource.get(entry.source ?? '') ?? 0) > (this.#bySource.get(than.source ?? '') ?? 0)
  }
}
