// What a worker knows of its links and of busy authors. Plain objects, changed by the functions in this folder; host.ts
// explains slots and masks.
import type { Announced, TreeCounts, TreeHost } from './host.ts'
import { MAX_TREE_LINKS, type TreeOptions, treeDefaults } from './options.ts'

/** No link, or one without a slot. */
export const NO_SLOT = -1
/** This node itself: its program, or another worker. It may be a parent, and is never pruned or asked. */
export const LOCAL = -2
export const NEVER = Number.POSITIVE_INFINITY
export const LONG_AGO = Number.NEGATIVE_INFINITY

export interface TreeLink {
  readonly slot: number
  /** We dialled it. */
  readonly dialled: boolean
  readonly upMs: number
  roundTripMs: number
  /** When it last brought a DATA frame of any author. */
  dataMs: number
  /** The longest time after their announcement that packets took over it, and when that was. */
  slackMs: number
  slackAtMs: number
  /** When it was last told everything that had moved. */
  sweptMs: number
  /** The host drops frames for it. */
  lagging: boolean
  /** Since when an answer to a GRAFT is due; NEVER: none is due. */
  askedMs: number
  brokenPromises: number
  mistrustedUntilMs: number
}

/** How one link has behaved for one author; kept only for links that asked or were late. */
export interface Dealings {
  /** Late as a parent, and how often it was barred. */
  lateMs: number
  barredUntilMs: number
  bars: number
  /** GRAFTs that it may send now, as of a time. */
  grafts: number
  graftsMs: number
  /** The number up to which it had a replay, and when. */
  replayedTo: number
  replayedMs: number
}

/** Numbers that were known to exist at a time: the older ones give the age of what is missing. */
export interface Sighting {
  seq: number
  atMs: number
}

/** One author's incarnation at this worker. */
export interface AuthorTree extends Announced {
  /** It is this node's own. */
  readonly own: boolean
  contiguous: number
  highest: number
  freshMs: number
  changedMs: number
  /** No packet has come yet: only announcements have told of it. */
  heardOf: boolean
  parent: number
  /** With two parents, the other one. */
  second: number
  /** The link that was asked last, until it brings something fresh. */
  candidate: number
  askedMs: number
  /** Nothing is asked for before this time. */
  askFromMs: number
  /** Links that have pruned us, or started that way: packets do not go there. */
  pruned: number
  /** Links that do not push to us: we pruned them, or they say so. */
  quiet: number
  /** Links that we pruned last, and when. */
  answered: number
  answeredMs: number
  /** Links asked for what is missing now; those asked in vain; and those that said that they have none of it. */
  asked: number
  failed: number
  empty: number
  /** Links that were asked and miss it as well. */
  behind: number
  /** The lowest number that the other links still have. */
  lowest: number
  /** Links that know our present mark. */
  told: number
  named: number
  /** Not announced since the mark moved; and whether it is among those to be announced. */
  moved: boolean
  pending: boolean
  /** A link that is not a parent and was first recently: since when, and for how many packets. */
  quicker: number
  quickerMs: number
  quickerCount: number
  /** By slot: the mark that it announced last. */
  readonly marks: number[]
  /** The oldest first. */
  readonly sightings: Sighting[]
  /** When to check whether the parent is late. */
  checkMs: number
  dealings: Map<number, Dealings> | null
}

export interface TreeState {
  readonly options: TreeOptions
  readonly host: TreeHost
  readonly random: () => number
  readonly counts: TreeCounts
  /** By slot. */
  readonly links: (TreeLink | null)[]
  /** Links that are up; those of them that lag. */
  up: number
  lagging: number
  /** By author. */
  readonly trees: (AuthorTree | undefined)[]
  size: number
  /** Authors with something to announce. */
  readonly pending: AuthorTree[]
  /** At most this many of them have moved since the last round. */
  moved: number
  announcedMs: number
  announceMs: number
  /** The earliest `checkMs` of all authors, and when to look for silent ones. */
  checkMs: number
  expireMs: number
}

