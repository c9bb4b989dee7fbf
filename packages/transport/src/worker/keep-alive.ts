// Whether the peer is alive, and how far away: probes and their echoes, on the host's clock.

export class KeepAlive {
  readonly #pingMs: number
  readonly #deadMs: number
  #heardMs: number
  #sentMs: number
  #probe = 0

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
    return this.#probe
  }

  /** Round trip in ms, or null when `probe` is not the last one sent. */
  roundTrip(probe: number, nowMs: number): number | null {
    return probe === this.#probe ? nowMs - this.#sentMs : null
  }
}
