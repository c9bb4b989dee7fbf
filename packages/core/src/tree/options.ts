// Every limit and time of the trees, with its source. "Simulated" means runs of `floodnet sim --speakers`, see
// docs/SIMULATION.md.

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
  /** Least time between two rounds of IHAVE. */
  readonly announceMs: number
  /** Links drawn in a round, which are told of what has just moved. */
  readonly announceLinks: number
  /** With fewer authors to tell of, a round waits for more. */
  readonly announceBatch: number
  /** It waits no longer. */
  readonly announceWaitMs: number
  /** Within this time every other link is told of what has moved as well. */
  readonly sweepMs: number
  /**
   * A parent is late when its link was silent for so long while a neighbour is ahead, or for 1.5 round trips if that is
   * more.
   */
  readonly silentMs: number
  /**
   * Or when an announced packet is missing for twice as long as such packets took over its link lately, but no sooner
   * than this.
   */
  readonly minLateMs: number
  /** And no later. Also how long a link that was asked may take where its data moves. */
  readonly lateMs: number
  /** Duplicates of a link that was asked to push, or was just pruned, are not answered for so long. */
  readonly candidateMs: number
  /** A link that is quicker than the parent for so many packets in a row takes its place. */
  readonly quickerPackets: number
  /** If it is so for this time as well. */
  readonly quickerMs: number
  /** What nobody has delivered after this is given up. */
  readonly giveUpMs: number
  /** A link that announced, was asked, and brought nothing at all for so long has broken a promise. */
  readonly promiseMs: number
  /** After so many its announcements count no more. */
  readonly maxBrokenPromises: number
  /** For so long. */
  readonly mistrustMs: number
  /**
   * A parent that is late twice within this time is the author's parent no more, unless all parents of the node are
   * late.
   */
  readonly lateAgainMs: number
  /** For so long, and twice as long the next time. */
  readonly barredMs: number
  /** GRAFTs of one author that a link may send at once. */
  readonly graftBurst: number
  /** One more each time this has passed. */
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
  // A guess: four links that tell of 256 each.
  maxHeardOf: 1_024,
  // A guess: as long as recent frames last.
  idleMs: 30_000,
  // Simulated: data takes as long over a link or two.
  announceMs: 50,
  // Simulated: two, drawn anew, find most dead parents as soon as all would, at a quarter of the bytes.
  announceLinks: 2,
  // Simulated: a frame for each packet of 20 authors costs 40 % of their payload where they write twice a second, and
  // repairs no sooner.
  announceBatch: 8,
  // A guess: half of silentMs.
  announceWaitMs: 150,
  // Simulated: with two links drawn alone, one in a hundred who sit behind a dead parent hears of nothing for four
  // packets.
  sweepMs: 500,
  // Simulated: with Plumtree's 150 ms a quarter is lost near the capacity of uplinks, since IHAVE overtakes data in
  // full queues.
  silentMs: 300,
  // Simulated: with lateMs alone, who sits behind a parent that was cut off itself waits 2 s where queues are empty.
  minLateMs: 700,
  // Simulated: longer than the queues of full uplinks, so that being behind is no reason to ask.
  lateMs: 2_000,
  // Simulated: a replay and what was under way have arrived by then.
  candidateMs: 1_500,
  // A guess: more than are under way between two neighbours who might choose each other.
  quickerPackets: 8,
  // A guess: several round trips, for the same reason.
  quickerMs: 2_000,
  // A guess: sooner than readers do (repairMs), and later than the slowest answers on a machine with too much to do.
  // Where somebody knows that it is gone, nobody waits so long.
  giveUpMs: 25_000,
  // Simulated: near saturation all whom a harsher rule accused were honest.
  promiseMs: 1_000,
  // A guess: a link may be unlucky twice.
  maxBrokenPromises: 3,
  // A guess: as long as an incarnation lasts.
  mistrustMs: 600_000,
  // A guess: one lateness is bad luck.
  lateAgainMs: 60_000,
  // As mistrustMs.
  barredMs: 600_000,
  // A guess: neighbours that die one after the other make an honest node ask as often.
  graftBurst: 4,
  // Simulated: without a limit a fifth of nodes that ask for everything without end cause 23 copies and rising.
  graftEveryMs: 10_000,
  // As graftEveryMs.
  replayAgainMs: 60_000
}
