// The trees of one worker: who pushes each busy author's packets to us, and to whom we push them. Everything begins as
// a flood. PRUNE answers a duplicate, so what is left is a tree; IHAVE over the pruned links tells what should come,
// and GRAFT fetches what does not. Inputs are the methods, effects are calls to the host: no clock, no sockets. See
// host.ts for who calls what.
import type { SeqRange } from '../wire/tree-codec.ts'
import { announce, announceAll, onIHave } from './announcing.ts'
import { onDuplicate, onFresh } from './arrivals.ts'
import { askForParent, check, onNone } from './asking.ts'
import type { TreeCounts, TreeHost } from './host.ts'
import { checkPromises, linkDown, linkUp, onLagging } from './links.ts'
import { take } from './missing.ts'
import type { TreeOptions } from './options.ts'
import { onGraft, onPrune } from './serving.ts'
import { type AuthorTree, createAuthorTree, createTreeState, maskOf, NEVER, type TreeState } from './state.ts'

/** How often silent authors are looked for. */
const EXPIRE_EVERY_MS = 1_000

export class Trees {
  readonly #state: TreeState
  #heardOf = 0

  /** `random`: nobody may guess it, or strangers would know whom we ask. */
  constructor(host: TreeHost, random: () => number, options: Partial<TreeOptions> = {}) {
    this.#state = createTreeState(host, random, options)
  }

  get counts(): Readonly<TreeCounts> {
    return this.#state.counts
  }

  /** Authors that are open. */
  get size(): number {
    return this.#state.size
  }

  /** When `wake` wants to be called next; infinity if nothing waits. */
  get wakeMs(): number {
    const { announceMs, checkMs, expireMs } = this.#state
    return Math.min(announceMs, checkMs, expireMs)
  }

  /** What is known of an open author: read-only. */
  tree(author: number): Readonly<AuthorTree> | undefined {
    return this.#state.trees[author]
  }

