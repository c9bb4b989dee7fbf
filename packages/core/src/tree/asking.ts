// Asks for what is missing: when the parent is late or down, one neighbour that announced it; if nobody did, all of
// them.

import { MAX_SEQ } from '../wire/layout.ts'
import { MAX_GRAFT_PACKETS, MAX_GRAFT_RANGES, type SeqRange } from '../wire/tree-codec.ts'
import { announceSoon } from './announcing.ts'
import { advance, isMissing, missingSince } from './missing.ts'
import {
  type AuthorTree,
  checkBy,
  dealingsOf,
  drawSlot,
  isBarred,
  isTrusted,
  LOCAL,
  LONG_AGO,
  maskOf,
  NEVER,
  NO_SLOT,
  parentsOf,
  slotsOf,
  type TreeLink,
  type TreeState
} from './state.ts'

/** A parent's second lateness counts only if it is another one, not the same one that lasts. */
const SAME_LATENESS_MS = 5_000

/** A packet is late when it takes this many times as long as others recently. A guess: queues grow while one waits. */
const SLACK_FACTOR = 2

/** Checks whether the parent, or the link that was asked, is late; and when to check again. */
export function check(state: TreeState, tree: AuthorTree, nowMs: number): void {
  tree.checkMs = NEVER
  if (tree.own || !isMissing(tree)) return
  if (isHopeless(state, tree, nowMs)) giveUp(state, tree, nowMs)
  if (!isMissing(tree)) return
  const dueMs = Math.max(tree.askFromMs, answerDueMs(state, tree), lateFromMs(state, tree))
  if (nowMs < dueMs) return checkBy(state, tree, Math.min(dueMs, missingSince(tree) + state.options.giveUpMs))
  ask(state, tree, nowMs)
  checkBy(state, tree, nowMs + state.options.silentMs)
}

/** Asks all links of the mask: at first those that do not push, because its last parent is down. */
export function askAll(state: TreeState, tree: AuthorTree, nowMs: number, mask = tree.quiet): void {
  const asked = mask & state.up
  for (const slot of slotsOf(asked)) graft(state, tree, slot, nowMs)
  tree.candidate = NO_SLOT
  // If there was nobody to ask, the next link is asked at once.
  tree.askFromMs = asked === 0 ? LONG_AGO : nowMs + state.options.silentMs
}

/**
 * Nobody pushes the author here, and nothing comes by itself: asks a link that is not behind to push, even if nothing
 * is missing yet.
 */
export function askForParent(state: TreeState, tree: AuthorTree, slot: number, mark: number, nowMs: number): void {
  if (tree.own || tree.heardOf || tree.parent !== NO_SLOT || tree.candidate !== NO_SLOT) return
  if (mark < tree.contiguous || nowMs - tree.freshMs < state.options.silentMs) return
  if (nowMs < tree.askFromMs || !isTrusted(state.links[slot], nowMs)) return
  graft(state, tree, slot, nowMs)
  tree.askFromMs = nowMs + state.options.silentMs
}

/** The link has become a parent after the mark stopped: what lies between was written before it came up. */
export function askForHole(state: TreeState, tree: AuthorTree, slot: number, nowMs: number): void {
  const link = state.links[slot]
  if (!link || !isMissing(tree) || tree.candidate !== NO_SLOT) return
  if (nowMs < tree.askFromMs || link.upMs <= tree.changedMs) return
  graft(state, tree, slot, nowMs)
  tree.askFromMs = nowMs + state.options.silentMs
}

/** Asks one link that does not push to do so: there is a place for a second parent. */
export function askForSecond(state: TreeState, tree: AuthorTree, nowMs: number): void {
  const slot = drawSlot(state.random, tree.quiet & state.up & ~parentsOf(tree))
  if (slot !== NO_SLOT && tree.candidate === NO_SLOT) graft(state, tree, slot, nowMs)
}

