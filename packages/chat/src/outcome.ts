// What was asked for, and what of it was not done: a script's exit code and the reason with it. Pure.

export class Outcome {
  /** Lines that went out, to anybody; commands do not count. */
  #said = 0
  #undone = 0
  /** How many of those were said while there was no neighbour, and are held for the first one. */
  #held = 0
  #reason = ''

  /** A line went out. */
  say(): void {
    this.#said++
  }

  /** Something that a line asked for was not done. We report the last reason. */
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

  /** Somebody has come, and gets what was held. */
  heard(): void {
    this.#held = 0
  }

  /** Nobody came. */
  lose(reason: string): void {
    this.fail(reason, this.#held)
    this.#said -= this.#held
    this.#held = 0
  }

  /**
   * What went out reached people other than those it was meant for. What is held has reached nobody yet: see `lose`.
   */
  miss(reason: string): void {
    this.fail(reason, this.#said - this.#held)
    this.#said = this.#held
  }

  /** In words; null if everything was done. */
  get problem(): string | null {
    if (this.#undone === 0) return null
    const asked = this.#said + this.#undone
    const lines = `${this.#undone} of ${asked} ${asked === 1 ? 'line was' : 'lines were'} not said`
    return `${lines}: ${this.#reason}`
  }
}
