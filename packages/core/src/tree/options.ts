// Every limit and time of the trees, with its source. "Simulated" means runs of `floodnet sim --speakers`, see
// docs/SIMULATION.md.

/** Slots for links: a mask of them is a small integer of the engine. Further links are flooded. */
export const MAX_TREE_LINKS = 31

export interface TreeOptions {
  /** Links that push an author's packets here: 1 or 2; 0: no trees, only the flood. */
  readonly parents: number
  /** Links to which an author pushes its own packets, whatever they prune. */
  readonly ownLinks: number
  /** Authors that may be busy at one time. */
  readonly maxAuthors: number
  /** How many of these may be known from announcements only. */
  readonly maxHeardOf: number
  /** An author's state is dropped after this silence. */
  readonly idleMs: number
  /** Least time between two rounds of IHAVE. */
  readonly announceMs: number
  /** Links drawn in each round, which are told what has just moved. */
  readonly announceLinks: number
  /** With fewer authors to tell of, a round waits for more. */
  readonly announceBatch: number
  /** The longest that it waits. */
  readonly announceWaitMs: number
  /** Within this time, every other link is also told what has moved. */
  readonly sweepMs: number
  /**
   * A parent is late if a neighbour is ahead and the parent's link was silent for this long, or for 1.5 round trips if
   * that is longer.
   */
  readonly silentMs: number
  /**
   * It is also late if an announced packet is missing for twice as long as such packets recently took over its link,
   * but no sooner than this.
   */
  readonly minLateMs: number
  /** And no later than this. Also how long a link that was asked may take while its data moves. */
  readonly lateMs: number
  /** For this long, duplicates from a link that was asked to push, or was just pruned, are not answered. */
  readonly candidateMs: number
  /** A link that is faster than the parent for this many packets in a row takes its place. */
  readonly quickerPackets: number
  /** If that also lasts for this time. */
  readonly quickerMs: number
  /** A packet that nobody has delivered after this time is given up. */
  readonly giveUpMs: number
  /** A link that announced, was asked, and brought nothing at all for this long has broken a promise. */
  readonly promiseMs: number
  /** After this many, its announcements no longer count. */
  readonly maxBrokenPromises: number
  /** For this long. */
  readonly mistrustMs: number
  /**
   * A parent that is late twice within this time is no longer the author's parent, unless all parents of the node are
   * late.
   */
  readonly lateAgainMs: number
  /** For this long, and twice as long each further time. */
  readonly barredMs: number
  /** GRAFTs for one author that a link may send at once. */
  readonly graftBurst: number
  /** One more each time this much has passed. */
  readonly graftEveryMs: number
  /** A packet is replayed over one link at most once in this time. */
  readonly replayAgainMs: number
}

export const treeDefaults: TreeOptions = {
  // Simulated: one parent carries 1.00 copies at the flood's own delay.
  parents: 1,
  // A guess: an author whose neighbours all prune it would otherwise be silenced.
  ownLinks: 3,
  // A guess: as many as IHAVE can number; some 600 bytes each.
  maxAuthors: 4_096,
  // A guess: four links that tell of 256 each.
  maxHeardOf: 1_024,
  // A guess: as long as recent frames last.
  idleMs: 30_000,
  // Simulated: data takes as long over a link or two.
  announceMs: 50,
  // Simulated: two, drawn each time, find most dead parents as soon as all would, at a quarter of the bytes.
  announceLinks: 2,
  // Simulated: one frame for each packet of 20 authors costs 40 % of their payload when they write twice a second, and
  // repairs no sooner.
  announceBatch: 8,
  // A guess: half of silentMs.
  announceWaitMs: 150,
  // Simulated: with only two random links, one in a hundred nodes behind a dead parent hears nothing for four packets.
  sweepMs: 500,
  // Simulated: with Plumtree's 150 ms, a quarter is lost near the capacity of uplinks, because IHAVE overtakes data in
  // full queues.
  silentMs: 300,
  // Simulated: with lateMs alone, a node behind a parent that was itself cut off waits 2 s even if queues are empty.
  minLateMs: 700,
  // Simulated: longer than the queues of full uplinks, so being behind alone is no reason to ask.
  lateMs: 2_000,
  // Simulated: by then a replay and what was under way have arrived.
  candidateMs: 1_500,
  // A guess: more than are under way between two neighbours that might choose each other.
  quickerPackets: 8,
  // A guess: several round trips, for the same reason.
  quickerMs: 2_000,
  // A guess: later than the slowest answers on an overloaded machine, and before recent frames end (recentMs). If
  // somebody knows that it is gone, nobody waits this long.
  giveUpMs: 25_000,
  // Simulated: near saturation, all that a stricter rule accused were honest.
  promiseMs: 1_000,
  // A guess: a link may be unlucky twice.
  maxBrokenPromises: 3,
  // A guess: as long as an incarnation lasts.
  mistrustMs: 600_000,
  // A guess: one lateness is bad luck.
  lateAgainMs: 60_000,
  // As mistrustMs.
  barredMs: 600_000,
  // A guess: when neighbours die one after the other, an honest node asks this often.
  graftBurst: 4,
  // Simulated: without a limit, if a fifth of the nodes ask for everything without end, there are 23 copies and rising.
  graftEveryMs: 10_000,
  // As graftEveryMs.
  replayAgainMs: 60_000
}
