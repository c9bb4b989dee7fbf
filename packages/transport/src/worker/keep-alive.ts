// Whether the peer is alive, and how far away: probes and their echoes, on the host's clock.

export class KeepAlive {
  readonly #pingMs: number
  readonly #deadMs: number
  #heardMs: number
  #sentMs: number
  #probe = 0
  #awaited = false

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
    this.#awaited = true
    return this.#probe
  }

  /** Round trip in ms, or null when `probe` is not the last one sent, or was answered already. */
  roundTrip(probe: number, nowMs: number): number | null {
    if (!this.#awaited || probe !== this.#probe) return null
    this.#awaited = false
    return nowMs - this.#sentMs
  }

  /** Nothing was heard for as long as a probe of the peer's own, and `graceMs` more, would have taken to come. */
  isSilent(nowMs: number, graceMs: number): boolean {
    return nowMs - this.#heardMs >= this.#pingMs + graceMs
  }
}
