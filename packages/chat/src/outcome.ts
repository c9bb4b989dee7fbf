// What was asked for, and what of it was not done: the exit code of a script and the reason beside it. Pure.

export class Outcome {
  /** Lines that went out, to whomever: commands are none. */
  #said = 0
  #undone = 0
  /** Of those that went out: said while there was no neighbour, so held for the first who comes. */
  #held = 0
  #reason = ''

  /** A line went out. */
  say(): void {
    this.#said++
  }

  /** What a line asked for was not done. The last reason is told. */
  fail(reason: string, count = 1): void {
    this.#undone += count
    if (count > 0) this.#reason = reason
  }

  hold(): void {
    this.#held++
  }

  /** Something went out while somebody was there. */
  get heardBySome(): boolean {
    return this.#said > this.#held
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
    this.#said -= this.#held
    this.#held = 0
  }

  /** What went out reached others than it was meant for. What is held has reached nobody yet: see `lose`. */
  miss(reason: string): void {
    this.fail(reason, this.#said - this.#held)
    this.#said = this.#held
  }

  /** In words; null when all was done. */
  get problem(): string | null {
    if (this.#undone === 0) return null
    const asked = this.#said + this.#undone
    const lines = `${this.#undone} of ${asked} ${asked === 1 ? 'line was' : 'lines were'} not said`
    return `${lines}: ${this.#reason}`
  }
}