export function createTreeState(host: TreeHost, random: () => number, options: Partial<TreeOptions> = {}): TreeState {
  return {
    options: { ...treeDefaults, ...options },
    host,
    random,
    counts: createCounts(),
    links: [],
    up: 0,
    lagging: 0,
    trees: [],
    size: 0,
    pending: [],
    moved: 0,
    announcedMs: LONG_AGO,
    announceMs: NEVER,
    checkMs: NEVER,
    expireMs: NEVER
  }
}

/** Everything up to `contiguous` counts as received. */
export function createAuthorTree(author: number, contiguous: number, own: boolean, nowMs: number): AuthorTree {
  return {
    author,
    own,
    contiguous,
    highest: contiguous,
    freshMs: nowMs,
    changedMs: nowMs,
    heardOf: false,
    parent: NO_SLOT,
    second: NO_SLOT,
    candidate: NO_SLOT,
    askedMs: LONG_AGO,
    askFromMs: LONG_AGO,
    pruned: 0,
    quiet: 0,
    answered: 0,
    answeredMs: LONG_AGO,
    asked: 0,
    failed: 0,
    empty: 0,
    behind: 0,
    lowest: 0,
    told: 0,
    named: 0,
    moved: false,
    pending: false,
    quicker: NO_SLOT,
    quickerMs: 0,
    quickerCount: 0,
    marks: [],
    sightings: [],
    checkMs: NEVER,
    dealings: null
  }
}

export function maskOf(slot: number): number {
  return slot < 0 ? 0 : 1 << slot
}

export function isParent(tree: AuthorTree, slot: number): boolean {
  return slot !== NO_SLOT && (slot === tree.parent || slot === tree.second)
}

export function parentsOf(tree: AuthorTree): number {
  return maskOf(tree.parent) | maskOf(tree.second)
}

/** The mask's slots, ascending. */
export function slotsOf(mask: number): number[] {
  const slots: number[] = []
  for (let slot = 0; slot < MAX_TREE_LINKS; slot++) if ((mask & (1 << slot)) !== 0) slots.push(slot)
  return slots
}

/** One of the mask's slots, each equally likely; NO_SLOT if it is empty. */
export function drawSlot(random: () => number, mask: number): number {
  if (mask === 0) return NO_SLOT
  let rest = mask
  for (let skip = Math.floor(random() * countOf(mask)); skip > 0; skip--) rest &= rest - 1
  return 31 - Math.clz32(rest & -rest)
}

/** How many slots are in the mask. */
export function countOf(mask: number): number {
  let count = 0
  for (let rest = mask; rest !== 0; rest &= rest - 1) count++
  return count
}

export function dealingsOf(tree: AuthorTree, slot: number): Dealings {
  tree.dealings ??= new Map()
  const known = tree.dealings.get(slot)
  if (known !== undefined) return known
  const dealings: Dealings = {
    lateMs: LONG_AGO,
    barredUntilMs: LONG_AGO,
    bars: 0,
    grafts: NEVER,
    graftsMs: LONG_AGO,
    replayedTo: 0,
    replayedMs: LONG_AGO
  }
  tree.dealings.set(slot, dealings)
  return dealings
}

/** Checks the author at `atMs` at the latest. */
export function checkBy(state: TreeState, tree: AuthorTree, atMs: number): void {
  if (atMs < tree.checkMs) tree.checkMs = atMs
  if (atMs < state.checkMs) state.checkMs = atMs
}

function createCounts(): TreeCounts {
  return {
    ...{ prunesSent: 0, prunesReceived: 0, graftsSent: 0, graftsReceived: 0, graftsRefused: 0 },
    ...{ nonesSent: 0, nonesReceived: 0, iHavesSent: 0, iHavesReceived: 0, announcements: 0 },
    ...{ duplicates: 0, repairs: 0, parentsChanged: 0, lost: 0, gaps: 0, brokenPromises: 0, crowded: 0 }
  }
}

/** Whether the link's announcements count. */
export function isTrusted(link: TreeLink | null | undefined, nowMs: number): boolean {
  return link !== null && link !== undefined && link.mistrustedUntilMs <= nowMs
}

/** Whether the link may not be the author's parent now. */
export function isBarred(tree: AuthorTree, slot: number, nowMs: number): boolean {
  const dealings = tree.dealings?.get(slot)
  return dealings !== undefined && nowMs < dealings.barredUntilMs
}
