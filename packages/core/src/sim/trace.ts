// The hash of a run, in the manner of FNV-1a, over every event and its time. Two runs with the same hash did the same
// things at the same times.

const offset = 0x811c9dc5
const prime = 0x01000193

/** Two lanes of 32 bits, because 64-bit integers cost ten times as much here. */
export class Trace {
  #a = offset
  #b = ~offset
  events = 0

  constructor(from?: Trace) {
    if (!from) return
    this.#a = from.#a
    this.#b = from.#b
    this.events = from.events
  }

  /** `at` in ms. The same event at another microsecond is another event. Hot: each number goes into one lane. */
  note(kind: number, at: number, a: number, b: number): void {
    this.events++
    const us = Math.round(at * 1000)
    this.#a = mixed(mixed(this.#a, us), a)
    this.#b = mixed(mixed(this.#b, Math.floor(us / 2 ** 32) * 16 + kind), b)
  }

  text(text: string): void {
    for (let i = 0; i < text.length; i++) this.#a = mixed(this.#a, text.charCodeAt(i))
  }

  /** 16 hex digits. */
  get hash(): string {
    return [this.#a, this.#b].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('')
  }
}

function mixed(lane: number, word: number): number {
  const next = Math.imul(lane ^ word, prime)
  return next ^ (next >>> 15)
}
