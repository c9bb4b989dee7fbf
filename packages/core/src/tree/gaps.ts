// The order of what the reader gets: a packet behind a gap is held back until the gap is filled, or for `repairMs`, or
// until there is no room. One AuthorOrder stands for one author's incarnation; who delivers keeps it. Nothing is
// allocated for a packet in order.

/** Why packets are missing for good: nobody delivered them in time, or what came after them found no room to wait. */
export type GapReason = 'not-repaired' | 'no-room'

export interface GapOptions {
  /** Longest time that a packet waits for those before it. */
  readonly repairMs: number
  /** Bytes that wait, of all authors together. */
  readonly heldBytes: number
}

export const gapDefaults: GapOptions = {
  // A guess: a parent is late after 2 s at most, and then one link is asked.
  repairMs: 3_000,
  // A guess: as much as recent frames hold.
  heldBytes: 16_777_216
}

/**
 * An author who is heard for the first time with a number no higher than this has just begun: what came before is on
 * its way. A guess.
 */
const FIRST_PACKETS = 8
/** For so long it is waited for. A guess: longer than two paths differ. */
const FIRST_WAIT_MS = 250

interface Held<T> {
  readonly item: T
  readonly bytes: number
}

export interface AuthorOrder<T> {
  /** What the host knows it by. */
  readonly key: unknown
  /** The next number to deliver; 0 before the first packet. */
  next: number
  held: Map<number, Held<T>> | null
  /** When the first gap is given up; and whether it is one: what was before the first packet heard is none. */
  dueMs: number
  silent: boolean
}

export interface GapHost<T> {
  deliver(item: T): void
  /** Packets `from` to `to` will not come any more; one that does is late, and `take` returns false. */
  onGap(key: unknown, from: number, to: number, reason: GapReason): void
}

export class Gaps<T> {
  readonly #host: GapHost<T>
  readonly #options: GapOptions
  /** Those that wait for something. */
  readonly #waiting = new Set<AuthorOrder<T>>()
  #heldBytes = 0

  constructor(host: GapHost<T>, options: Partial<GapOptions> = {}) {
    this.#host = host
    this.#options = { ...gapDefaults, ...options }
  }

  get heldBytes(): number {
    return this.#heldBytes
  }

  /** When `expire` wants to be called next; infinity when nothing waits. */
  get wakeMs(): number {
    let wakeMs = Number.POSITIVE_INFINITY
    for (const { dueMs } of this.#waiting) if (dueMs < wakeMs) wakeMs = dueMs
    return wakeMs
  }

  /** `next`: the number to begin with, 1 for the new incarnation of an author known; 0: with what comes first. */
  begin(key: unknown, next: number): AuthorOrder<T> {
    return { key, next, held: null, dueMs: Number.POSITIVE_INFINITY, silent: next === 0 }
  }

  /**
   * A packet that was never taken before. It is delivered now or later; false when its place has passed, and it is not.
   * Hot.
   */
  take(order: AuthorOrder<T>, seq: number, item: T, bytes: number, nowMs: number): boolean {
    if (order.next === 0) order.next = seq <= FIRST_PACKETS ? 1 : seq
    if (seq < order.next) return false
    if (seq > order.next) {
      this.#hold(order, seq, { item, bytes }, nowMs)
      return true
    }
    order.next = seq + 1
    order.silent = false
    this.#host.deliver(item)
    if (order.held !== null) this.#release(order, nowMs)
    return true
  }

  /** Gives up the gaps that are due. */
  expire(nowMs: number): void {
    for (const order of this.#waiting) if (order.dueMs <= nowMs) this.#giveUp(order, 'not-repaired', nowMs)
  }

  /** The author is not read any more, or its incarnation is past: what waits is delivered. */
  end(order: AuthorOrder<T>, nowMs: number): void {
    while (order.held !== null) this.#giveUp(order, 'not-repaired', nowMs)
  }

  #hold(order: AuthorOrder<T>, seq: number, held: Held<T>, nowMs: number): void {
    order.held ??= new Map()
    order.held.set(seq, held)
    this.#heldBytes += held.bytes
    if (!this.#waiting.has(order)) this.#await(order, nowMs)
    while (this.#heldBytes > this.#options.heldBytes) this.#giveUp(this.#oldest(), 'no-room', nowMs)
  }

  #await(order: AuthorOrder<T>, nowMs: number): void {
    order.dueMs = nowMs + (order.silent ? FIRST_WAIT_MS : this.#options.repairMs)
    // Behind those that wait already: the set is in the order of their beginning.
    this.#waiting.delete(order)
    this.#waiting.add(order)
  }

  #oldest(): AuthorOrder<T> {
    const [oldest] = this.#waiting
    return oldest as AuthorOrder<T>
  }

  /** Delivers what is next, as far as it is there. */
  #release(order: AuthorOrder<T>, nowMs: number): void {
    const { held } = order
    if (held === null) return
    for (let next = held.get(order.next); next !== undefined; next = held.get(order.next)) {
      held.delete(order.next++)
      this.#heldBytes -= next.bytes
      this.#host.deliver(next.item)
    }
    order.silent = false
    if (held.size > 0) return this.#await(order, nowMs)
    order.held = null
    order.dueMs = Number.POSITIVE_INFINITY
    this.#waiting.delete(order)
  }

  #giveUp(order: AuthorOrder<T>, reason: GapReason, nowMs: number): void {
    const { held, silent, next } = order
    if (held === null) return
    let lowest = Number.POSITIVE_INFINITY
    for (const seq of held.keys()) if (seq < lowest) lowest = seq
    order.next = lowest
    if (!silent) this.#host.onGap(order.key, next, lowest - 1, reason)
    this.#release(order, nowMs)
  }
}
