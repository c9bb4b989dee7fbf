// Every limit and time of the trees, with its source. "Simulated" means the runs that docs/SIMULATION.md shows.

/** Slots for links: a mask of them is a small integer of the engine. Links beyond are flooded. */
export const MAX_TREE_LINKS = 31

export interface TreeOptions {
  /** Links that push an author's packets here: 1 or 2; 0: no trees, the flood alone. */
  readonly parents: number
  /** Links to which an author pushes its own packets whatever they prune. */
  readonly ownLinks: number
  /** Authors that may be busy at one time. */
  readonly maxAuthors: number
  /** Of them, such as announcements alone have told of. */
  readonly maxHeardOf: number
  /** An author's state goes after this silence. */
  readonly idleMs: number
  /** Least time between two rounds of IHAVE, and the links that each goes to. With fewer authors to tell of than `announceBatch` a round waits for more. */
  readonly announceMs: number
  readonly announceBatch: number
  readonly announceWaitMs: number
  readonly announceLinks: number
  /** Within this time every other link is told of what has moved as well. */
  readonly sweepMs: number
  /** A parent is late when its link was silent for so long, or for 1.5 round trips if that is more ... */
  readonly silentMs: number
  /** ... or when a packet that a neighbour announced is missing for three times as long as such packets took over this link lately; within these bounds. */
  readonly minLateMs: number
  /** Also the least time between switches where data moves. */
  readonly lateMs: number
  /** Duplicates of a link that was asked to push are not answered for so long; nor are those of a link that was just pruned. */
  readonly candidateMs: number
  /** A link that is quicker than the parent for so many packets in a row, and so long, becomes the parent. */
  readonly quickerPackets: number
  readonly quickerMs: number
  /** What nobody has delivered after this is given up. */
  readonly giveUpMs: number
  /** A link that announced, was asked and brought nothing at all for so long has broken a promise; so many, and its announcements count no more for `mistrustMs`. */
  readonly promiseMs: number
  readonly maxBrokenPromises: number
  readonly mistrustMs: number
  /** A parent that is late twice within `lateAgainMs` is the author's parent no more for `barredMs`, twice that the next time. */
  readonly lateAgainMs: number
  readonly barredMs: number
  /** A link may send so many GRAFTs of an author at once, and one more each time this has passed. */
  readonly graftBurst: number
  readonly graftEveryMs: number
  /** A packet is replayed over one link once in this time. */
  readonly replayAgainMs: number
}

export const treeDefaults: TreeOptions = {
  // Simulated: one parent carries 1.00 copies at the flood's own delay.
  parents: 1,
  // A guess: an author whose neighbours all prune it would be silenced.
  ownLinks: 3,
  // A guess: as many as IHAVE can number; some 600 bytes each.
  maxAuthors: 4_096,
  maxHeardOf: 1_024,
  // A guess: three times as long as recent frames last.
  idleMs: 30_000,
  // Simulated: two links, drawn anew, find a dead parent as soon as all of them would, at a quarter of the bytes.
  announceMs: 50,
  // Simulated: a frame for each packet of 20 authors costs 40 % of their payload where they write twice a second, and repairs no sooner.
  announceBatch: 8,
  announceWaitMs: 150,
  announceLinks: 2,
  // Simulated: with two links drawn alone, one in a hundred who sit behind a dead parent hears of nothing for four packets.
  sweepMs: 700,
  // Simulated: with Plumtree's 150 ms a quarter is lost near the capacity of uplinks, since IHAVE overtakes data in full queues.
  silentMs: 300,
  // Simulated: with the upper bound alone, who sits behind a parent that was cut off itself waits 2 s where queues are empty.
  minLateMs: 700,
  lateMs: 2_000,
  // Simulated: a replay and what was under way have arrived by then.
  candidateMs: 1_500,
  quickerPackets: 8,
  quickerMs: 2_000,
  // Recent frames last as long.
  giveUpMs: 10_000,
  // Simulated: near saturation all that a harsher rule accused were honest.
  promiseMs: 1_000,
  maxBrokenPromises: 3,
  mistrustMs: 600_000,
  lateAgainMs: 60_000,
  barredMs: 600_000,
  // Simulated: without a limit a fifth of nodes that graft from 0 cause 23 copies and rising.
  // Four at once: neighbours that die one after the other make an honest node ask as often.
  graftBurst: 4,
  graftEveryMs: 10_000,
  replayAgainMs: 60_000
}
