// Links to peers come and go. A new link carries no busy author until one side asks: a node that has nothing yet asks
// for what it was told of.
import { announceSoon } from './announcing.ts'
import { askAll, askForSecond } from './asking.ts'
import { isMissing } from './missing.ts'
import { MAX_TREE_LINKS } from './options.ts'
import { setPruned } from './serving.ts'
import {
  type AuthorTree,
  checkBy,
  countOf,
  LONG_AGO,
  maskOf,
  NEVER,
  NO_SLOT,
  type TreeLink,
  type TreeState
} from './state.ts'

/** The link's slot; NO_SLOT if all are taken: then the link is flooded, and no longer mentioned here. */
export function linkUp(state: TreeState, dialled: boolean, roundTripMs: number, nowMs: number): number {
  const slot = freeSlot(state)
  if (slot === NO_SLOT) return NO_SLOT
  state.links[slot] = createLink(slot, dialled, roundTripMs, nowMs)
  state.up |= maskOf(slot)
  for (const tree of state.trees) if (tree !== undefined && !tree.heardOf) startPruned(state, tree, slot)
  return slot
}

export function linkDown(state: TreeState, slot: number, nowMs: number): void {
  const bit = maskOf(slot)
  state.up &= ~bit
  state.lagging &= ~bit
  state.links[slot] = null
  for (const tree of state.trees) if (tree !== undefined) forgetLink(state, tree, slot, nowMs)
}

/** The host drops frames for this link, or no longer does and has sent again what it dropped. */
export function onLagging(state: TreeState, slot: number, lags: boolean, nowMs: number): void {
  const link = state.links[slot]
  if (!link) return
  link.lagging = lags
  state.lagging = lags ? state.lagging | maskOf(slot) : state.lagging & ~maskOf(slot)
  if (lags) for (const tree of state.trees) if (tree !== undefined) announceSoon(state, tree, nowMs)
}

/**
 * A link that announced, was asked, and has brought nothing at all since then has broken a promise. Judged by
 * everything that the link brings, whoever wrote it.
 */
export function checkPromises(state: TreeState, nowMs: number): void {
  const { promiseMs, maxBrokenPromises, mistrustMs } = state.options
  for (const link of state.links) {
    if (link === null || nowMs < link.askedMs + promiseMs + link.roundTripMs) continue
    link.askedMs = NEVER
    if (++link.brokenPromises < maxBrokenPromises) continue
    link.brokenPromises = 0
    link.mistrustedUntilMs = nowMs + mistrustMs
    state.counts.brokenPromises++
  }
}

function freeSlot({ up }: TreeState): number {
  for (let slot = 0; slot < MAX_TREE_LINKS; slot++) if ((up & maskOf(slot)) === 0) return slot
  return NO_SLOT
}

function createLink(slot: number, dialled: boolean, roundTripMs: number, upMs: number): TreeLink {
  return {
    ...{
      slot,
      dialled,
      upMs,
      roundTripMs,
      dataMs: upMs,
      slackMs: 0,
      slackAtMs: LONG_AGO,
      sweptMs: upMs,
      lagging: false
    },
    ...{ askedMs: NEVER, brokenPromises: 0, mistrustedUntilMs: LONG_AGO }
  }
}

function startPruned(state: TreeState, tree: AuthorTree, slot: number): void {
  if (tree.own && countOf(state.up & ~tree.pruned) <= state.options.ownLinks) return
  setPruned(state, tree, tree.pruned | maskOf(slot))
}

function forgetLink(state: TreeState, tree: AuthorTree, slot: number, nowMs: number): void {
  const rest = ~maskOf(slot)
  setPruned(state, tree, tree.pruned & rest)
  tree.quiet &= rest
  tree.answered &= rest
  tree.asked &= rest
  tree.failed &= rest
  tree.empty &= rest
  tree.behind &= rest
  tree.told &= rest
  tree.named &= rest
  if (slot < tree.marks.length) tree.marks[slot] = 0
  tree.dealings?.delete(slot)
  if (slot === tree.candidate) {
    tree.candidate = NO_SLOT
    tree.askFromMs = LONG_AGO
    if (isMissing(tree)) checkBy(state, tree, nowMs)
  }
  if (slot === tree.second) tree.second = NO_SLOT
  else if (slot === tree.parent) {
    tree.parent = tree.second
    tree.second = NO_SLOT
  } else return
  if (tree.parent === NO_SLOT) askAll(state, tree, nowMs)
  else askForSecond(state, tree, nowMs)
  if (isMissing(tree)) checkBy(state, tree, nowMs + state.options.silentMs)
}
