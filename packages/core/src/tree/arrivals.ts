// Packets of busy authors: the link that brought the first one pushes from then on, without being told; a link that
// brings a known one is pruned.

import { announceSoon } from './announcing.ts'
import { askForHole } from './asking.ts'
import { missingSince, take } from './missing.ts'
import { type AuthorTree, isBarred, isParent, LOCAL, maskOf, NO_SLOT, slotsOf, type TreeState } from './state.ts'

/** How long a delay is remembered. A guess: queues empty within seconds. */
const SLACK_MEMORY_MS = 10_000

/** Hot: once for each fresh packet of a busy author. */
export function onFresh(state: TreeState, tree: AuthorTree, slot: number, seq: number, nowMs: number): void {
  tree.freshMs = nowMs
  tree.heardOf = false
  if (slot >= 0 && tree.sightings.length > 0 && !isParent(tree, slot)) state.counts.repairs++
  if (slot >= 0 && tree.sightings.length > 0 && isParent(tree, slot)) noteSlack(state, tree, slot, nowMs)
  take(state, tree, seq, nowMs)
  if (tree.moved) announceSoon(state, tree, nowMs)
  if (slot >= 0) tree.quiet &= ~maskOf(slot)
  if (slot === tree.parent) tree.quickerCount = 0
  else if (slot !== tree.second && slot !== NO_SLOT) onFreshElsewhere(state, tree, slot, nowMs)
}

/** A known packet. Never prune on a fresh one: after a cut, that would silence the only living link. */
export function onDuplicate(state: TreeState, tree: AuthorTree, slot: number, nowMs: number): void {
  if (slot < 0) return
  const bit = maskOf(slot)
  tree.quiet &= ~bit
  if (isParent(tree, slot)) return
  state.counts.duplicates++
  // Its answer may still be on its way, and PRUNE would drop it there.
  if ((tree.asked & bit) !== 0) return
  if (slot === tree.candidate) {
    if (nowMs < tree.askedMs + state.options.candidateMs) return
    tree.candidate = NO_SLOT
  }
  if (tree.parent === NO_SLOT && !tree.own) return
  if (mayBeSecond(state, tree, slot, nowMs)) return adopt(state, tree, slot)
  if ((tree.answered & bit) !== 0 && nowMs < tree.answeredMs + state.options.candidateMs) return
  prune(state, tree, slot, nowMs)
}

function onFreshElsewhere(state: TreeState, tree: AuthorTree, slot: number, nowMs: number): void {
  if (slot === tree.candidate) return promote(state, tree, slot, nowMs)
  if (tree.own || isBarred(tree, slot, nowMs)) return
  if (tree.parent === NO_SLOT || mayBeSecond(state, tree, slot, nowMs)) {
    adopt(state, tree, slot)
    return askForHole(state, tree, slot, nowMs)
  }
  if (slot >= 0) noteQuicker(state, tree, slot, nowMs)
}

/** The link's queue has delayed a packet that was announced. The largest delay of the last seconds counts. */
function noteSlack(state: TreeState, tree: AuthorTree, slot: number, nowMs: number): void {
  const link = state.links[slot]
  const slackMs = nowMs - missingSince(tree)
  if (!link || (slackMs < link.slackMs && nowMs - link.slackAtMs < SLACK_MEMORY_MS)) return
  link.slackMs = slackMs
  link.slackAtMs = nowMs
}

/**
 * A parent stays parent even if another link is faster now and then; otherwise two nodes could choose each other. A
 * link that is always faster takes its place.
 */
function noteQuicker(state: TreeState, tree: AuthorTree, slot: number, nowMs: number): void {
  const { quickerPackets, quickerMs } = state.options
  if (tree.quicker !== slot || tree.quickerCount === 0) {
    tree.quicker = slot
    tree.quickerMs = nowMs
    tree.quickerCount = 0
  }
  if (++tree.quickerCount >= quickerPackets && nowMs - tree.quickerMs >= quickerMs) promote(state, tree, slot, nowMs)
}

function adopt(state: TreeState, tree: AuthorTree, slot: number): void {
  state.counts.parentsChanged++
  if (tree.parent === NO_SLOT) tree.parent = slot
  else tree.second = slot
}

/** One of two parents is a link that we dialled, so that strangers who dial us cannot be both. */
function mayBeSecond(state: TreeState, tree: AuthorTree, slot: number, nowMs: number): boolean {
  if (state.options.parents < 2 || tree.own || slot < 0) return false
  if (tree.parent < 0 || tree.second !== NO_SLOT || isBarred(tree, slot, nowMs)) return false
  const { links } = state
  return (
    links[slot]?.dialled === true ||
    links[tree.parent]?.dialled === true ||
    !slotsOf(state.up).some((other) => links[other]?.dialled)
  )
}

/** The link replaces a parent, which is pruned only now; not while the parent still owes an answer. */
function promote(state: TreeState, tree: AuthorTree, slot: number, nowMs: number): void {
  tree.candidate = NO_SLOT
  tree.failed = 0
  tree.quickerCount = 0
  if (tree.parent === NO_SLOT || (state.options.parents > 1 && tree.second === NO_SLOT)) return adopt(state, tree, slot)
  state.counts.parentsChanged++
  const old = quietestParent(state, tree)
  if (old === tree.second) tree.second = slot
  else tree.parent = slot
  if (old >= 0 && (tree.asked & maskOf(old)) === 0) prune(state, tree, old, nowMs)
}

/** Of two parents, the one whose link has been silent for longer. */
function quietestParent({ links }: TreeState, { parent, second }: AuthorTree): number {
  if (second === NO_SLOT || parent === LOCAL) return second === NO_SLOT ? parent : second
  return (links[second]?.dataMs ?? 0) < (links[parent]?.dataMs ?? 0) ? second : parent
}

function prune(state: TreeState, tree: AuthorTree, slot: number, nowMs: number): void {
  const bit = maskOf(slot)
  tree.quiet |= bit
  tree.answered |= bit
  tree.answeredMs = nowMs
  state.counts.prunesSent++
  state.host.sendPrune(slot, tree.author)
}