  /**
   * A link to a peer takes part in the flood; `announceAll` follows once the host knows its slot. NO_SLOT if there is
   * none left: then the link is flooded, and everything that it brings comes from NO_SLOT.
   */
  linkUp(dialled: boolean, roundTripMs: number, nowMs: number): number {
    return linkUp(this.#state, dialled, roundTripMs, nowMs)
  }

  /** Tells a new link of every author. */
  announceAll(slot: number): void {
    if (slot >= 0) announceAll(this.#state, slot)
  }

  linkDown(slot: number, nowMs: number): void {
    if (slot >= 0) linkDown(this.#state, slot, nowMs)
  }

  onRoundTrip(slot: number, roundTripMs: number): void {
    const link = this.#state.links[slot]
    if (link) link.roundTripMs = roundTripMs
  }

  /**
   * `lags`: the host drops frames for the link. When it stops doing so, it sends again by itself what recent frames
   * hold of what it dropped.
   */
  onLagging(slot: number, lags: boolean, nowMs: number): void {
    onLagging(this.#state, slot, lags, nowMs)
  }

  /** The link brought DATA frames, of whomever. */
  onData(slot: number, nowMs: number): void {
    const link = this.#state.links[slot]
    if (!link) return
    link.dataMs = nowMs
    link.askedMs = NEVER
  }

  isOpen(author: number): boolean {
    return this.#state.trees[author] !== undefined
  }

  /**
   * Starts an author's tree: the author is busy, or a neighbour says so. Everything up to `contiguous` is here; `own`:
   * it is this node's own. False if there is no room.
   */
  open(author: number, contiguous: number, own: boolean, nowMs: number): boolean {
    const state = this.#state
    if (state.size >= state.options.maxAuthors) {
      state.counts.crowded++
      return false
    }
    state.trees[author] = createAuthorTree(author, contiguous, own, nowMs)
    state.size++
    if (state.expireMs === NEVER) state.expireMs = nowMs + EXPIRE_EVERY_MS
    return true
  }

  /** As `open`, for an author known only from the announcement of `slot`. It begins at the announced mark. */
  openHeardOf(author: number, slot: number, nowMs: number): boolean {
    if (this.#heardOf >= this.#state.options.maxHeardOf) {
      this.#state.counts.crowded++
      return false
    }
    if (!this.open(author, 0, false, nowMs)) return false
    const tree = this.#state.trees[author]!
    tree.heardOf = true
    this.#heardOf++
    // The link that told us of it has it.
    tree.pruned = maskOf(slot)
    this.#state.host.setPruned(author, tree.pruned)
    return true
  }

  /** Forgets an author, as after a silence. */
  close(author: number): void {
    const state = this.#state
    const tree = state.trees[author]
    if (tree === undefined) return
    if (tree.heardOf) this.#heardOf--
    if (tree.pruned !== 0) state.host.setPruned(author, 0)
    state.trees[author] = undefined
    state.size--
    if (tree.pending) state.pending.splice(state.pending.indexOf(tree), 1)
    state.host.onForget(author)
  }

  /**
   * A fresh packet, already marked as received. `slot` LOCAL: from the program or another worker. Does nothing for an
   * author that is not open.
   */
  onFresh(author: number, slot: number, seq: number, nowMs: number): void {
    const tree = this.#state.trees[author]
    if (tree === undefined) return
    if (tree.heardOf) this.#heardOf--
    onFresh(this.#state, tree, slot, seq, nowMs)
  }

  /** A packet that this node refused itself: it is not asked for again. */
  onRefused(author: number, seq: number, nowMs: number): void {
    const tree = this.#state.trees[author]
    if (tree !== undefined) take(this.#state, tree, seq, nowMs)
  }

  /** A known packet of an open author. */
  onDuplicate(author: number, slot: number, nowMs: number): void {
    const tree = this.#state.trees[author]
    if (tree !== undefined) onDuplicate(this.#state, tree, slot, nowMs)
  }

  onPrune(author: number, slot: number, nowMs: number): void {
    const tree = this.#state.trees[author]
    if (tree !== undefined && slot >= 0) onPrune(this.#state, tree, slot, nowMs)
  }

  onGraft(author: number, slot: number, ranges: readonly SeqRange[], nowMs: number): void {
    const tree = this.#state.trees[author]
    if (tree !== undefined && slot >= 0) onGraft(this.#state, tree, slot, ranges, nowMs)
  }

  onNone(author: number, slot: number, lowest: number, nowMs: number): void {
    const tree = this.#state.trees[author]
    this.#state.counts.nonesReceived++
    if (tree !== undefined && slot >= 0) onNone(this.#state, tree, slot, lowest, nowMs)
  }

  /** One entry of an IHAVE frame, whose author is open. */
  onIHave(author: number, slot: number, mark: number, nowMs: number): void {
    const tree = this.#state.trees[author]
    if (tree === undefined || slot < 0) return
    onIHave(this.#state, tree, slot, mark, nowMs)
    askForParent(this.#state, tree, slot, mark, nowMs)
  }

  /** Does what is due. */
  wake(nowMs: number): void {
    const state = this.#state
    checkPromises(state, nowMs)
    if (nowMs >= state.checkMs) this.#check(nowMs)
    if (nowMs >= state.announceMs) announce(state, nowMs)
    if (nowMs >= state.expireMs) this.#expire(nowMs)
  }

  #check(nowMs: number): void {
    const state = this.#state
    state.checkMs = NEVER
    for (const tree of state.trees) {
      if (tree === undefined) continue
      if (tree.checkMs <= nowMs) check(state, tree, nowMs)
      if (tree.checkMs < state.checkMs) state.checkMs = tree.checkMs
    }
  }

  #expire(nowMs: number): void {
    const state = this.#state
    for (const tree of state.trees) {
      if (tree !== undefined && nowMs - tree.freshMs >= state.options.idleMs) this.close(tree.author)
    }
    state.expireMs = state.size === 0 ? NEVER : nowMs + EXPIRE_EVERY_MS
  }
}
