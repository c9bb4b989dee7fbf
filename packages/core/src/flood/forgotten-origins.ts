// Authors that lost their place in a full table while they still spoke: for each, its last incarnation and number, in
// sixteen bytes. With these, nothing of theirs is accepted twice, and what they say next is new. Bounded by shares of
// the links that bring new authors, and by time.
import { TokenBucket } from '../token-bucket.ts'
import { ORIGIN_OFFSET } from '../wire/layout.ts'
import { mixed } from './origin-index.ts'

/**
 * Authors remembered in a generation for each author of the table. A guess: 16 bytes each, 4 MiB, and twice that at
 * most.
 */
export const FORGOTTEN_SHARE = 16
/** Links among which these are shared. A guess: the default of `maxLinks`. */
const NEW_AUTHOR_LINKS = 12
/** How much of its share one link may save up, in seconds. A guess: everybody in a room of a hundred says something. */
const NEW_AUTHOR_BURST_S = 10
/** Links whose shares are kept at one time; beyond that, the link that asked least recently starts again. A guess. */
const MAX_SOURCES_KEPT = 256
/** One part in this many is kept for authors that come back: they have been forgotten themselves. A guess. */
const RETURN_SHARE = 8
/**
 * After this time the remembered authors become the earlier generation. After the same time again they are dropped, and
 * the floor rises. Twice ORIGIN_IDLE_MS: by then, any living author is past the latest incarnation among them.
 */
export const GENERATION_MS = 1_800_000

/** An author's entry: two words of its key, incarnation, highest number. */
const ENTRY_WORDS = 4
const FIRST_ENTRIES = 64
const NOTHING = -1

/**
 * What is remembered about a packet's author. `duplicate`: this packet, or one after it, was here. Null: nothing speaks
 * against it.
 */
export type Recollection = 'duplicate' | 'old-incarnation' | null

export class ForgottenOrigins {
  readonly #max: number
  readonly #perSecond: number
  readonly #seed: number
  #current: Generation
  #earlier: Generation | null = null
  #beganMs: number | null = null
  /** What is left for the new authors of each link, in the order in which the links last asked. */
  readonly #shares = new Map<number, TokenBucket>()

  /** `max`: authors remembered in a generation, which lasts for `lastsMs`. `seed`: as for the table. */
  constructor(max: number, lastsMs: number, seed: number) {
    this.#max = max
    this.#perSecond = (max * 1_000) / lastsMs / NEW_AUTHOR_LINKS
    this.#seed = seed
    this.#current = new Generation(seed)
  }

  get size(): number {
    return this.#current.size + (this.#earlier?.size ?? 0)
  }

  /**
   * Whether an author may be forgotten for a new one that `source` brings, which is charged for it. `returns`: the new
   * one is itself remembered.
   */
  makesRoom(source: number, returns: boolean, nowMs: number): boolean {
    const { size } = this.#current
    if (returns) return size < this.#max
    return this.makesRoomForIdle && this.#shareOf(source, nowMs).take(nowMs)
  }

  /**
   * The same for an author that is known: nobody's share counts, and there is a little more room, since it keeps its
   * place and asks for no other.
   */
  get makesRoomForKnown(): boolean {
    return this.#current.size < this.#max + Math.floor(this.#max / RETURN_SHARE)
  }

  /** Whether one that was silent for long is remembered when it is forgotten. */
  get makesRoomForIdle(): boolean {
    return this.#current.size < this.#max - Math.floor(this.#max / RETURN_SHARE)
  }

  /** Remembers the author whose key begins with these words. */
  add(first: number, second: number, incarnation: number, highest: number, nowMs: number): void {
    this.#beganMs ??= nowMs
    this.#current.put(first, second, incarnation, highest)
  }

  /** Whether the author of the frame at `start` is remembered. */
  has(view: DataView, start: number): boolean {
    const [first, second] = keyWords(view, start)
    return this.#current.find(first, second) !== NOTHING || (this.#earlier?.find(first, second) ?? NOTHING) !== NOTHING
  }

