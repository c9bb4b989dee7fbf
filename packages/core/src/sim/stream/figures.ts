// The outcome of the measured packets: those written from a time on, at the nodes that were up by then.

/** Up to this delay, delays are exact to a millisecond. */
const MAX_DELAY_MS = 120_000

export interface SteadyFigures {
  /** Copies of packets received for each delivery. */
  readonly copies: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
  /** The longest wait after the overlay was whole again, for packets written before or after. */
  readonly maxWholeMs: number
  /** Hops of the last delivery, mean over all packets. */
  readonly lastHops: number
  /** Bytes of PRUNE, IHAVE, GRAFT and NONE for each byte of payload delivered. */
  readonly controlShare: number
  /** Deliveries that did not happen, of `due`. */
  readonly missing: number
  readonly due: number
  readonly grafts: number
  readonly prunes: number
  readonly gaps: number
  readonly lost: number
  /** The most that an honest node has sent, as a multiple of all packets written meanwhile. */
  readonly mostSent: number
}

/** Counted during the measurement. */
export class Measure {
  copies = 0
  fresh = 0
  controlBytes = 0
  grafts = 0
  prunes = 0
  gaps = 0
  lost = 0
  readonly fromMs: number
  /** Packets written later are not measured. */
  toMs = Number.POSITIVE_INFINITY
  /** Since when the overlay is one component. */
  wholeMs: number
  #deliveries = 0
  #maxWholeMs = 0
  #maxMs = 0
  readonly #delays = new Uint32Array(MAX_DELAY_MS + 1)

  constructor(fromMs: number) {
    this.fromMs = fromMs
    this.wholeMs = fromMs
  }

  isMeasured(writtenMs: number): boolean {
    return writtenMs >= this.fromMs && writtenMs < this.toMs
  }

  deliver(writtenMs: number, nowMs: number): void {
    const delayMs = nowMs - writtenMs
    this.#deliveries++
    this.#maxWholeMs = Math.max(this.#maxWholeMs, nowMs - Math.max(writtenMs, this.wholeMs))
    if (delayMs > this.#maxMs) this.#maxMs = delayMs
    const bin = Math.min(MAX_DELAY_MS, Math.round(delayMs))
    this.#delays[bin] = this.#delays[bin]! + 1
  }

  /** `due`: deliveries that should have happened; `lastHops`: mean of the packets. */
  figures(due: number, got: number, lastHops: number, mostSent: number, payloadBytes: number): SteadyFigures {
    const { copies, fresh, controlBytes, grafts, prunes, gaps, lost } = this
    return {
      copies: copies / Math.max(1, fresh),
      p50Ms: this.#quantile(0.5),
      p99Ms: this.#quantile(0.99),
      maxMs: this.#maxMs,
      maxWholeMs: this.#maxWholeMs,
      lastHops,
      controlShare: controlBytes / Math.max(1, fresh * payloadBytes),
      missing: due - got,
      due,
      ...{ grafts, prunes, gaps, lost, mostSent }
    }
  }

  #quantile(share: number): number {
    let left = this.#deliveries * share
    for (let delay = 0; delay <= MAX_DELAY_MS; delay++) {
      left -= this.#delays[delay]!
      if (left <= 0) return delay
    }
    return MAX_DELAY_MS
  }
}
