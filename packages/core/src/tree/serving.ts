// What neighbours ask of us: not to push an author, or to push it and send what they miss. Each has a limit.
import { MAX_SEQ } from '../wire/layout.ts'
import type { SeqRange } from '../wire/tree-codec.ts'
import { announceSoon } from './announcing.ts'
import { type AuthorTree, countOf, type Dealings, dealingsOf, maskOf, type TreeState } from './state.ts'

export function onPrune(state: TreeState, tree: AuthorTree, slot: number, nowMs: number): void {
  state.counts.prunesReceived++
  // Our own packets must reach somebody, whatever neighbours say.
  if (tree.own && countOf(state.up & ~tree.pruned) <= state.options.ownLinks) return
  setPruned(state, tree, tree.pruned | maskOf(slot))
  onPurged(tree, slot, state.host.purge(slot, tree.author))
  announceSoon(state, tree, nowMs)
}

export function onGraft(
  state: TreeState,
  tree: AuthorTree,
  slot: number,
  ranges: readonly SeqRange[],
  nowMs: number
): void {
  state.counts.graftsReceived++
  const dealings = dealingsOf(tree, slot)
  if (!mayGraft(state, dealings, nowMs)) {
    state.counts.graftsRefused++
    return
  }
  setPruned(state, tree, tree.pruned & ~maskOf(slot))
  replay(state, tree, slot, dealings, ranges, nowMs)
}

/** The mask, here and where forwarding reads it. */
export function setPruned(state: TreeState, tree: AuthorTree, pruned: number): void {
  if (pruned === tree.pruned) return
  tree.pruned = pruned
  state.host.setPruned(tree.author, pruned)
}

/** What was dropped from `seq` on did not go over the link, so the link may ask for it again. 0: nothing. */
function onPurged({ dealings }: AuthorTree, slot: number, seq: number): void {
  const known = dealings?.get(slot)
  if (known !== undefined && seq > 0 && seq <= known.replayedTo) known.replayedTo = seq - 1
}

function mayGraft({ options }: TreeState, dealings: Dealings, nowMs: number): boolean {
  const { graftBurst, graftEveryMs } = options
  const regained = Math.max(0, nowMs - dealings.graftsMs) / graftEveryMs
  dealings.grafts = Math.min(graftBurst, dealings.grafts + regained)
  dealings.graftsMs = nowMs
  if (dealings.grafts < 1) return false
  dealings.grafts--
  return true
}

/** What was recently replayed over this link is not replayed again. */
function replay(
  state: TreeState,
  tree: AuthorTree,
  slot: number,
  dealings: Dealings,
  asked: readonly SeqRange[],
  nowMs: number
): void {
  const isRecent = nowMs - dealings.replayedMs < state.options.replayAgainMs
  const ranges = isRecent ? above(asked, dealings.replayedTo) : asked
  const from = ranges[0]?.from ?? MAX_SEQ
  if (from > tree.highest) return
  const lowest = state.host.replay(slot, tree.author, ranges)
  if (lowest !== 0) {
    // Our own holes are not sent.
    dealings.replayedTo = tree.contiguous
    dealings.replayedMs = nowMs
  }
  if (lowest === from) return
  // What is missing here as well goes over the link when it comes.
  if (from > tree.contiguous) return state.host.sendIHave(slot, [tree])
  state.counts.nonesSent++
  state.host.sendNone(slot, tree.author, lowest)
}

function above(ranges: readonly SeqRange[], seq: number): SeqRange[] {
  return ranges.filter(({ to }) => to > seq).map(({ from, to }) => ({ from: Math.max(from, seq + 1), to }))
}
