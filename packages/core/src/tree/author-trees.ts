// The trees of a worker on its table of authors: keys and incarnations on the wire, numbers within. The flood reports
// packets to it (FloodTrees), and the worker reports links and tree frames.
import type { FloodTrees } from '../flood/flood.ts'
import { type OriginTable, UNKNOWN_ORIGIN } from '../flood/origin-table.ts'
import type { FrameFault } from '../wire/faults.ts'
import { viewOf } from '../wire/header.ts'
import { FrameType, TYPE_OFFSET } from '../wire/layout.ts'
import {
  decodeGraft,
  decodeIHave,
  encodeGraft,
  encodeIHave,
  encodeNone,
  encodePrune,
  hasNoBody,
  lowestOf,
  type SeqRange
} from '../wire/tree-codec.ts'
import {
  AuthorEntries,
  type Entry,
  entryNamed,
  entryOf,
  type LinkEntry,
  namedIn,
  refuse,
  release
} from './author-entries.ts'
import { BUSY, observe } from './busy.ts'
import type { Announced, TreeHost } from './host.ts'
import type { TreeOptions } from './options.ts'
import { LOCAL, NO_SLOT } from './state.ts'
import { Trees } from './trees.ts'

/** The source of packets that end their stem here: nobody who will push what follows. */
export const NO_LINK = -1_000
/** Authors that are open only because of the announcements of one link. */
const MAX_HEARD_OF_LINK = 256

/** What a worker does for its trees. Links are the worker's own numbers. */
export interface AuthorTreesHost {
  sendControl(link: number, frame: Uint8Array): void
  /** Drops the author's frames that are queued for the link. Returns the lowest number dropped; 0: none. */
  purge(link: number, origin: string, incarnation: number): number
  /** See TreeHost. */
  replay(link: number, origin: string, incarnation: number, ranges: readonly SeqRange[]): number
  onGap(origin: string, incarnation: number, from: number, to: number): void
}

export class AuthorTrees implements FloodTrees, TreeHost {
  /** Its `wakeMs`, `counts` and `size` are for the worker to read. */
  readonly trees: Trees
  readonly #host: AuthorTreesHost
  readonly #origins: OriginTable
  readonly #own: string
  readonly #links = new Map<number, LinkEntry>()
  /** By slot. */
  readonly #linkOf: number[] = []
  readonly #entries: AuthorEntries
  #nowMs = 0
  #lastSource = Number.NaN
  #lastSlot = NO_SLOT

  /** `own`: this node's key, 64 hex digits. `random`: nobody may guess it. */
  constructor(
    host: AuthorTreesHost,
    origins: OriginTable,
    own: string,
    random: () => number,
    options: Partial<TreeOptions> = {}
  ) {
    this.#host = host
    this.#origins = origins
    this.#own = own
    this.#entries = new AuthorEntries(origins)
    this.trees = new Trees(this, random, options)
  }

  /** Sets the time for the calls that follow. */
  tick(nowMs: number): void {
    this.#nowMs = nowMs
  }

  wake(nowMs: number): void {
    this.tick(nowMs)
    this.trees.wake(nowMs)
  }

