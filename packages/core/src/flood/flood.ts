// The flood: a fresh frame goes to every link except the one it came from, a duplicate ends here. Order of checks:
// window, signature (of a key with which only its owner can sign), then commit, so a forged packet never poisons the
// window. Hot: guarded by the benchmark core.flood.

import { countBatch } from '../message/batch.ts'
import type { FrameFault } from '../wire/faults.ts'
import {
  bodyEndOf,
  FLAGS_OFFSET,
  Flag,
  HEADER_BYTES,
  HOPS_OFFSET,
  INCARNATION_OFFSET,
  ORIGIN_OFFSET,
  SEQ_OFFSET,
  SIGNATURE_BYTES
} from '../wire/layout.ts'
import { isWeakKey, isWeakSignature } from '../wire/weak-key.ts'
import { type FloodCounts, noFloodCounts } from './flood-counts.ts'
import { MAX_INCARNATION_AHEAD_S } from './incarnation-clock.ts'
import { OneTimeTable } from './one-time-table.ts'
import { NO_TREE_YET, type Origin, type OriginTable, UNKNOWN_ORIGIN } from './origin-table.ts'
import type { RateLimits } from './rate-limits.ts'

/**
 * The hop count stops here. It is not signed, so it must not decide whether a packet is passed on: a liar could end it
 * for others.
 */
export const MAX_HOPS = 255

/** What the flood needs from its host. */
export interface FloodHost {
  /**
   * Hands `bytes[start, end)`, `frames` whole fresh frames, to every link except `source` and those of the mask
   * `pruned` (see tree/host.ts). These bytes do not change any more.
   */
  forward(source: number, bytes: Uint8Array, start: number, end: number, frames: number, pruned: number): void
  /** Whether the signature is that of the frame's author. `origin` is null for an author not seen before. */
  verify(origin: Origin | null, bytes: Uint8Array, start: number, end: number): boolean
}

/**
 * The trees of busy authors, which the flood tells about packets. The authors are those of the table. One-time keys
 * have no tree.
 */
export interface FloodTrees {
  /** A packet of an author whose present incarnation has the tree `tree`. */
  onFresh(source: number, tree: number, seq: number): void
  /** A packet of an incarnation before the present one. */
  onFreshEarlier(source: number, author: number, incarnation: number, seq: number): void
  /** The table has started the author or its incarnation. Returns its tree, if neighbours have told of it; -1: none. */
  onIncarnation(author: number, incarnation: number): number
  /** A known packet, of `frameBytes`, from a peer. */
  onDuplicate(source: number, author: number, incarnation: number, seq: number, frameBytes: number): void
  /** A packet refused because of its author's or its neighbour's rate. */
  onRefused(author: number, incarnation: number, seq: number): void
}

/** Why a packet is not examined further. */
type Refusal = Exclude<keyof FloodCounts, 'fresh'>

/** Whether a whole frame with a nonce shows the network's work. */
export type WorkCheck = (bytes: Uint8Array, start: number, end: number) => boolean

/** The flood of one node (or of one worker in a node's clique). The fresh frames of one chunk leave in one piece. */
export class Flood {
  readonly counts: FloodCounts = noFloodCounts()
  readonly #host: FloodHost
  readonly #origins: OriginTable
  readonly #oneTime: OneTimeTable
  readonly #rates: RateLimits | null
  readonly #signed: boolean
  readonly #hasWork: WorkCheck | null
  readonly #workFlag: number
  #unixMs = 0
  #nowMs = 0
  #run: Uint8Array | null = null
  #runSource = 0
  #runStart = 0
  #runEnd = 0
  #runFrames = 0
  #runPruned = 0
  /** Null: packets are flooded. */
  trees: FloodTrees | null = null

  /**
   * `signed`: frames must carry SIGNED, and are verified unless they come from a trusted link. `hasWork`: the same for
   * WORK; null: they must not carry it.
   */
  constructor(
    host: FloodHost,
    origins: OriginTable,
    signed: boolean,
    oneTime = new OneTimeTable(),
    rates: RateLimits | null = null,
    hasWork: WorkCheck | null = null
  ) {
    this.#host = host
    this.#origins = origins
    this.#signed = signed
    this.#oneTime = oneTime
    this.#rates = rates
    this.#hasWork = hasWork
    this.#workFlag = hasWork === null ? 0 : Flag.work
  }

