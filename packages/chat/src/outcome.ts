// What was asked for, and what of it was not done: the exit code of a script and the reason beside it. Pure.

export class Outcome {
  #asked = 0
  #undone = 0
  /** Said while there was no neighbour: held for the first who comes. */
  #held = 0
  #reason = ''

  /** The user typed a line, or a pipe brought one. */
  ask(line: string): void {
    if (line.trim() !== '') this.#asked++
  }

  get asked(): number {
    return this.#asked
  }

  /** What a line asked for was not done. The last reason is told. */
  fail(reason: string, count = 1): void {
    this.#undone += count
    if (count > 0) this.#reason = reason
  }

  hold(): void {
    this.#held++
  }

  get held(): number {
    return this.#held
  }

  /** Somebody has come: what was held is theirs. */
  heard(): void {
    this.#held = 0
  }

  /** Nobody came. */
  lose(reason: string): void {
    this.fail(reason, this.#held)
    this.#held = 0
  }

  /** In words; null when all was done. */
  get problem(): string | null {
    if (this.#undone === 0) return null
    const asked = Math.max(this.#asked, this.#undone)
    const lines = `${this.#undone} of ${asked} ${asked === 1 ? 'line was' : 'lines were'} not said`
    return `${lines}: ${this.#reason}`
  }
}
