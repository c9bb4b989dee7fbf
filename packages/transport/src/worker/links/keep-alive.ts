// Whether the peer is alive, and how far away: probes and their echoes, on the host's clock.

/** Probes whose echoes are waited for; more than fit into `deadMs` only where options ask for very frequent ones. */
const MAX_AWAITED = 16

export class KeepAlive {
  readonly #pingMs: number
  readonly #deadMs: number
  #heardMs: number
  #sentMs: number
  #probe = 0
  /**
   * When those probes were sent that have no echo yet, by number, the oldest first: on a long path the next one leaves
   * before the echo comes.
   */
  readonly #awaited = new Map<number, number>()

  constructor(pingMs: number, deadMs: number, nowMs: number) {
    this.#pingMs = pingMs
    this.#deadMs = deadMs
    this.#heardMs = nowMs
    this.#sentMs = nowMs
  }

  /** The peer has sent something, or we did not listen. */
  heard(nowMs: number): void {
    this.#heardMs = nowMs
  }

  isDead(nowMs: number): boolean {
    return nowMs - this.#heardMs >= this.#deadMs
  }

  isProbeDue(nowMs: number): boolean {
    return nowMs - this.#sentMs >= this.#pingMs
  }

  /** Number of the probe that is sent now. */
  nextProbe(nowMs: number): number {
    this.#sentMs = nowMs
    this.#probe = (this.#probe + 1) >>> 0
    this.#awaited.set(this.#probe, nowMs)
    const [oldest] = this.#awaited.keys()
    if (this.#awaited.size > MAX_AWAITED && oldest !== undefined) this.#awaited.delete(oldest)
    return this.#probe
  }

  /** Round trip in ms, or null for a probe that was answered already, was sent before one that was, or never. */
  roundTrip(probe: number, nowMs: number): number | null {
    const sentMs = this.#awaited.get(probe)
    if (sentMs === undefined) return null
    for (const number of this.#awaited.keys()) {
      this.#awaited.delete(number)
      if (number === probe) break
    }
    return nowMs - sentMs
  }

  /** Nothing was heard for as long as a probe of the peer's own, and `graceMs` more, would have taken to come. */
  isSilent(nowMs: number, graceMs: number): boolean {
    return nowMs - this.#heardMs >= this.#pingMs + graceMs
  }
}
