// Gives slabs back when they have been read: at once, but not without end in one turn of the event loop.

/** How long the program's other work waits while messages come as fast as they are read. A guess: nobody notices it. */
export const TURN_MS = 10

/**
 * A port is emptied in one turn, for as long as slabs that came back at once let the worker fill it: nothing else would
 * have its turn while the program reads. So after `TURN_MS` they go back in the next one.
 */
export class SlabReturns {
  readonly #giveBack: (slab: ArrayBuffer) => void
  /** Read, and given back in the next turn. */
  #later: ArrayBuffer[] = []
  /** When the first slab of this turn was read; null when that is still to come. */
  #turnBeganMs: number | null = null

  constructor(giveBack: (slab: ArrayBuffer) => void) {
    this.#giveBack = giveBack
  }

  add(slab: ArrayBuffer): void {
    const nowMs = performance.now()
    if (this.#turnBeganMs === null) {
      this.#turnBeganMs = nowMs
      setImmediate(() => this.#onNextTurn())
    }
    if (nowMs - this.#turnBeganMs < TURN_MS) this.#giveBack(slab)
    else this.#later.push(slab)
  }

  /** Whoever lent them is gone. */
  forget(): void {
    this.#later = []
  }

  #onNextTurn(): void {
    this.#turnBeganMs = null
    for (const slab of this.#later.splice(0)) this.#giveBack(slab)
  }
}
