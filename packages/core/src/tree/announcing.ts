// IHAVE: which authors are here up to which number, told over links that do not carry them. Each round goes to two
// links, drawn at random.
import { sight } from './missing.ts'
import {
  type AuthorTree,
  checkBy,
  drawSlot,
  isTrusted,
  LONG_AGO,
  maskOf,
  NEVER,
  NO_SLOT,
  slotsOf,
  type TreeState
} from './state.ts'

/** A link that came up within this time may belong to the other half of a network that was cut. A guess. */
const OPENING_MS = 3_000

/** The author's mark has moved, or another link has to be told. */
export function announceSoon(state: TreeState, tree: AuthorTree, nowMs: number): void {
  if (((tree.pruned | state.lagging) & ~tree.told) === 0) return
  if (!tree.pending) state.pending.push(tree)
  tree.pending = true
  const { announceBatch, announceMs, announceWaitMs } = state.options
  const waitMs = state.moved < announceBatch ? announceWaitMs : 0
  const dueMs = Math.max(nowMs + waitMs, state.announcedMs + announceMs)
  if (dueMs < state.announceMs) state.announceMs = dueMs
}

/**
 * Tells a new link everything, also about authors that it carries: nobody pushes what was written before it came up.
 */
export function announceAll(state: TreeState, slot: number): void {
  const trees = state.trees.filter((tree): tree is AuthorTree => tree !== undefined && !tree.heardOf)
  if (trees.length > 0) send(state, slot, trees)
}

export function announce(state: TreeState, nowMs: number): void {
  const { options, random, lagging } = state
  state.announcedMs = nowMs
  let eligible = 0
  for (const tree of state.pending) if (tree.moved) eligible |= (tree.pruned | lagging) & ~tree.told
  for (let i = 0; i < options.announceLinks && eligible !== 0; i++) {
    const slot = drawSlot(random, eligible & state.up)
    if (slot === NO_SLOT) break
    eligible &= ~maskOf(slot)
    tell(state, slot, true)
  }
  for (const link of state.links) {
    if (link === null || nowMs - link.sweptMs < options.sweepMs) continue
    link.sweptMs = nowMs
    tell(state, link.slot, false)
  }
  planNext(state, nowMs)
}

/** A neighbour has everything up to `mark`, and does not push it. */
export function onIHave(state: TreeState, tree: AuthorTree, slot: number, mark: number, nowMs: number): void {
  const link = state.links[slot]
  const bit = maskOf(slot)
  state.counts.iHavesReceived++
  tree.quiet |= bit
  while (tree.marks.length <= slot) tree.marks.push(0)
  tree.marks[slot] = mark
  if (tree.own || !isTrusted(link, nowMs)) return
  if (tree.heardOf && tree.sightings.length === 0) beginAt(tree, mark)
  if (mark > tree.contiguous) tree.behind &= ~bit
  else if ((tree.asked & bit) !== 0) tree.behind |= bit
  if (mark <= tree.contiguous) return
  sight(state, tree, mark, nowMs)
  const isOpening = link !== null && link !== undefined && nowMs - link.upMs < OPENING_MS
  if (!isOpening || nowMs - tree.freshMs < state.options.lateMs) return
  // The other half is ahead by seconds: the parent has nothing to push.
  tree.askFromMs = LONG_AGO
  for (const sighting of tree.sightings) sighting.atMs = Math.min(sighting.atMs, nowMs - state.options.lateMs)
  checkBy(state, tree, nowMs)
}

/** A newcomer starts where it was told first: at the second-highest mark, so that no single neighbour decides. */
function beginAt(tree: AuthorTree, mark: number): void {
  const others = tree.marks.filter((other) => other > 0)
  const begin = others.length < 2 ? mark : Math.max(...withoutHighest(others))
  if (begin <= tree.contiguous) return
  tree.contiguous = begin
  tree.highest = Math.max(tree.highest, begin)
}

function withoutHighest(marks: readonly number[]): number[] {
  const highest = marks.indexOf(Math.max(...marks))
  return marks.filter((_, i) => i !== highest)
}

/** Authors that have moved since the last round, or all of which the link has not heard. */
function tell(state: TreeState, slot: number, moved: boolean): void {
  const bit = maskOf(slot)
  const trees = state.pending.filter(
    (tree) => (tree.moved || !moved) && ((tree.pruned | state.lagging) & ~tree.told & bit) !== 0
  )
  if (trees.length > 0) send(state, slot, trees)
}

function send(state: TreeState, slot: number, trees: readonly AuthorTree[]): void {
  state.counts.iHavesSent++
  state.counts.announcements += trees.length
  state.host.sendIHave(slot, trees)
  const bit = maskOf(slot)
  for (const tree of trees) {
    tree.told |= bit
    tree.named |= bit
  }
}

/** Keeps those of which some link has not heard, for the next sweep of that link. */
function planNext(state: TreeState, nowMs: number): void {
  const { pending, options, lagging, links } = state
  let [kept, untold] = [0, 0]
  for (const tree of pending) {
    tree.moved = false
    const rest = (tree.pruned | lagging) & state.up & ~tree.told
    tree.pending = rest !== 0
    if (tree.pending) pending[kept++] = tree
    untold |= rest
  }
  pending.length = kept
  state.moved = 0
  state.announceMs = NEVER
  for (const slot of slotsOf(untold)) {
    const dueMs = Math.max((links[slot]?.sweptMs ?? nowMs) + options.sweepMs, nowMs + options.announceMs)
    if (dueMs < state.announceMs) state.announceMs = dueMs
  }
}