  /**
   * Sets the time for the frames offered from now on: Unix ms for incarnations; `steadyMs`, from a clock that never
   * goes back, for rates and silences.
   */
  tick(unixMs: number, steadyMs = unixMs): void {
    this.#unixMs = unixMs
    this.#nowMs = steadyMs
    this.#origins.tick(unixMs, steadyMs)
    this.#oneTime.tick(unixMs, steadyMs)
  }

  /**
   * Offers the DATA frame at `bytes[start, end)` that came over link `source`. A fresh frame has its hop count raised
   * in place and is forwarded with its run; `flush` must follow after the last frame of `bytes`. `trusted`: the link is
   * this node itself (its program, another worker), which has verified already.
   */
  offer(
    source: number,
    bytes: Uint8Array,
    view: DataView,
    start: number,
    end: number,
    trusted: boolean
  ): FrameFault | null {
    const flags = bytes[start + FLAGS_OFFSET]!
    if (this.#signed && (flags & Flag.signed) === 0) return 'unsigned-frame'
    if ((flags & Flag.work) !== this.#workFlag) return 'bad-work'
    const oneTime = (flags & Flag.oneTime) !== 0
    const table = oneTime ? this.#oneTime : this.#origins
    const found = table.find(view, start)
    const incarnation = view.getUint32(start + INCARNATION_OFFSET)
    const seq = view.getUint32(start + SEQ_OFFSET)
    const refusal =
      found === UNKNOWN_ORIGIN
        ? this.#refusalOfNew(table, view, start, incarnation, seq)
        : this.#refusal(table, found, incarnation, seq)
    if (refusal !== null) {
      this.counts[refusal]++
      if (this.trees !== null && refusal === 'duplicate' && !trusted && !oneTime && found !== UNKNOWN_ORIGIN)
        this.trees.onDuplicate(source, found, incarnation, seq, end - start)
      return null
    }
    const known = found === UNKNOWN_ORIGIN ? null : table.origin(found)
    const rates = trusted ? null : this.#rates
    if (rates !== null && this.#isOverRate(rates, source, known, view, start)) {
      if (this.trees !== null && known !== null && !oneTime) this.trees.onRefused(found, incarnation, seq)
      return null
    }
    if (!trusted) {
      const verdict = this.#judge(known, bytes, start, end)
      if (verdict !== null) return verdict === 'known' ? null : verdict
    }
    const author = known === null ? this.#add(table, bytes, view, start, source) : found
    if (author === UNKNOWN_ORIGIN) return null
    table.commit(author, incarnation, seq)
    this.counts.fresh++
    const trees = oneTime ? null : this.trees
    if (trees !== null) this.#tellTrees(trees, source, author, incarnation, seq)
    if (rates !== null) this.#charge(rates, source, table.origin(author), known === null, bytes, start, end)
    // If hops of a one-time packet were counted, they would tell its author's neighbours who wrote it.
    if (oneTime) bytes[start + HOPS_OFFSET] = 0
    else if (!trusted && bytes[start + HOPS_OFFSET]! < MAX_HOPS) bytes[start + HOPS_OFFSET]!++
    this.#extendRun(source, bytes, start, end, trees === null ? 0 : this.#origins.prunedOf(author, incarnation))
    return null
  }

  /**
   * Checks the DATA frame in its stem phase, which came over `source`, and leaves the window as it was, because another
   * node may flood the frame later. `'known'`: refused without a fault, and counted. The neighbour is charged for it
   * here; its author is charged where it floods.
   */
  examine(source: number, bytes: Uint8Array, view: DataView, start: number, end: number): FrameFault | 'known' | null {
    const flags = bytes[start + FLAGS_OFFSET]!
    if (this.#signed && (flags & Flag.signed) === 0) return 'unsigned-frame'
    if ((flags & Flag.work) !== this.#workFlag) return 'bad-work'
    const oneTime = (flags & Flag.oneTime) !== 0
    const table = oneTime ? this.#oneTime : this.#origins
    const found = table.find(view, start)
    const incarnation = view.getUint32(start + INCARNATION_OFFSET)
    const seq = view.getUint32(start + SEQ_OFFSET)
    const refusal =
      found === UNKNOWN_ORIGIN
        ? this.#refusalOfNew(table, view, start, incarnation, seq)
        : this.#refusal(table, found, incarnation, seq)
    if (refusal !== null) {
      this.counts[refusal]++
      return 'known'
    }
    const known = found === UNKNOWN_ORIGIN ? null : table.origin(found)
    if (this.#rates !== null && this.#isOverRate(this.#rates, source, known, view, start)) return 'known'
    const verdict = this.#judge(known, bytes, start, end)
    if (verdict !== null) return verdict
    this.#rates?.chargeNeighbour(source, known === null, end - start, messagesIn(bytes, start, end), this.#nowMs)
    return null
  }

  /**
   * Charges the author of a DATA frame that was flooded here at the end of its stem: it came over no link that could be
   * charged.
   */
  chargeOrigin(bytes: Uint8Array, view: DataView, start: number, end: number): void {
    const table = (bytes[start + FLAGS_OFFSET]! & Flag.oneTime) === 0 ? this.#origins : this.#oneTime
    const author = table.find(view, start)
    if (this.#rates === null || author === UNKNOWN_ORIGIN) return
    this.#rates.chargeOrigin(table.origin(author), end - start, messagesIn(bytes, start, end), this.#nowMs)
  }

  /** The number of a new author, or UNKNOWN_ORIGIN. */
  #add(table: OriginTable | OneTimeTable, bytes: Uint8Array, view: DataView, start: number, source: number): number {
    const author = table.add(bytes, view, start, source)
    if (author === UNKNOWN_ORIGIN) this.counts[table === this.#oneTime ? 'one-time-full' : 'origins-full']++
    return author
  }

  #charge(
    rates: RateLimits,
    source: number,
    origin: Origin,
    isNew: boolean,
    bytes: Uint8Array,
    start: number,
    end: number
  ): void {
    const messages = messagesIn(bytes, start, end)
    rates.chargeOrigin(origin, end - start, messages, this.#nowMs)
    if (rates.chargeNeighbour(source, isNew, end - start, messages, this.#nowMs)) return
    // What is taken of known authors beyond the rate is not charged, because others would wait for it.
    if (!origin.isKnown) rates.chargeQuiet(source, origin, end - start, messages, this.#nowMs)
  }

  /** Whether the DATA frame at `start` would be fresh. */
  isNews(bytes: Uint8Array, view: DataView, start: number): boolean {
    const oneTime = (bytes[start + FLAGS_OFFSET]! & Flag.oneTime) !== 0
    const table = oneTime ? this.#oneTime : this.#origins
    const found = table.find(view, start)
    const [incarnation, seq] = [view.getUint32(start + INCARNATION_OFFSET), view.getUint32(start + SEQ_OFFSET)]
    if (found === UNKNOWN_ORIGIN) return this.#refusalOfNew(table, view, start, incarnation, seq) === null
    return this.#refusal(table, found, incarnation, seq) === null
  }

  /** Hands on the frames that are still held back as a run. */
  flush(): void {
    const run = this.#run
    if (run === null) return
    const frames = this.#runFrames
    this.#run = null
    this.#runFrames = 0
    this.#host.forward(this.#runSource, run, this.#runStart, this.#runEnd, frames, this.#runPruned)
  }

  /** Nothing is told about an author without a tree. */
  #tellTrees(trees: FloodTrees, source: number, author: number, incarnation: number, seq: number): void {
    const origins = this.#origins
    if (incarnation !== origins.incarnationOf(author)) return trees.onFreshEarlier(source, author, incarnation, seq)
    if (origins.treeOf(author) === NO_TREE_YET) origins.setTree(author, trees.onIncarnation(author, incarnation))
    const tree = origins.treeOf(author)
    if (tree >= 0) trees.onFresh(source, tree, seq)
  }

  /** Work and signature of a new frame. `'known'`: dropped without a fault, and counted. */
  #judge(known: Origin | null, bytes: Uint8Array, start: number, end: number): FrameFault | 'known' | null {
    if (this.#hasWork !== null && !this.#hasWork(bytes, start, end)) return 'bad-work'
    if (!this.#signed) return null
    if (known === null && isWeakKey(bytes, start + ORIGIN_OFFSET)) return 'weak-key'
    if (isWeakSignature(bytes, end - SIGNATURE_BYTES)) {
      this.counts['weak-signature']++
      return 'known'
    }
    return this.#host.verify(known, bytes, start, end) ? null : 'bad-signature'
  }

  /** Before the signature, so that a flooder does not cost a verification for each packet. */
  #isOverRate(rates: RateLimits, source: number, origin: Origin | null, view: DataView, start: number): boolean {
    const refusal = rates.refusal(source, origin, this.#nowMs)
    if (refusal === null) return false
    if (refusal === 'neighbour-rate') {
      // Whoever the host knows is held to their own rate alone: strangers beside them shall not silence them.
      if (this.#isKnown(origin, view, start)) return false
      // Nor shall the loud silence those who write seldom.
      const isOneTime = (view.getUint8(start + FLAGS_OFFSET) & Flag.oneTime) !== 0
      if (origin !== null && !isOneTime && rates.isQuiet(source, origin, this.#nowMs)) return false
      rates.countRefused(source, this.#nowMs)
    } else if (origin !== null) {
      const [incarnation, seq] = [view.getUint32(start + INCARNATION_OFFSET), view.getUint32(start + SEQ_OFFSET)]
      rates.suppress(origin, incarnation, seq)
    }
    this.counts[refusal]++
    return true
  }

  #isKnown(origin: Origin | null, view: DataView, start: number): boolean {
    if (origin !== null) return origin.isKnown
    return (view.getUint8(start + FLAGS_OFFSET) & Flag.oneTime) === 0 && this.#origins.knows(view, start)
  }

  #refusal(table: OriginTable | OneTimeTable, author: number, incarnation: number, seq: number): Refusal | null {
    if (table === this.#oneTime && !this.#oneTime.admits(incarnation)) return 'one-time-age'
    const verdict = table.check(author, incarnation, seq)
    if (verdict === 'fresh') return null
    if (verdict !== 'new-incarnation') return verdict
    return this.#refusalOfIncarnation(incarnation, seq)
  }

  /** The author is not in the table. */
  #refusalOfNew(
    table: OriginTable | OneTimeTable,
    view: DataView,
    start: number,
    incarnation: number,
    seq: number
  ): Refusal | null {
    if (table === this.#oneTime) {
      if (!this.#oneTime.admits(incarnation)) return 'one-time-age'
    } else if (this.#origins.isBelowFloor(view, start, incarnation)) return 'forgotten-origin'
    return table.recall(view, start, incarnation, seq) ?? this.#refusalOfIncarnation(incarnation, seq)
  }

  /** The author begins with this packet. */
  #refusalOfIncarnation(incarnation: number, seq: number): Refusal | null {
    if (incarnation > this.#unixMs / 1000 + MAX_INCARNATION_AHEAD_S) return 'future-incarnation'
    return seq === 0 ? 'stale' : null
  }

  /** Moves the fresh frames of one chunk together over the duplicates between them, so that they leave in one write. */
  #extendRun(source: number, bytes: Uint8Array, start: number, end: number, pruned: number): void {
    if (this.#run !== bytes || this.#runPruned !== pruned) {
      this.flush()
      this.#run = bytes
      this.#runSource = source
      this.#runPruned = pruned
      this.#runStart = start
      this.#runEnd = start
    }
    if (this.#runEnd !== start) bytes.copyWithin(this.#runEnd, start, end)
    this.#runEnd += end - start
    this.#runFrames++
  }
}

/** The messages that a reader has to handle for a packet, at least one. A malformed batch counts as one. */
function messagesIn(bytes: Uint8Array, start: number, end: number): number {
  const batch = (bytes[start + FLAGS_OFFSET]! & (Flag.batch | Flag.fragment)) === Flag.batch
  return batch ? Math.max(1, countBatch(bytes.subarray(start + HEADER_BYTES, bodyEndOf(bytes, start, end)))) : 1
}
