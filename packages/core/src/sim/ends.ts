// The ends of all links, by number. Hot: what a packet's path needs lies in columns, some thirty bytes an end, because
// each copy of a message touches one of a hundred thousand ends, and that is most of its cost.
import type { SimNode } from './sim-node.ts'

/**
 * One end of a link between two nodes. The dialler's end has an even number and the other end the number after it, so
 * the other end is one bit away.
 */
export interface End {
  readonly link: number
  readonly node: SimNode
  /** Of its node, when the link was made. */
  readonly incarnation: number
  open: boolean
}

export interface Ends {
  /** By number; undefined once both ends of the link are gone. */
  readonly all: (End | undefined)[]
  /**
   * Two for each end: the delay of its path, and the time before which nothing may arrive, because links keep their
   * order. In ms.
   */
  times: Float64Array
  /** Four for each end: its flags, its node's index and incarnation, and its slot in the node's trees plus one. */
  facts: Int32Array
}

/** Whatever has links: the simulated world. */
export interface World {
  readonly ends: Ends
  /** Is told of ends that close. */
  stream: { onLinkDown(node: SimNode, link: number): void } | null
}

const firstCapacity = 1024
/** Nothing passes any more, whether the ends know it or not. */
const cut = 1
/** Closed here, or known to be down here. */
const gone = 2
/** Its actor has activated the link. */
const flooding = 4
/** Both ends are gone. */
const forgotten = 8

export function createEnds(): Ends {
  // No link has the number 0.
  return {
    all: [undefined, undefined],
    times: new Float64Array(2 * firstCapacity),
    facts: new Int32Array(4 * firstCapacity)
  }
}

export function otherEnd(link: number): number {
  return link ^ 1
}

/** Always both ends of a link, the dialler's first, with consecutive numbers. */
export function addEnd({ ends }: World, node: SimNode, latencyMs: number, arrivesAt: number): number {
  const link = ends.all.length
  const { incarnation, index } = node
  ends.all.push({ link, node, incarnation, open: false })
  node.ends.add(link)
  if (2 * link >= ends.times.length) grow(ends)
  ends.times[2 * link] = latencyMs
  ends.times[2 * link + 1] = arrivesAt
  ends.facts.set([0, index, incarnation], 4 * link)
  return link
}

/** This end is done with the link. */
export function closeEnd(sim: World, { link, node }: End): void {
  const { ends } = sim
  mark(ends, link, gone)
  sim.stream?.onLinkDown(node, link)
  node.ends.delete(link)
  const other = otherEnd(link)
  if ((ends.facts[4 * other]! & gone) === 0) return
  for (const end of [link, other]) {
    ends.all[end] = undefined
    mark(ends, end, forgotten)
  }
}

export function cutEnd({ ends }: World, link: number): void {
  mark(ends, link, cut)
}

export function activateEnd({ ends }: World, link: number): void {
  mark(ends, link, flooding)
}

export function isCut({ ends }: World, link: number): boolean {
  return (ends.facts[4 * link]! & (cut | forgotten)) !== 0
}

export function isGone({ ends }: World, link: number): boolean {
  return (ends.facts[4 * link]! & (gone | forgotten)) !== 0
}

/** Whether the end accepts what arrives at it now. */
export function isUp({ ends }: World, link: number): boolean {
  return (ends.facts[4 * link]! & (cut | gone | forgotten)) === 0
}

export function isFlooding({ ends }: World, link: number): boolean {
  return (ends.facts[4 * link]! & flooding) !== 0
}

/** The index of its node, and the incarnation, so that nobody needs to look at the node itself. */
export function placeOf({ ends }: World, link: number): number {
  return ends.facts[4 * link + 1]!
}

export function incarnationOf({ ends }: World, link: number): number {
  return ends.facts[4 * link + 2]!
}

/** Its slot in its node's trees; -1: none. */
export function slotOf({ ends }: World, link: number): number {
  return ends.facts[4 * link + 3]! - 1
}

export function setSlot({ ends }: World, link: number, slot: number): void {
  ends.facts[4 * link + 3] = slot + 1
}

/** The delay of its path, in ms. */
export function latencyTo({ ends }: World, link: number): number {
  return ends.times[2 * link]!
}

/** Nothing arrives at it before this time. */
export function earliestAt({ ends }: World, link: number): number {
  return ends.times[2 * link + 1]!
}

export function keepOrder({ ends }: World, link: number, at: number): void {
  ends.times[2 * link + 1] = at
}

function mark({ facts }: Ends, link: number, bit: number): void {
  facts[4 * link] = facts[4 * link]! | bit
}

function grow(ends: Ends): void {
  const { times, facts } = ends
  ends.times = new Float64Array(2 * times.length)
  ends.times.set(times)
  ends.facts = new Int32Array(2 * facts.length)
  ends.facts.set(facts)
}
