// Which simulated time the page shows. The simulation runs a little ahead: a copy is known when it arrives, and shown
// from when it was sent.

/** The longest time that a copy takes, plus one step of the simulator. */
const LAG_MS = 95
/** How far to simulate ahead of need, in real ms. */
const AHEAD_MS = 50
/** A hidden page continues where it was. */
const MAX_FRAME_MS = 100

export class Clock {
  /** Simulated time for each second of real time. */
  speed = 1
  isPaused = false
  shownMs = 0
  /** How far it is simulated. */
  knownMs = 0
  /** To be reached without showing what is between. */
  skipToMs = 0

  get isSkipping(): boolean {
    return this.skipToMs > this.knownMs
  }

  reset(): void {
    this.shownMs = this.knownMs = this.skipToMs = 0
  }

  /** Returns the time up to which to simulate. */
  tick(frameMs: number): number {
    if (this.isSkipping) {
      this.shownMs = Math.max(this.shownMs, this.knownMs - LAG_MS)
      return this.skipToMs
    }
    if (this.isPaused) return this.knownMs
    const behind = Math.max(this.shownMs, this.skipToMs - LAG_MS)
    this.shownMs = Math.max(
      this.shownMs,
      Math.min(behind + this.speed * Math.min(frameMs, MAX_FRAME_MS), this.knownMs - LAG_MS)
    )
    return this.shownMs + LAG_MS + this.speed * AHEAD_MS
  }
}
