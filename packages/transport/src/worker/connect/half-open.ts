// Sockets on their way to a link: bounded in number and each with a deadline. When there is no room, the loudest source
// gives way, and of its sockets the oldest that has not said a word: connections that say nothing cost their owner
// nothing, and keep nobody out.

/** Names a socket on its way: the number of our dial, or the 'host:port' that an accepted one comes from. */
export type HalfOpenKey = number | string

/** A socket, or several of which one will be left. */
export interface Destroyable {
  destroy(): unknown
}

interface Entry {
  readonly socket: Destroyable
  readonly timer: NodeJS.Timeout
  /** What one machine is likely to have; null: we dialled. */
  readonly source: string | null
  readonly onPushedOut: () => void
  /** Something has come. */
  spoke: boolean
  /** A link has the socket now, and will tell of its end. */
  linked: boolean
}

/** What becomes of an accepted socket that does not get on. */
export interface HalfOpenFate {
  readonly timeoutMs: number
  onTimeout(): void
  /** Another one has its place. */
  onPushedOut(): void
}

/** The table of half-open sockets. An entry leaves when its link opens or its socket closes. */
export class HalfOpen {
  readonly #entries = new Map<HalfOpenKey, Entry>()
  /** Of accepted ones. */
  readonly #bySource = new Map<string, number>()
  readonly #maxAccepted: number
  #accepted = 0

  constructor(maxAccepted: number) {
    this.#maxAccepted = maxAccepted
  }

  get accepted(): number {
    return this.#accepted
  }

  /**
   * False: there is one of that key. `source` null: dialled by us. `onTimeout` is called when the deadline passes
   * first.
   */
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

  /** Its first bytes are here. */
  spoke(key: HalfOpenKey): void {
    const entry = this.#entries.get(key)
    if (entry !== undefined) entry.spoke = true
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

  #forgetSource(source: string): void {
    this.#accepted--
    const others = (this.#bySource.get(source) ?? 1) - 1
    if (others > 0) this.#bySource.set(source, others)
    else this.#bySource.delete(source)
  }

  /** Silent ones first, of whichever source has most of all places; the map is in the order of arrival. */
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
