// What the trees of one worker ask of their host, and how the host drives them.
//
// Links are slots from 0 to 30, so that a mask of links is one word; a link without a slot is simply flooded. Authors
// are small numbers that the host gives out, one for each author's incarnation. Times are Unix ms (or simulated ones),
// never read here.
//
// The host calls, see tree.ts:
//   linkUp, linkDown, onRoundTrip, onLagging   when a link to a peer begins, ends, was measured, is dropped to and is not any more
//   onData                                     once for each chunk of DATA frames that a link brought
//   open                                       when an author has become busy (busy.ts), or a neighbour prunes or announces it
//   onFresh, onDuplicate                       for each packet of an author that is open
//   onPrune, onGraft, onNone, onIHave          for what neighbours say
//   wake                                       when `wakeMs` has come
// It does what the calls below say at once, or in their order.

import type { SeqRange } from '../wire/tree-codec.ts'

/** An author that IHAVE tells of. */
export interface Announced {
  readonly author: number
  /** Everything up to it is here, or was given up. */
  readonly contiguous: number
  /** Links that know which author the number means. */
  readonly named: number
}

export interface TreeHost {
  /** Whether packet `seq` must not be asked for: we had it, refused it, or it is too old for the window to tell. */
  has(author: number, seq: number): boolean
  /** From now on the author's packets go to no link of this mask; the host keeps it where forwarding finds it. */
  setPruned(author: number, pruned: number): void
  sendPrune(slot: number, author: number): void
  sendGraft(slot: number, author: number, ranges: readonly SeqRange[]): void
  sendNone(slot: number, author: number, lowest: number): void
  /**
   * Sends one IHAVE about these authors: `contiguous` of each is its mark. The link must be told the keys of those
   * without its bit in `named`.
   */
  sendIHave(slot: number, authors: readonly Announced[]): void
  /**
   * Drops what is queued of the author for this link and has not begun to leave. Returns its lowest number; 0: there
   * was nothing.
   */
  purge(slot: number, author: number): number
  /**
   * Sends over the link, below live data, what recent frames hold of these ranges. Returns the lowest number held of
   * them; 0: none. Ranges are bounded by MAX_GRAFT_RANGES and MAX_GRAFT_PACKETS, except the last one, which may end
   * with MAX_SEQ.
   */
  replay(slot: number, author: number, ranges: readonly SeqRange[]): number
  /** Nobody has these any more; the mark has moved past them. */
  onGap(author: number, from: number, to: number): void
  /**
   * The author is not busy any more, or writes in its next incarnation: its state is gone, its mask is 0, its number is
   * free.
   */
  onForget(author: number): void
}

/** Outcomes, for stats and metrics. */
export interface TreeCounts {
  prunesSent: number
  prunesReceived: number
  graftsSent: number
  graftsReceived: number
  /** Asked for too often: not answered. */
  graftsRefused: number
  nonesSent: number
  nonesReceived: number
  iHavesSent: number
  /** Authors told of in IHAVE frames received. */
  iHavesReceived: number
  /** Authors told of in IHAVE frames sent. */
  announcements: number
  /** Known packets of busy authors that came over a link that is not a parent. */
  duplicates: number
  /** Packets that a GRAFT brought here: fresh ones over a link that was asked. */
  repairs: number
  parentsChanged: number
  /** Packets given up, and how often. */
  lost: number
  gaps: number
  /** Links that announced and did not deliver, three times. */
  brokenPromises: number
  /** Authors that found no room. */
  crowded: number
}
