// Copies on their way, as the page shows them: from node to node until they arrive.
import { COPY_FIELDS } from '../../world/messages.ts'

/** Pulses are kept in columns, since there are thousands and every frame touches each of them. */
export class Pulses {
  #capacity = 1024
  #size = 0
  #values = new Float32Array(COPY_FIELDS * this.#capacity)

  get size(): number {
    return this.#size
  }

  add(copies: Float32Array): void {
    const count = copies.length / COPY_FIELDS
    while (this.#size + count > this.#capacity) this.#grow()
    this.#values.set(copies, COPY_FIELDS * this.#size)
    this.#size += count
  }

  clear(): void {
    this.#size = 0
  }

  /**
   * Shows the pulses under way at `nowMs`; `at` is the share of its path that a pulse has behind it, 0 to 1. Reports
   * each arrival once, and forgets it.
   */
  each(nowMs: number, show: Show, arrive: (to: number, fresh: boolean) => void): void {
    const values = this.#values
    let kept = 0
    for (let pulse = 0; pulse < this.#size; pulse++) {
      const base = COPY_FIELDS * pulse
      const [to, arrivesMs, delayMs] = [values[base + 1] ?? 0, values[base + 2] ?? 0, values[base + 3] ?? 1]
      const fresh = values[base + 4] === 1
      if (arrivesMs <= nowMs) {
        arrive(to, fresh)
        continue
      }
      if (kept !== pulse) values.copyWithin(COPY_FIELDS * kept, base, base + COPY_FIELDS)
      kept++
      const at = 1 - (arrivesMs - nowMs) / delayMs
      if (at > 0) show(values[base] ?? 0, to, at, fresh)
    }
    this.#size = kept
  }

  #grow(): void {
    this.#capacity *= 2
    const wider = new Float32Array(COPY_FIELDS * this.#capacity)
    wider.set(this.#values)
    this.#values = wider
  }
}

type Show = (from: number, to: number, at: number, fresh: boolean) => void
