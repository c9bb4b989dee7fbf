// How much one author may write and one neighbour may bring: token buckets that hold a burst. Only fresh packets are
// charged, and only once they are proven genuine, so nobody can use up another's rate.
import { ReplayWindow } from './replay-window.ts'

/**
 * What may come in a second; 0: any amount. `messages`: a packet may hold thousands, and each is work for every reader.
 * `origins`: authors not heard before, with one-time keys.
 */
export interface Rate {
  readonly bytes: number
  readonly packets: number
  readonly messages: number
  readonly origins: number
}

export type RateRefusal = 'origin-rate' | 'neighbour-rate'

/**
 * What is left of a rate. A packet is accepted while anything is left, and may leave a debt, so any size gets through.
 */
export interface RateBucket {
  bytes: number
  packets: number
  messages: number
  origins: number
  atMs: number
  /** Refused since the last question. */
  refused: number
  /** When what an author took beside its neighbours' rates is made up for; see `QUIET_EVERY_MS`. */
  quietMs: number
  /** Which of an author's packets have been counted as refused, because each comes over several links. */
  counted: { readonly incarnation: number; readonly window: ReplayWindow } | null
}

/** What the limits keep for an author. */
export interface RatedOrigin {
  readonly id: string
  rate: RateBucket | null
}

/**
 * An author whom a neighbour has brought before may go on with a packet in this time, or four messages, although the
 * neighbour's rate is used up: whoever uses it up silences nobody who writes as people do. A guess: people write less.
 */
export const QUIET_EVERY_MS = 100
const QUIET_MESSAGES = 4
/** And so much of it at once. A guess: a pasted page. */
export const QUIET_BURST_MS = 2_000
/**
 * All such authors together, however many keys a stranger invents, may put the neighbour this share of its burst into
 * debt, which the loud have to wait for. A guess.
 */
export const QUIET_DEBT = 0.25

/** Stands for "any amount", and still works in calculations. */
const UNLIMITED = 2 ** 40

export class RateLimits {
  readonly #origin: Rate
  readonly #neighbour: Rate
  readonly #burstMs: number
  readonly #neighbours = new Map<number, RateBucket>()
  /** Authors with packets refused since the last report. */
  readonly #suppressed = new Set<RatedOrigin>()

  /**
   * `burstMs`: after a silence of this length, an author or neighbour may bring as much as this time allows at once.
   */
  constructor(origin: Rate, neighbour: Rate, burstMs: number) {
    this.#origin = capped(origin)
    this.#neighbour = capped(neighbour)
    this.#burstMs = burstMs
  }

