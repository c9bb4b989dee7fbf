// How large batches may grow. A large one shares its signature among thousands of messages, but each relay must have
// all of it before it can verify it and pass it on. So a batch holds what the path takes in a tenth of a second. We
// estimate that from how quickly the worker takes what it is given, because it waits for the slowest neighbour.
import { MAX_BATCH_BODY_BYTES, MAX_PACKET_BODY_BYTES } from '@floodnet/core'

/** What a batch may add to a message's delay on each link. A guess: a person does not notice it. */
const TARGET_MS = 100

/**
 * Without a signature to share, a packet of 256 KiB is faster, because it stays in a processor's cache: 4.4 M messages
 * of 100 bytes a second over two hops instead of 3.9 M.
 */
const MAX_UNSIGNED_BYTES = 262_032

interface Lent {
  readonly bytes: number
  /** Bytes that the worker had then, including these. */
  readonly inLane: number
  readonly atMs: number
}

export class BatchSize {
  /** Size of a body, between that of a single message and what fills a slab. */
  bytes: number
  readonly #maxBytes: number
  #lent: Lent[] = []
  #inLane = 0

  constructor(signed: boolean) {
    this.#maxBytes = signed ? MAX_BATCH_BODY_BYTES : MAX_UNSIGNED_BYTES
    this.bytes = this.#maxBytes
  }

  /** The worker has been given a slab with this many bytes, at `nowMs` on a monotonic clock. */
  onLent(bytes: number, nowMs: number): void {
    this.#inLane += bytes
    this.#lent.push({ bytes, inLane: this.#inLane, atMs: nowMs })
  }

  /** The slab that was lent first came back. */
  onReturned(nowMs: number): void {
    const first = this.#lent.shift()
    if (first === undefined) return
    this.#inLane -= first.bytes
    // So little says nothing about the path.
    if (first.bytes < MAX_PACKET_BODY_BYTES) return
    const tookMs = Math.max(nowMs - first.atMs, 1)
    const bytes = Math.floor((first.inLane / tookMs) * TARGET_MS)
    this.bytes = Math.min(this.#maxBytes, Math.max(MAX_PACKET_BODY_BYTES, bytes))
  }

  /** What the worker had is lost. */
  onCrash(): void {
    this.#lent = []
    this.#inLane = 0
  }
}
