// Whether the peer is alive, and how far away it is: probes and their echoes, on the host's clock.

/** Most probes that may wait for echoes. More fit into `deadMs` only if options ask for very frequent probes. */
const MAX_AWAITED = 16

export class KeepAlive {
  readonly #pingMs: number
  readonly #deadMs: number
  #heardMs: number
  #sentMs: number
  #probe = 0
  /**
   * When each probe without an echo was sent, by number, the oldest first. On a long path the next probe leaves before
   * the echo comes.
   */
  readonly #awaited = new Map<number, number>()

  constructor(pingMs: number, deadMs: number, nowMs: number) {
    this.#pingMs = pingMs
    this.#deadMs = deadMs
    this.#heardMs = nowMs
    this.#sentMs = nowMs
  }

  /** The peer has sent something, or we were not reading. */
  heard(nowMs: number): void {
    this.#heardMs = nowMs
  }

  isDead(nowMs: number): boolean {
    return nowMs - this.#heardMs >= this.#deadMs
  }

  isProbeDue(nowMs: number): boolean {
    return nowMs - this.#sentMs >= this.#pingMs
  }

  /** Number of the probe that we send now. */
  nextProbe(nowMs: number): number {
    this.#sentMs = nowMs
    this.#probe = (this.#probe + 1) >>> 0
    this.#awaited.set(this.#probe, nowMs)
    const [oldest] = this.#awaited.keys()
    if (this.#awaited.size > MAX_AWAITED && oldest !== undefined) this.#awaited.delete(oldest)
    return this.#probe
  }

  /** Round trip in ms; null for a probe that was never sent, was answered already, or left before one that was. */
  roundTrip(probe: number, nowMs: number): number | null {
    const sentMs = this.#awaited.get(probe)
    if (sentMs === undefined) return null
    for (const number of this.#awaited.keys()) {
      this.#awaited.delete(number)
      if (number === probe) break
    }
    return nowMs - sentMs
  }

  /** Whether the peer has been silent for `graceMs` longer than its own next probe would have taken. */
  isSilent(nowMs: number, graceMs: number): boolean {
    return nowMs - this.#heardMs >= this.#pingMs + graceMs
  }
}
