// How many TLS handshakes a worker begins. Each costs a key exchange and a signature on the thread that relays. There
// is a bound for each source, so that one machine cannot take the others' share, and one for all.
import { sourceOf, TokenBucket } from '@floodnet/core'

/**
 * For one IPv4 address or IPv6 /64. A guess: 200 nodes start at once behind one address; after that, 5 % of a processor
 * at 1 ms each.
 */
const SOURCE_HANDSHAKE_BURST = 200
const SOURCE_HANDSHAKES_PER_SECOND = 50
/** For all sources. A guess: a fifth of a processor. */
const HANDSHAKE_BURST = 800
const HANDSHAKES_PER_SECOND = 200
/** Sources remembered. A forgotten source gets a full burst again, within the bound for all. */
const MAX_SOURCES = 1_024

export class HandshakeBudget {
  readonly #all: TokenBucket
  readonly #bySource = new Map<string, TokenBucket>()

  constructor(nowMs: number) {
    this.#all = new TokenBucket(HANDSHAKE_BURST, HANDSHAKES_PER_SECOND, nowMs)
  }

  /** Whether a handshake with `host` may begin now. */
  take(host: string, nowMs: number): boolean {
    return this.#bucketOf(sourceOf(host), nowMs).take(nowMs) && this.#all.take(nowMs)
  }

  #bucketOf(source: string, nowMs: number): TokenBucket {
    const known = this.#bySource.get(source)
    const bucket = known ?? new TokenBucket(SOURCE_HANDSHAKE_BURST, SOURCE_HANDSHAKES_PER_SECOND, nowMs)
    // In the order in which they were last asked for.
    this.#bySource.delete(source)
    this.#bySource.set(source, bucket)
    const [oldest] = this.#bySource.keys()
    if (this.#bySource.size > MAX_SOURCES && oldest !== undefined) this.#bySource.delete(oldest)
    return bucket
  }
}
