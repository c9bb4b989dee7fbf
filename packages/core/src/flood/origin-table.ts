// The authors that a node tells apart, each with its replay window. Bounded by the number of authors, not by rate or
// time. Hot: guarded by the benchmark core.window.
import { assert } from '../assert.ts'
import { toHex } from '../bytes.ts'
import { INCARNATION_OFFSET, ORIGIN_BYTES, ORIGIN_OFFSET } from '../wire/layout.ts'
import { FORGOTTEN_SHARE, ForgottenOrigins, GENERATION_MS, type Recollection } from './forgotten-origins.ts'
import { OriginShares, STAYS } from './giving-way.ts'
import { IncarnationClock } from './incarnation-clock.ts'
import { forEachKey, KNOWN_SHARE, KnownOrigins } from './known-origins.ts'
import { grownBytes, type Origin, type OriginVerdict, type TableOptions } from './origin.ts'
import { FREE_WORD, OriginIndex, rowOf, UNKNOWN_ORIGIN } from './origin-index.ts'
import { CALM_WORD, HIGHEST_WORD, ReplayWindow, WINDOW_WORDS } from './replay-window.ts'
import { WindowMemory, windowBytesFor } from './window-memory.ts'
import { DEFAULT_WINDOW_PACKETS } from './window-packets.ts'

export type { Origin, OriginVerdict, TableOptions } from './origin.ts'
export { UNKNOWN_ORIGIN }

/**
 * An author is forgotten only after this silence, to the second, and only if room is needed. A guess: longer than an
 * incarnation lasts (RENEW_AFTER_MS).
 */
export const ORIGIN_IDLE_MS = 900_000
/**
 * Entries examined for one to forget before a new author is refused; bounds the work that a stranger's packet can
 * cause.
 */
const EVICTION_SCAN = 64
/** Of a known author for whom the floor of all others holds. */
const NO_FLOOR_OF_ITS_OWN = 0xffffffff
/** The source of authors that are added without a link. */
const NO_SOURCE = 0

// An author's row after the key.
const INCARNATION_WORD = FREE_WORD
const WINDOW_WORD = FREE_WORD + 1
/** When the author was last heard, in seconds, rounded up. */
const HEARD_WORD = WINDOW_WORD + WINDOW_WORDS
// About its tree, in the present incarnation only: links that have pruned it, its tree's number plus two, and what
// busy.ts has observed.
const PRUNED_WORD = HEARD_WORD + 1
const TREE_WORD = HEARD_WORD + 2
const OBSERVED_WORD = HEARD_WORD + 3
/** See `treeOf`. */
export const NO_TREE_YET = -2

/** Authors by number. A number from `find` or `add` is valid until another author is added. */
export class OriginTable {
  readonly #maxOrigins: number
  readonly #index: OriginIndex
  readonly #origins: Origin[] = []
  /** By a clock that never goes back; and in seconds, rounded up. */
  #nowMs = 0
  #nowS = 0
  #hand = 0
  readonly #clock = new IncarnationClock()
  readonly #shares = new OriginShares()
  readonly #forgotten: ForgottenOrigins
  readonly #known: KnownOrigins
  readonly #isForEver: boolean
  readonly #windowPackets: number
  readonly #memory: WindowMemory

  /**
   * `seed` (32 random bits) keeps strangers from choosing keys that collide. `lastsMs`: the table is useful for this
   * long, and remembers authors for as long; without it the table lasts for ever, and forgets silent authors.
   */
  constructor(maxOrigins: number, seed: number, options: TableOptions = {}) {
    const { maxForgotten = FORGOTTEN_SHARE * maxOrigins, lastsMs } = options
    this.#windowPackets = options.windowPackets ?? DEFAULT_WINDOW_PACKETS
    this.#memory = new WindowMemory(options.windowBytes ?? windowBytesFor(maxOrigins))
    this.#maxOrigins = maxOrigins
    this.#index = new OriginIndex(seed)
    this.#forgotten = new ForgottenOrigins(maxForgotten, lastsMs ?? GENERATION_MS, seed)
    this.#known = new KnownOrigins(seed)
    this.#isForEver = lastsMs === undefined
  }

  get size(): number {
    return this.#origins.length
  }

  /** Memory that windows have taken to grow. */
  get windowBytes(): number {
    return this.#memory.bytes
  }