  /** The highest number remembered of this incarnation of the author of the frame at `start`; 0: none. */
  highestOf(view: DataView, start: number, incarnation: number): number {
    const [first, second] = keyWords(view, start)
    const earlier = this.#earlier?.highestOf(first, second, incarnation) ?? 0
    return Math.max(earlier, this.#current.highestOf(first, second, incarnation))
  }

  /**
   * What speaks against a packet of the author of the frame at `start`; nothing that is remembered of an incarnation
   * after `until` does.
   */
  recall(view: DataView, start: number, incarnation: number, seq: number, until: number): Recollection {
    const [first, second] = keyWords(view, start)
    const verdict = this.#current.recall(first, second, incarnation, seq, until)
    return verdict ?? this.#earlier?.recall(first, second, incarnation, seq, until) ?? null
  }

  /** Drops what is old. Returns the latest incarnation dropped; 0: none. */
  expire(nowMs: number): number {
    if (this.#beganMs === null || nowMs - this.#beganMs < GENERATION_MS) return 0
    const dropped = this.#earlier?.latestIncarnation ?? 0
    this.#earlier = this.#current.size > 0 ? this.#current : null
    this.#current = new Generation(this.#seed)
    this.#beganMs = this.#earlier === null ? null : nowMs
    return dropped
  }

  /** It starts with one, so that a newcomer is heard at once, and a link that comes again gains hardly anything. */
  #shareOf(source: number, nowMs: number): TokenBucket {
    const burst = Math.max(1, this.#perSecond * NEW_AUTHOR_BURST_S)
    const share = this.#shares.get(source) ?? new TokenBucket(burst, this.#perSecond, nowMs, 1)
    this.#shares.delete(source)
    this.#shares.set(source, share)
    const [oldest] = this.#shares.keys()
    if (this.#shares.size > MAX_SOURCES_KEPT && oldest !== undefined) this.#shares.delete(oldest)
    return share
  }
}

/** An open-addressing hash table that only grows. */
class Generation {
  readonly #seed: number
  #entries = new Uint32Array(FIRST_ENTRIES * ENTRY_WORDS)
  size = 0
  latestIncarnation = 0

  constructor(seed: number) {
    this.#seed = seed
  }

  put(first: number, second: number, incarnation: number, highest: number): void {
    if (incarnation > this.latestIncarnation) this.latestIncarnation = incarnation
    const known = this.find(first, second)
    if (known !== NOTHING) {
      this.#entries[known + 2] = incarnation
      this.#entries[known + 3] = highest
      return
    }
    if (this.size * 2 * ENTRY_WORDS >= this.#entries.length) this.#grow()
    this.#insert(this.#entries, first, second, incarnation, highest)
    this.size++
  }

  /** The start of the entry, or NOTHING. */
  find(first: number, second: number): number {
    if (this.size === 0) return NOTHING
    const entries = this.#entries
    for (let at = this.#home(entries, first, second); ; at = next(entries, at)) {
      if (isFree(entries, at)) return NOTHING
      if (entries[at] === first && entries[at + 1] === second) return at
    }
  }

  highestOf(first: number, second: number, incarnation: number): number {
    const at = this.find(first, second)
    return at === NOTHING || this.#entries[at + 2] !== incarnation ? 0 : this.#entries[at + 3]!
  }

  recall(first: number, second: number, incarnation: number, seq: number, until: number): Recollection {
    const at = this.find(first, second)
    if (at === NOTHING || incarnation > this.#entries[at + 2]! || this.#entries[at + 2]! > until) return null
    if (incarnation < this.#entries[at + 2]!) return 'old-incarnation'
    return seq <= this.#entries[at + 3]! ? 'duplicate' : null
  }

  #grow(): void {
    const old = this.#entries
    this.#entries = new Uint32Array(old.length * 2)
    for (let at = 0; at < old.length; at += ENTRY_WORDS) {
      if (!isFree(old, at)) this.#insert(this.#entries, old[at]!, old[at + 1]!, old[at + 2]!, old[at + 3]!)
    }
  }

  #insert(entries: Uint32Array, first: number, second: number, incarnation: number, highest: number): void {
    let at = this.#home(entries, first, second)
    while (!isFree(entries, at)) at = next(entries, at)
    entries[at] = first
    entries[at + 1] = second
    entries[at + 2] = incarnation
    entries[at + 3] = highest
  }

  #home(entries: Uint32Array, first: number, second: number): number {
    return (mixed(first, second, this.#seed) & (entries.length / ENTRY_WORDS - 1)) * ENTRY_WORDS
  }
}

/** No author's highest number is 0. */
function isFree(entries: Uint32Array, at: number): boolean {
  return entries[at + 2] === 0 && entries[at + 3] === 0
}

function next(entries: Uint32Array, at: number): number {
  return at + ENTRY_WORDS === entries.length ? 0 : at + ENTRY_WORDS
}

/** The first words of the key of the frame's author, as in its row. */
function keyWords(view: DataView, start: number): [first: number, second: number] {
  return [view.getUint32(start + ORIGIN_OFFSET, true), view.getUint32(start + ORIGIN_OFFSET + 4, true)]
}
