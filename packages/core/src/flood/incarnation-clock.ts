// Incarnations beside the clock, which may be set: which are refused of authors that were forgotten, and what a clock
// that went back changes.

/**
 * Incarnations are seconds of Unix time; one further ahead of the clock is refused. No more than ORIGIN_IDLE_MS, so a
 * forgotten author never puts the floor ahead of the clock.
 */
export const MAX_INCARNATION_AHEAD_S = 900
/**
 * A clock that goes back by more than this was wrong before; a smaller step is a correction that the next seconds make
 * up for. A guess.
 */
const STEP_BACK_MS = 1_000
/**
 * An author that starts again after a step back may have had the right time this much earlier than we did. A guess:
 * above the differences between clocks that one source sets.
 */
const STEP_SLACK_S = 60
/** Times are Unix seconds, as incarnations are. */
export class IncarnationClock {
  #nowS = 0
  /** When the clock last went back. */
  #steppedS = 0
  #floor = 0

  /** See `OriginTable.incarnationFloor`. */
  get floor(): number {
    return this.#floor
  }

  /**
   * Sets the time. When it goes back, the floor is that of authors forgotten until now: none of them was right to be
   * ahead of this time.
   */
  tick(unixS: number): void {
    if (unixS < this.#nowS - STEP_BACK_MS / 1_000) {
      this.#steppedS = unixS
      this.#floor = Math.min(this.#floor, Math.floor(unixS))
    }
    this.#nowS = unixS
  }

  /** Whether it was taken while the clocks here and there were ahead: nobody takes it any more. */
  isAhead(incarnation: number): boolean {
    return this.#steppedS > 0 && incarnation > this.#nowS + MAX_INCARNATION_AHEAD_S
  }

  isSinceStep(incarnation: number): boolean {
    return incarnation > this.#steppedS - STEP_SLACK_S
  }

  /** The latest incarnation that speaks against a packet of this one, of the same author. */
  latestFor(incarnation: number): number {
    return this.#steppedS > 0 && this.isSinceStep(incarnation)
      ? this.#nowS + MAX_INCARNATION_AHEAD_S
      : Number.POSITIVE_INFINITY
  }

  /** An author with this incarnation is forgotten. */
  forget(incarnation: number): void {
    this.#floor = Math.max(this.#floor, incarnation)
  }

  /** The same of many at once: never ahead of the clock, where it would keep out everybody. */
  raiseFloor(incarnation: number): void {
    this.forget(Math.min(incarnation, Math.floor(this.#nowS)))
  }
}