  /** A link to a peer takes part in the flood. Returns its bit in the masks; 0: it is never pruned. */
  linkUp(link: number, dialled: boolean, roundTripMs: number): number {
    const slot = this.trees.linkUp(dialled, roundTripMs, this.#nowMs)
    this.#links.set(link, { slot, named: [], heardOf: 0 })
    this.#lastSource = Number.NaN
    if (slot < 0) return 0
    this.#linkOf[slot] = link
    this.trees.announceAll(slot)
    return 1 << slot
  }

  linkDown(link: number): void {
    const slot = this.#links.get(link)?.slot ?? NO_SLOT
    this.#links.delete(link)
    this.#lastSource = Number.NaN
    this.trees.linkDown(slot, this.#nowMs)
  }

  onRoundTrip(link: number, roundTripMs: number): void {
    this.trees.onRoundTrip(this.#slotOf(link), roundTripMs)
  }

  onLagging(link: number, lags: boolean): void {
    this.trees.onLagging(this.#slotOf(link), lags, this.#nowMs)
  }

  /** The link brought DATA frames: once for each chunk. */
  onData(link: number): void {
    this.trees.onData(this.#slotOf(link), this.#nowMs)
  }

  /** A PRUNE, IHAVE, GRAFT or NONE. */
  onFrame(link: number, frame: Uint8Array): FrameFault | null {
    if (!this.#links.has(link)) return null
    switch (frame[TYPE_OFFSET]) {
      case FrameType.prune:
      case FrameType.none:
        return this.#onPruneOrNone(link, frame)
      case FrameType.graft:
        return this.#onGraft(link, frame)
      default:
        return this.#onIHave(link, frame)
    }
  }

  onFresh(source: number, tree: number, seq: number): void {
    this.trees.onFresh(tree, this.#slotOf(source), seq, this.#nowMs)
  }

  onFreshEarlier(source: number, author: number, incarnation: number, seq: number): void {
    const entry = this.#entries.open(this.#origins.origin(author).id, incarnation)
    if (entry) this.trees.onFresh(entry.tree, this.#slotOf(source), seq, this.#nowMs)
  }

  onIncarnation(author: number, incarnation: number): number {
    const entry = this.#entries.open(this.#origins.origin(author).id, incarnation)
    if (entry === undefined) return -1
    release(entry)
    this.#origins.setPruned(author, this.trees.tree(entry.tree)?.pruned ?? 0)
    return entry.tree
  }

  onDuplicate(source: number, author: number, incarnation: number, seq: number, frameBytes: number): void {
    const origins = this.#origins
    if (incarnation !== origins.incarnationOf(author)) return
    let tree = origins.treeOf(author)
    if (tree < 0) {
      const word = observe(origins.observedOf(author), seq, frameBytes, Math.floor(this.#nowMs / 1_000))
      if (word !== BUSY) return origins.setObserved(author, word)
      tree = this.#openEntry(entryNamed(origins.origin(author).id, incarnation), author)
    }
    if (tree >= 0) this.trees.onDuplicate(tree, this.#slotOf(source), this.#nowMs)
  }

  onRefused(author: number, incarnation: number, seq: number): void {
    const tree = this.#origins.treeOf(author)
    if (tree < 0 || this.#entries.of(tree).incarnation !== incarnation) return
    refuse(this.#entries.of(tree), seq, this.trees.tree(tree)?.contiguous ?? 0)
    this.trees.onRefused(tree, seq, this.#nowMs)
  }

  has(tree: number, seq: number): boolean {
    const entry = this.#entries.of(tree)
    if (entry.refused.has(seq)) return true
    const author = this.#origins.find(entry.view, 0)
    if (author === UNKNOWN_ORIGIN || this.#origins.incarnationOf(author) < entry.incarnation) return false
    return this.#origins.check(author, entry.incarnation, seq) !== 'fresh'
  }

  setPruned(tree: number, pruned: number): void {
    const author = this.#entries.rowOf(this.#entries.of(tree))
    if (author !== UNKNOWN_ORIGIN) this.#origins.setPruned(author, pruned)
  }

  sendPrune(slot: number, tree: number): void {
    this.#send(slot, encodePrune(this.#entries.of(tree)))
  }

  sendGraft(slot: number, tree: number, ranges: readonly SeqRange[]): void {
    this.#send(slot, encodeGraft(this.#entries.of(tree), { pushes: true, ranges }))
  }

  sendNone(slot: number, tree: number, lowest: number): void {
    this.#send(slot, encodeNone(this.#entries.of(tree), lowest))
  }

  sendIHave(slot: number, authors: readonly Announced[]): void {
    const bit = 1 << slot
    const announcements = authors.map(({ author: number, contiguous: mark, named }) => {
      return { number, mark, author: (named & bit) === 0 ? this.#entries.of(number) : null }
    })
    for (const frame of encodeIHave(announcements)) this.#send(slot, frame)
  }

  purge(slot: number, tree: number): number {
    const { id, incarnation } = this.#entries.of(tree)
    return this.#host.purge(this.#linkOf[slot]!, id, incarnation)
  }

  replay(slot: number, tree: number, ranges: readonly SeqRange[]): number {
    const { id, incarnation } = this.#entries.of(tree)
    return this.#host.replay(this.#linkOf[slot]!, id, incarnation, ranges)
  }

  onGap(tree: number, from: number, to: number): void {
    const { id, incarnation } = this.#entries.of(tree)
    this.#host.onGap(id, incarnation, from, to)
  }

  onForget(tree: number): void {
    const entry = this.#entries.of(tree)
    const author = this.#entries.rowOf(entry)
    if (author !== UNKNOWN_ORIGIN) this.#origins.setTree(author, -1)
    this.#entries.unregister(entry)
  }

  #onPruneOrNone(link: number, frame: Uint8Array): FrameFault | null {
    if (!hasNoBody(frame)) return 'malformed-frame'
    const [prunes, slot] = [frame[TYPE_OFFSET] === FrameType.prune, this.#slotOf(link)]
    const entry = prunes ? this.#known(frame) : this.#entries.open(...namedIn(frame))
    if (entry && prunes) this.trees.onPrune(entry.tree, slot, this.#nowMs)
    else if (entry) this.trees.onNone(entry.tree, slot, lowestOf(frame), this.#nowMs)
    return null
  }

  #onGraft(link: number, frame: Uint8Array): FrameFault | null {
    const graft = decodeGraft(frame)
    if (graft === null) return 'malformed-frame'
    const entry = this.#known(frame)
    if (entry) this.trees.onGraft(entry.tree, this.#slotOf(link), graft.ranges, this.#nowMs)
    else this.#host.sendControl(link, encodeNone(entryOf(frame), 0))
    return null
  }

  #onIHave(link: number, frame: Uint8Array): FrameFault | null {
    const announcements = decodeIHave(frame)
    const linkEntry = this.#links.get(link)
    if (announcements === null) return 'malformed-frame'
    for (const announcement of announcements) {
      const entry = linkEntry && this.#entries.announced(linkEntry, announcement)
      if (!entry) return 'malformed-frame'
      if (entry.tree < 0) this.#openAnnounced(entry, linkEntry)
      if (entry.tree >= 0) this.trees.onIHave(entry.tree, linkEntry.slot, announcement.mark, this.#nowMs)
    }
    return null
  }

  #openAnnounced(entry: Entry, link: LinkEntry): void {
    const author = this.#origins.find(entry.view, 0)
    const present = author === UNKNOWN_ORIGIN ? -1 : this.#origins.incarnationOf(author)
    if (present === entry.incarnation) this.#openEntry(entry, author)
    else if (present < entry.incarnation && link.heardOf < MAX_HEARD_OF_LINK) {
      const tree = this.#entries.register(entry)
      if (!this.trees.openHeardOf(tree, link.slot, this.#nowMs)) return this.#entries.unregister(entry)
      link.heardOf++
      entry.heardFrom = link
    }
  }

  /** The open author that a frame names, or one that the table knows in this incarnation and that is opened now. */
  #known(frame: Uint8Array): Entry | undefined {
    const [id, incarnation] = namedIn(frame)
    const open = this.#entries.open(id, incarnation)
    if (open !== undefined) return open
    const author = this.#origins.find(viewOf(frame), 0)
    if (author === UNKNOWN_ORIGIN || this.#origins.incarnationOf(author) !== incarnation) return undefined
    const tree = this.#openEntry(entryNamed(id, incarnation), author)
    return tree < 0 ? undefined : this.#entries.of(tree)
  }

  #openEntry(entry: Entry, author: number): number {
    const tree = this.#entries.register(entry)
    if (!this.trees.open(tree, this.#origins.contiguousOf(author), entry.id === this.#own, this.#nowMs)) {
      this.#entries.unregister(entry)
      return -1
    }
    this.#origins.setTree(author, tree)
    return tree
  }

  #send(slot: number, frame: Uint8Array): void {
    this.#host.sendControl(this.#linkOf[slot]!, frame)
  }

  /** Packets come in runs from one link. */
  #slotOf(link: number): number {
    if (link === this.#lastSource) return this.#lastSlot
    this.#lastSource = link
    this.#lastSlot = link > 0 || link === NO_LINK ? (this.#links.get(link)?.slot ?? NO_SLOT) : LOCAL
    return this.#lastSlot
  }
}
