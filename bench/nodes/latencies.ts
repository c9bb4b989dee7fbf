// One-way times of paced messages, by the clock that the processes of a machine share.

/** Minutes of messages at a thousand a second. */
const MAX_SAMPLES = 1_000_000

export class Latencies {
  #us: number[] = []

  reset(): void {
    this.#us = []
  }

  add(us: number): void {
    if (this.#us.length < MAX_SAMPLES) this.#us.push(us)
  }

  summary(): { count: number; p50Us: number; p90Us: number; p99Us: number; maxUs: number } {
    const sorted = Float64Array.from(this.#us).sort()
    const at = (share: number): number =>
      sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
    return { count: sorted.length, p50Us: at(0.5), p90Us: at(0.9), p99Us: at(0.99), maxUs: at(1) }
  }
}
