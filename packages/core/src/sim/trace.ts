// The hash of a run: FNV-1a over every event and its time. Two runs with the same hash did the same things at the same times.

const offset = 0x811c9dc5
const prime = 0x01000193

/** Two lanes of 32 bits, since 64-bit integers cost ten times as much here. */
export class Trace {
  #a = offset
  #b = ~offset
  events = 0

  /** `at` in ms. What happens at another microsecond is another event. */
  note(kind: number, at: number, a: number, b: number): void {
    this.events++
    const us = Math.round(at * 1000)
    this.#word(kind)
    this.#word(us >>> 0)
    this.#word(Math.floor(us / 2 ** 32))
    this.#word(a)
    this.#word(b)
  }

  text(text: string): void {
    for (let i = 0; i < text.length; i++) this.#word(text.charCodeAt(i))
  }

  /** 16 hex digits. */
  get hash(): string {
    return [this.#a, this.#b].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('')
  }

  #word(word: number): void {
    this.#a = Math.imul(this.#a ^ word, prime)
    this.#a ^= this.#a >>> 15
    this.#b = Math.imul(this.#b ^ (word + 0x9e3779b9), prime)
    this.#b ^= this.#b >>> 13
  }
}
