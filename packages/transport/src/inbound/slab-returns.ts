// Hands slabs back once they have been read: at once, but not endlessly within one turn of the event loop.

/**
 * How long the program's other work waits while messages arrive as fast as they are read. A guess: nobody notices it.
 */
export const TURN_MS = 10

/**
 * Node empties a port in one turn, for as long as slabs that come back at once let the worker fill it. That would
 * starve every other event while the program reads, so after `TURN_MS` we hand slabs back in the next turn.
 */
export class SlabReturns {
  readonly #giveBack: (slab: ArrayBuffer) => void
  /** Slabs that were read, to be handed back in the next turn. */
  #later: ArrayBuffer[] = []
  /** When the first slab of this turn was read; null if none has been. */
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

  /** The thread that lent them is gone. */
  forget(): void {
    this.#later = []
  }

  #onNextTurn(): void {
    this.#turnBeganMs = null
    for (const slab of this.#later.splice(0)) this.#giveBack(slab)
  }
}
