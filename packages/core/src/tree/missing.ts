// What is missing of an author: the mark up to which everything is here, and since when the numbers above it are known
// to exist.
import { type AuthorTree, checkBy, LOCAL, NEVER, NO_SLOT, type TreeState } from './state.ts'

/** Numbers that become known within this time share a sighting, so lateness is exact to a quarter second. */
const SIGHTING_MS = 250
/** No more are kept: by then what is missing is late. */
const MAX_SIGHTINGS = 16

export function isMissing(tree: AuthorTree): boolean {
  return tree.sightings.length > 0
}

/** Since when the oldest missing number is known to exist. */
export function missingSince(tree: AuthorTree): number {
  return tree.sightings[0]?.atMs ?? NEVER
}

/** Takes in a fresh packet. */
export function take(state: TreeState, tree: AuthorTree, seq: number, nowMs: number): void {
  if (seq > tree.highest) tree.highest = seq
  if (seq === tree.contiguous + 1) advance(state, tree, seq, nowMs)
  else if (seq > tree.contiguous) sight(state, tree, seq - 1, nowMs)
}

/** The mark moves to `seq`, and past what is here above it. */
export function advance(state: TreeState, tree: AuthorTree, seq: number, nowMs: number): void {
  let mark = seq
  while (mark < tree.highest && state.host.has(tree.author, mark + 1)) mark++
  tree.contiguous = mark
  tree.changedMs = nowMs
  tree.told = 0
  if (!tree.moved) state.moved++
  tree.moved = true
  if (tree.sightings.length > 0) forgetSightings(tree)
}

/** Everything up to `seq` exists, and some of it is not here. */
export function sight(state: TreeState, tree: AuthorTree, seq: number, nowMs: number): void {
  const { sightings } = tree
  const last = sightings.at(-1)
  if (last !== undefined && last.seq >= seq) return
  if (last !== undefined && (nowMs - last.atMs < SIGHTING_MS || sightings.length >= MAX_SIGHTINGS)) last.seq = seq
  else sightings.push({ seq, atMs: nowMs })
  if (last === undefined) checkBy(state, tree, dueOf(state, tree, nowMs))
}

function forgetSightings(tree: AuthorTree): void {
  const { sightings, contiguous } = tree
  while (sightings.length > 0 && sightings[0]!.seq <= contiguous) sightings.shift()
  tree.failed = 0
  tree.empty = 0
  tree.behind = 0
  tree.lowest = 0
  if (sightings.length === 0) tree.asked = 0
}

/** When to check first: at once if nobody pushes. */
function dueOf({ options }: TreeState, { parent }: AuthorTree, nowMs: number): number {
  return parent === NO_SLOT ? nowMs : nowMs + (parent === LOCAL ? options.lateMs : options.silentMs)
}