/** What was asked for is gone there: nothing at all of the author if `lowest` is 0. */
export function onNone(state: TreeState, tree: AuthorTree, slot: number, lowest: number, nowMs: number): void {
  const bit = maskOf(slot)
  tree.empty |= bit
  tree.failed |= bit
  if (lowest > 0) tree.lowest = tree.lowest === 0 ? lowest : Math.min(tree.lowest, lowest)
  if (slot !== tree.candidate || lowest > 0) return
  tree.candidate = NO_SLOT
  tree.askFromMs = LONG_AGO
  checkBy(state, tree, nowMs)
}

/** Longer than a round trip and a queue that moves. */
export function patienceOf({ options }: TreeState, link: TreeLink | null | undefined): number {
  return Math.max(options.silentMs, 1.5 * (link?.roundTripMs ?? 0))
}

/**
 * Until then the link that was asked may still answer: longer if its data moves, because its answer queues up behind
 * that.
 */
function answerDueMs(state: TreeState, tree: AuthorTree): number {
  if (tree.candidate === NO_SLOT) return LONG_AGO
  const link = state.links[tree.candidate]
  const moves = (link?.dataMs ?? LONG_AGO) > tree.askedMs
  return tree.askedMs + (moves ? state.options.lateMs : patienceOf(state, link))
}

/**
 * When the parents are late: their links are silent, or what is missing is old. IHAVE overtakes data in a full queue,
 * so being behind alone does not mean late.
 */
function lateFromMs(state: TreeState, tree: AuthorTree): number {
  if (tree.parent === NO_SLOT) return LONG_AGO
  const since = missingSince(tree)
  let silentFrom = LONG_AGO
  for (const slot of [tree.parent, tree.second]) {
    if (slot === LOCAL) silentFrom = NEVER
    else if (slot !== NO_SLOT) {
      const link = state.links[slot]
      silentFrom = Math.max(silentFrom, Math.max(link?.dataMs ?? since, since) + patienceOf(state, link))
    }
  }
  return Math.min(silentFrom, since + graceOf(state, tree))
}

/** How long announced packets may take over the parents' links, because their queues delay them. */
function graceOf({ links, options }: TreeState, { parent, second }: AuthorTree): number {
  const slackMs = Math.max(links[parent]?.slackMs ?? 0, links[second]?.slackMs ?? 0)
  return Math.min(options.lateMs, Math.max(options.minLateMs, SLACK_FACTOR * slackMs))
}

function ask(state: TreeState, tree: AuthorTree, nowMs: number): void {
  for (const slot of [tree.parent, tree.second]) if (slot >= 0) noteLate(state, tree, slot, nowMs)
  tree.failed |= maskOf(tree.candidate)
  tree.candidate = NO_SLOT
  const ahead = aheadOf(state, tree, nowMs)
  if (ahead !== 0 && (ahead & ~parentsOf(tree) & ~tree.failed) === 0 && tree.failed !== 0) {
    // All were asked: the next round begins after a pause.
    tree.failed = 0
    // A link that pushes does not announce, but may still have it.
    if (hasHole(tree)) askAll(state, tree, nowMs, ~ahead & ~tree.empty)
    tree.askFromMs = nowMs + state.options.silentMs
    return
  }
  if (ahead !== 0) return graft(state, tree, choose(state, tree, ahead, nowMs), nowMs)
  // The link that announced it has gone. What lies below a packet that came exists; otherwise there is nothing to ask
  // for.
  if (!hasHole(tree)) return dropClaims(tree)
  askAll(state, tree, nowMs, state.up)
  tree.askFromMs = nowMs + state.options.lateMs
}

/** Links that have announced the oldest missing number. */
function aheadOf(state: TreeState, tree: AuthorTree, nowMs: number): number {
  let ahead = 0
  for (let slot = 0; slot < tree.marks.length; slot++) {
    if (tree.marks[slot]! > tree.contiguous && isTrusted(state.links[slot], nowMs)) ahead |= maskOf(slot)
  }
  return ahead & state.up
}

/** Drawn at random, because otherwise all nodes that miss it would choose the best link. */
function choose(state: TreeState, tree: AuthorTree, ahead: number, nowMs: number): number {
  let barred = 0
  for (const slot of slotsOf(ahead)) if (isBarred(tree, slot, nowMs)) barred |= maskOf(slot)
  const others = ahead & ~parentsOf(tree)
  const untried = others & ~tree.failed
  for (const pool of [untried & ~barred, untried, others & ~barred, others, ahead]) {
    if (pool !== 0) return drawSlot(state.random, pool)
  }
  return NO_SLOT
}