  /**
   * Incarnations up to this one are refused from authors that the table does not know: it has forgotten an author with
   * that incarnation, whose packets somebody could otherwise replay. This does not hurt living authors, however long
   * they run and whoever was forgotten: they renew their incarnation (RENEW_AFTER_MS) sooner than anybody is forgotten.
   */
  get incarnationFloor(): number {
    return this.#clock.floor
  }

  /**
   * Names the authors who keep a place, instead of those named before: `keys` are their public keys, one behind the
   * other, of `maxKnown` at most. Whatever strangers bring, they are taken when they speak first, and never forgotten.
   */
  know(keys: Uint8Array): void {
    assert(keys.length <= this.maxKnown * ORIGIN_BYTES, 'the host knows how many places can be kept')
    this.#known.replace(keys, (view) =>
      // What is remembered of it is dropped some day, and then the floor alone is left.
      this.#forgotten.has(view, 0) ? NO_FLOOR_OF_ITS_OWN : this.#clock.floor
    )
    for (const origin of this.#origins) origin.isKnown = false
    forEachKey(keys, (view) => {
      const author = this.find(view, 0)
      if (author !== UNKNOWN_ORIGIN) this.origin(author).isKnown = true
    })
  }

  /** So many authors may be known. */
  get maxKnown(): number {
    return Math.floor(this.#maxOrigins / KNOWN_SHARE)
  }

  /** Whether the author of the frame at `start`, which need not be in the table, is known. */
  knows(view: DataView, start: number): boolean {
    return this.#known.has(view, start)
  }

  /** Whether this incarnation is refused of the author of the frame at `start`, which is not in the table. */
  isBelowFloor(view: DataView, start: number, incarnation: number): boolean {
    const { floor } = this.#clock
    return incarnation <= floor && incarnation <= this.#known.floorOf(view, start, floor)
  }

  /**
   * Sets the time for what is heard from now on: Unix ms, which may go back, for incarnations; `steadyMs`, which does
   * not, for silences.
   */
  tick(unixMs: number, steadyMs = unixMs): void {
    this.#clock.tick(unixMs / 1_000)
    this.#nowMs = steadyMs
    this.#nowS = Math.ceil(steadyMs / 1_000)
    if (this.#isForEver) this.#clock.raiseFloor(this.#forgotten.expire(steadyMs))
  }

  /** The author of the frame at `start`, or UNKNOWN_ORIGIN. */
  find(view: DataView, start: number): number {
    return this.#index.find(view, start)
  }

  /** The author of this number. */
  origin(author: number): Origin {
    return this.#origins[author]!
  }

  /** Changes nothing. */
  check(author: number, incarnation: number, seq: number): OriginVerdict {
    const { rows } = this.#index
    const row = rowOf(author)
    if (rows[row + INCARNATION_WORD] !== incarnation) return this.#checkOther(author, incarnation, seq)
    // Most packets end here: only the row is read.
    if (seq > rows[row + WINDOW_WORD + HIGHEST_WORD]!) return 'fresh'
    return this.#origins[author]!.window.check(seq)
  }

  /** Marks a packet as seen that `check` called fresh, or whose incarnation is new. */
  commit(author: number, incarnation: number, seq: number): void {
    const { rows } = this.#index
    const row = rowOf(author)
    const window = row + WINDOW_WORD
    rows[row + HEARD_WORD] = this.#nowS
    const isNext = seq - rows[window + HIGHEST_WORD]! === 1 && seq <= rows[window + CALM_WORD]!
    if (isNext && rows[row + INCARNATION_WORD] === incarnation) rows[window + HIGHEST_WORD] = seq
    else this.#commitOther(author, incarnation, seq)
  }

  /** The links that have pruned the author's packets of this incarnation, as a mask. Hot. */
  prunedOf(author: number, incarnation: number): number {
    const { rows } = this.#index
    const row = rowOf(author)
    return rows[row + PRUNED_WORD] !== 0 && rows[row + INCARNATION_WORD] === incarnation ? rows[row + PRUNED_WORD]! : 0
  }

  /**
   * The tree of the author's present incarnation; -1 if it has none, NO_TREE_YET if nobody has said so since it began.
   * Hot.
   */
  treeOf(author: number): number {
    return this.#index.rows[rowOf(author) + TREE_WORD]! + NO_TREE_YET
  }

  /** What busy.ts has observed of the present incarnation. */
  observedOf(author: number): number {
    return this.#index.rows[rowOf(author) + OBSERVED_WORD]!
  }

  setObserved(author: number, word: number): void {
    this.#index.rows[rowOf(author) + OBSERVED_WORD] = word
  }

  /** The author's present incarnation. */
  incarnationOf(author: number): number {
    return this.#incarnationOf(author)
  }

  /** `tree` -1: none. */
  setTree(author: number, tree: number): void {
    this.#index.rows[rowOf(author) + TREE_WORD] = tree - NO_TREE_YET
  }

  setPruned(author: number, pruned: number): void {
    this.#index.rows[rowOf(author) + PRUNED_WORD] = pruned
  }

  /** See `ReplayWindow.contiguous`, for its present incarnation. */
  contiguousOf(author: number): number {
    return this.#origins[author]!.window.contiguous
  }

  /**
   * What speaks against a packet of an author that is not in the table: the author was there before, and may have had
   * the packet.
   */
  recall(view: DataView, start: number, incarnation: number, seq: number): Recollection {
    if (this.#forgotten.size === 0) return null
    // What was heard from a clock that was ahead is over, as in the table.
    const until = this.#isForEver ? this.#clock.latestFor(incarnation) : Number.POSITIVE_INFINITY
    return this.#forgotten.recall(view, start, incarnation, seq, until)
  }

  /** Remembered authors that had to give way while they still spoke. */
  get forgotten(): number {
    return this.#forgotten.size
  }

  /**
   * Makes room for an author that `source` brings: an idle one goes, else one that is on probation, and of these one
   * of the link that has brought most. Of authors that are not on probation only such as came over a link that has
   * brought as many go. For one who is known anybody goes who is not. What they said is remembered. False: nobody has
   * to go.
   */
  makeRoom(view: DataView, start: number, source: number): boolean {
    if (this.#isForEver && this.#evictIdle()) return true
    const isKnown = this.knows(view, start)
    const victim = isKnown ? this.#victimOf(0, this.size) : this.#victimOf(this.#shares.of(source), EVICTION_SCAN)
    if (victim === UNKNOWN_ORIGIN || !this.#mayForgetFor(view, start, source, isKnown)) return false
    this.#forget(victim)
    return true
  }

  /**
   * Adds the author of the frame at `start`, which link `source` brings. UNKNOWN_ORIGIN if the table is full and nobody
   * has to give way.
   */
  add(bytes: Uint8Array, view: DataView, start: number, source = NO_SOURCE): number {
    if (this.size >= this.#maxOrigins && !this.makeRoom(view, start, source)) return UNKNOWN_ORIGIN
    const before = this.#index.rows
    const author = this.#index.add(view, start)
    if (this.#index.rows !== before) for (let moved = 0; moved < author; moved++) this.#noteRow(moved)
    const incarnation = view.getUint32(start + INCARNATION_OFFSET)
    this.#index.rows[rowOf(author) + INCARNATION_WORD] = incarnation
    this.#index.rows[rowOf(author) + HEARD_WORD] = this.#nowS
    this.#clearTree(author)
    const window = this.#emptyWindow(author)
    // It may come back: what it wrote before it gave way must not be accepted again.
    if (this.#forgotten.size > 0) window.resume(this.#forgotten.highestOf(view, start, incarnation))
    this.#origins.push({
      id: toHex(bytes, start + ORIGIN_OFFSET, start + ORIGIN_OFFSET + ORIGIN_BYTES),
      window,
      earlier: null,
      rate: null,
      attachment: null,
      source,
      sinceS: this.#nowS,
      isKnown: this.knows(view, start)
    })
    this.#shares.add(source)
    return author
  }

  #checkOther(author: number, incarnation: number, seq: number): OriginVerdict {
    if (incarnation > this.#incarnationOf(author)) return 'new-incarnation'
    const { earlier } = this.#origins[author]!
    if (earlier?.incarnation === incarnation && !this.#isAhead(incarnation)) return earlier.window.check(seq)
    return this.#isBackFromAhead(author, incarnation) ? 'new-incarnation' : 'old-incarnation'
  }

  /**
   * Whether the author's present incarnation was accepted while the clocks here and there were ahead, and this packet's
   * incarnation began since: nobody accepts the former any more. Only one from after the step back counts, so nothing
   * recorded before can be replayed.
   */
  #isBackFromAhead(author: number, incarnation: number): boolean {
    return this.#isAhead(this.#incarnationOf(author)) && this.#clock.isSinceStep(incarnation)
  }

  #isAhead(incarnation: number): boolean {
    return this.#isForEver && this.#clock.isAhead(incarnation)
  }

  #commitOther(author: number, incarnation: number, seq: number): void {
    const origin = this.#origins[author]!
    if (incarnation > this.#incarnationOf(author) || this.#isBackFromAhead(author, incarnation))
      this.#renew(author, incarnation)
    const present = incarnation === this.#incarnationOf(author)
    assert(present || origin.earlier?.incarnation === incarnation, 'only what was looked up is committed')
    const window = present ? origin.window : origin.earlier!.window
    const before = window.bytes
    window.commit(seq)
    this.#memory.add(origin.source, window.bytes - before)
    if (this.#memory.isOver) this.#hand = this.#memory.narrow(this.#origins, this.#hand, EVICTION_SCAN)
  }

  /** The present window becomes that of the earlier incarnation. */
  #renew(author: number, incarnation: number): void {
    const origin = this.#origins[author]!
    origin.window.detach()
    const before = this.#incarnationOf(author)
    const bytes = grownBytes(origin)
    origin.earlier = before < incarnation ? { incarnation: before, window: origin.window } : null
    origin.window = this.#emptyWindow(author)
    this.#memory.add(origin.source, grownBytes(origin) - bytes)
    this.#index.rows[rowOf(author) + INCARNATION_WORD] = incarnation
    this.#clearTree(author)
  }

  /** A new incarnation floods again. */
  #clearTree(author: number): void {
    this.#index.rows.fill(0, rowOf(author) + PRUNED_WORD, rowOf(author) + OBSERVED_WORD + 1)
  }

  #emptyWindow(author: number): ReplayWindow {
    return new ReplayWindow(this.#index.rows, rowOf(author) + WINDOW_WORD, this.#windowPackets)
  }

  #incarnationOf(author: number): number {
    return this.#index.rows[rowOf(author) + INCARNATION_WORD]!
  }

  #evictIdle(): boolean {
    const { rows } = this.#index
    const latestMs = this.#nowMs - ORIGIN_IDLE_MS
    const count = this.size
    for (let i = 0; i < Math.min(EVICTION_SCAN, count); i++) {
      this.#hand = (this.#hand + 1) % count
      if (this.#origins[this.#hand]!.isKnown) continue
      if (rows[rowOf(this.#hand) + HEARD_WORD]! * 1_000 > latestMs) continue
      // Remembered while there is room: its incarnation may be ahead of the clock, and would keep honest newcomers out.
      if (this.#forgotten.makesRoomForIdle) this.#forget(this.#hand)
      else this.#remove(this.#hand, true)
      return true
    }
    return false
  }

  #mayForgetFor(view: DataView, start: number, source: number, isKnown: boolean): boolean {
    if (isKnown) return this.#forgotten.makesRoomForKnown
    return this.#forgotten.makesRoom(source, this.#forgotten.has(view, start), this.#nowMs)
  }

  /** `share`: authors that the link of the new one has brought. Ends with the first victim after `scan` authors. */
  #victimOf(share: number, scan: number): number {
    const { rows } = this.#index
    let victim = UNKNOWN_ORIGIN
    let highest = STAYS
    for (let i = 0; i < Math.min(scan, this.size) && (i < EVICTION_SCAN || victim === UNKNOWN_ORIGIN); i++) {
      this.#hand = (this.#hand + 1) % this.size
      const origin = this.#origins[this.#hand]!
      if (origin.isKnown) continue
      const rank = this.#shares.rank(origin, rows[rowOf(this.#hand) + HEARD_WORD]!, this.#nowS, share)
      if (rank <= highest) continue
      victim = this.#hand
      highest = rank
    }
    return victim
  }

  #forget(author: number): void {
    const { rows } = this.#index
    const row = rowOf(author)
    const { highest } = this.#origins[author]!.window
    this.#forgotten.add(rows[row]!, rows[row + 1]!, rows[row + INCARNATION_WORD]!, highest, this.#nowMs)
    this.#remove(author)
  }

  #remove(author: number, isForGood = false): void {
    if (isForGood) this.#clock.forget(this.#incarnationOf(author))
    const { source } = this.#origins[author]!
    this.#shares.remove(source)
    this.#memory.add(source, -grownBytes(this.#origins[author]!))
    this.#index.remove(author)
    const last = this.#origins.pop()!
    if (author === this.size) return
    this.#origins[author] = last
    this.#noteRow(author)
  }

  /** The author's row has moved. */
  #noteRow(author: number): void {
    this.#origins[author]!.window.moved(this.#index.rows, rowOf(author) + WINDOW_WORD)
  }
}