  /** Why a fresh packet is not even verified; null: it may come. `origin` null: its author is not known yet. */
  refusal(source: number, origin: RatedOrigin | null, nowMs: number): RateRefusal | null {
    const own = origin?.rate ?? null
    if (own !== null && !hasTokens(this.#refill(own, this.#origin, nowMs))) return 'origin-rate'
    const bucket = this.#neighbourOf(source, nowMs)
    return hasTokens(bucket) && (origin !== null || bucket.origins > 0) ? null : 'neighbour-rate'
  }

  /** Whether an author is heard even if its neighbour is over its rate. */
  isQuiet(source: number, { rate }: RatedOrigin, nowMs: number): boolean {
    if (rate === null || rate.quietMs >= nowMs + QUIET_BURST_MS) return false
    const { bytes, packets, messages } = this.#neighbourOf(source, nowMs)
    const debt = -QUIET_DEBT * (this.#burstMs / 1_000)
    const most = this.#neighbour
    return bytes > debt * most.bytes && packets > debt * most.packets && messages > debt * most.messages
  }

  /** Counts a packet that was refused for its neighbour's rate. */
  countRefused(source: number, nowMs: number): void {
    this.#neighbourOf(source, nowMs).refused++
  }

  /**
   * Counts a packet of an author that is over its rate, once, however many links bring it. Nobody has verified it, so
   * this is only a figure.
   */
  suppress(origin: RatedOrigin, incarnation: number, seq: number): void {
    const { rate } = origin
    if (rate === null) return
    if (rate.counted?.incarnation !== incarnation) rate.counted = { incarnation, window: narrowWindow() }
    if (rate.counted.window.check(seq) !== 'fresh') return
    rate.counted.window.commit(seq)
    rate.refused++
    this.#suppressed.add(origin)
  }

  /** Charges an accepted packet to its author. */
  chargeOrigin(origin: RatedOrigin, bytes: number, messages: number, nowMs: number): void {
    origin.rate ??= this.#full(this.#origin, nowMs)
    take(origin.rate, bytes, messages, 0)
  }

  /** Charges it to the neighbour that brought it. `isNew`: it is the first of its author. False: nothing was left. */
  chargeNeighbour(source: number, isNew: boolean, bytes: number, messages: number, nowMs: number): boolean {
    const bucket = this.#neighbourOf(source, nowMs)
    if (!hasTokens(bucket)) return false
    take(bucket, bytes, messages, isNew && bucket.origins > 0 ? 1 : 0)
    return true
  }

  /** Charges a packet of a quiet author, for which nothing was left, to the author and to the neighbour. */
  chargeQuiet(source: number, { rate }: RatedOrigin, bytes: number, messages: number, nowMs: number): void {
    if (rate === null) return
    rate.quietMs = Math.max(rate.quietMs, nowMs) + QUIET_EVERY_MS * Math.max(1, messages / QUIET_MESSAGES)
    take(this.#neighbourOf(source, nowMs), bytes, messages, 0)
  }

  /** Reports what was refused since the last report, for at most `max` authors; the rest waits for the next report. */
  reportSuppressed(max: number, tell: (origin: string, count: number) => void): void {
    let told = 0
    for (const origin of this.#suppressed) {
      if (told++ === max) return
      this.#suppressed.delete(origin)
      tell(origin.id, origin.rate?.refused ?? 0)
      if (origin.rate !== null) origin.rate.refused = 0
    }
  }

  /** Reports what neighbours brought beyond their rate since the last report. */
  reportRefused(tell: (source: number, count: number) => void): void {
    for (const [source, bucket] of this.#neighbours) {
      if (bucket.refused > 0) tell(source, bucket.refused)
      bucket.refused = 0
    }
  }

  /** The link is gone. */
  forget(source: number): void {
    this.#neighbours.delete(source)
  }

  #neighbourOf(source: number, nowMs: number): RateBucket {
    const known = this.#neighbours.get(source)
    if (known !== undefined) return this.#refill(known, this.#neighbour, nowMs)
    const bucket = this.#full(this.#neighbour, nowMs)
    this.#neighbours.set(source, bucket)
    return bucket
  }

  #full(rate: Rate, atMs: number): RateBucket {
    const share = this.#burstMs / 1_000
    const { bytes, packets, messages, origins } = rate
    return {
      bytes: bytes * share,
      packets: packets * share,
      messages: messages * share,
      origins: origins * share,
      atMs,
      refused: 0,
      quietMs: 0,
      counted: null
    }
  }

  /** A clock that is set back earns nothing, and counts on from there. */
  #refill(bucket: RateBucket, rate: Rate, nowMs: number): RateBucket {
    const share = Math.max(0, nowMs - bucket.atMs) / 1_000
    const burst = this.#burstMs / 1_000
    bucket.atMs = nowMs
    bucket.bytes = Math.min(rate.bytes * burst, bucket.bytes + rate.bytes * share)
    bucket.packets = Math.min(rate.packets * burst, bucket.packets + rate.packets * share)
    bucket.messages = Math.min(rate.messages * burst, bucket.messages + rate.messages * share)
    bucket.origins = Math.min(rate.origins * burst, bucket.origins + rate.origins * share)
    return bucket
  }
}

/** It only counts, and whoever makes it grow was never verified. */
function narrowWindow(): ReplayWindow {
  return new ReplayWindow(undefined, 0, 0)
}

function capped({ bytes, packets, messages, origins }: Rate): Rate {
  const any = (rate: number): number => rate || UNLIMITED
  return { bytes: any(bytes), packets: any(packets), messages: any(messages), origins: any(origins) }
}

function hasTokens(bucket: RateBucket): boolean {
  return bucket.bytes > 0 && bucket.packets > 0 && bucket.messages > 0
}

function take(bucket: RateBucket, bytes: number, messages: number, origins: number): void {
  bucket.bytes -= bytes
  bucket.packets--
  bucket.messages -= messages
  bucket.origins -= origins
}
