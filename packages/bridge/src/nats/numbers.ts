// Without a stream, nobody keeps what a bridge does not hear. Each bridge numbers its messages, so that the others can
// count what they miss. Pure.

/** Bridges whose last number is known; beyond this, the one heard first starts again. A guess. */
const MAX_BRIDGES = 1_024

export class Numbers {
  readonly #last = new Map<string, number>()

  /** How many of the bridge's messages were missed before this one. All parts of a packet have the same number. */
  missedBefore(bridge: string, number: number): number {
    const last = this.#last.get(bridge)
    if (last !== undefined && number <= last) return 0
    if (last === undefined && this.#last.size >= MAX_BRIDGES) this.#forgetFirst()
    this.#last.set(bridge, number)
    return last === undefined ? 0 : number - last - 1
  }

  #forgetFirst(): void {
    const [bridge] = this.#last.keys()
    if (bridge !== undefined) this.#last.delete(bridge)
  }
}