function graft(state: TreeState, tree: AuthorTree, slot: number, nowMs: number): void {
  if (slot === NO_SLOT) return
  const link = state.links[slot]
  tree.candidate = slot
  tree.askedMs = nowMs
  tree.quiet &= ~maskOf(slot)
  tree.answered &= ~maskOf(slot)
  if (isMissing(tree)) tree.asked |= maskOf(slot)
  if (link && link.askedMs === NEVER && isMissing(tree)) link.askedMs = nowMs
  state.counts.graftsSent++
  state.host.sendGraft(slot, tree.author, missingRanges(state, tree))
}

/** The holes, and everything that follows. */
function missingRanges({ host }: TreeState, tree: AuthorTree): SeqRange[] {
  const ranges: SeqRange[] = []
  const end = Math.min(tree.highest, tree.contiguous + MAX_GRAFT_PACKETS)
  for (let from = tree.contiguous + 1; from <= end && ranges.length < MAX_GRAFT_RANGES - 1; from++) {
    if (host.has(tree.author, from)) continue
    let to = from
    while (to < end && !host.has(tree.author, to + 1)) to++
    ranges.push({ from, to })
    from = to
  }
  if (tree.highest < MAX_SEQ) ranges.push({ from: tree.highest + 1, to: MAX_SEQ })
  return ranges
}

function noteLate(state: TreeState, tree: AuthorTree, slot: number, nowMs: number): void {
  const { lateAgainMs, barredMs } = state.options
  const dealings = dealingsOf(tree, slot)
  const since = nowMs - dealings.lateMs
  if (since < SAME_LATENESS_MS) return
  dealings.lateMs = nowMs
  if (since > lateAgainMs || !hasTimelyParent(state)) return
  dealings.barredUntilMs = nowMs + barredMs * 2 ** dealings.bars++
}

/** If all parents are late, this node's own line is full. */
function hasTimelyParent({ trees }: TreeState): boolean {
  return trees.some((tree) => tree !== undefined && tree.parent >= 0 && !isMissing(tree))
}

/** Too old; or a link no longer has it, and no other link can. */
function isHopeless(state: TreeState, tree: AuthorTree, nowMs: number): boolean {
  const age = nowMs - missingSince(tree)
  if (age >= state.options.giveUpMs) return true
  if (tree.empty === 0 || age < state.options.lateMs) return false
  const holders = hasHole(tree) ? state.up & ~tree.behind : aheadOf(state, tree, nowMs)
  return holders !== 0 && (holders & ~tree.empty) === 0
}

/** Something later has come, so what is missing exists. */
function hasHole({ highest, contiguous }: AuthorTree): boolean {
  return highest > contiguous
}

/** Only what lies below a packet that came is known to have existed; everything else was only claimed. */
function giveUp(state: TreeState, tree: AuthorTree, nowMs: number): void {
  if (tree.highest === tree.contiguous) return dropClaims(tree)
  const from = tree.contiguous + 1
  const last = lastToGiveUp(tree)
  let to = from
  while (to < last && !state.host.has(tree.author, to + 1)) to++
  state.counts.gaps++
  state.counts.lost += to - from + 1
  state.host.onGap(tree.author, from, to)
  advance(state, tree, to, nowMs)
  announceSoon(state, tree, nowMs)
}

/** Leaves out what became known later, and what somebody claims to have. */
function lastToGiveUp({ highest, lowest, sightings }: AuthorTree): number {
  return Math.min(highest, sightings[0]?.seq ?? highest, lowest > 0 ? lowest - 1 : highest)
}

function dropClaims(tree: AuthorTree): void {
  for (let slot = 0; slot < tree.marks.length; slot++) {
    if (tree.marks[slot]! > tree.contiguous) tree.marks[slot] = tree.contiguous
  }
  tree.sightings.length = 0
  tree.asked = 0
  tree.failed = 0
  tree.empty = 0
  tree.behind = 0
  tree.candidate = NO_SLOT
}
