// Authors' incarnations by name: in frames, on links, in tables.
import { fromHex, toHex } from '../bytes.ts'
import { type OriginTable, UNKNOWN_ORIGIN } from '../flood/origin-table.ts'
import type { ControlOrigin } from '../wire/control.ts'
import { viewOf } from '../wire/header.ts'
import { INCARNATION_OFFSET, ORIGIN_BYTES, ORIGIN_OFFSET } from '../wire/layout.ts'
import { type Announcement, encodePrune } from '../wire/tree-codec.ts'

/** Numbers above the mark that a node has refused and remembers, for each author. A guess: what one burst brings. */
const MAX_REFUSED = 4_096

/** An author's incarnation that is open, or was announced. */
export interface Entry extends ControlOrigin {
  readonly id: string
  /** A frame that names it, to look its row up. */
  readonly view: DataView
  /** Its tree; -1 if it is closed. */
  tree: number
  /** The link whose announcements alone have told of it. */
  heardFrom: LinkEntry | null
  /** Numbers above the mark that this node has refused. */
  readonly refused: Set<number>
}

/** A link to a peer. */
export interface LinkEntry {
  readonly slot: number
  /** What the peer's numbers mean. */
  readonly named: (Entry | undefined)[]
  /** Authors that are open only because of its announcements. */
  heardOf: number
}

function createEntry(id: string, origin: Uint8Array, incarnation: number): Entry {
  const frame = encodePrune({ origin, incarnation })
  const key = frame.subarray(ORIGIN_OFFSET, ORIGIN_OFFSET + ORIGIN_BYTES)
  return { id, origin: key, incarnation, view: viewOf(frame), tree: -1, heardFrom: null, refused: new Set() }
}

/** More than one announcement tells of it now. */
export function release(entry: Entry): void {
  if (entry.heardFrom !== null) entry.heardFrom.heardOf--
  entry.heardFrom = null
}

/** This node has refused `seq`. Numbers up to `mark` need not be remembered. */
export function refuse({ refused }: Entry, seq: number, mark: number): void {
  refused.add(seq)
  for (const old of refused) {
    if (old > mark && refused.size <= MAX_REFUSED) break
    refused.delete(old)
  }
}

/** A new entry that is not open yet. */
export function entryNamed(id: string, incarnation: number): Entry {
  return createEntry(id, keyOf(id), incarnation)
}

/** The author that a PRUNE, GRAFT or NONE names. */
export function entryOf(frame: Uint8Array): ControlOrigin {
  const [id, incarnation] = namedIn(frame)
  return { origin: keyOf(id), incarnation }
}

export function namedIn(frame: Uint8Array): [id: string, incarnation: number] {
  const id = toHex(frame, ORIGIN_OFFSET, ORIGIN_OFFSET + ORIGIN_BYTES)
  return [id, viewOf(frame).getUint32(INCARNATION_OFFSET)]
}

function nameOf(id: string, incarnation: number): string {
  return `${id}:${incarnation}`
}

function keyOf(id: string): Uint8Array {
  return fromHex(id) ?? new Uint8Array(ORIGIN_BYTES)
}

/** The entries that are open, by tree and by name. */
export class AuthorEntries {
  readonly #origins: OriginTable
  readonly #byTree: (Entry | undefined)[] = []
  readonly #free: number[] = []
  readonly #open = new Map<string, Entry>()

  constructor(origins: OriginTable) {
    this.#origins = origins
  }

  /** The entry of a tree that is open. */
  of(tree: number): Entry {
    return this.#byTree[tree]!
  }

  open(id: string, incarnation: number): Entry | undefined {
    return this.#open.get(nameOf(id, incarnation))
  }

  /** The author that the peer's number means; undefined if the peer never said so. */
  announced({ named }: LinkEntry, { number, author }: Announcement): Entry | undefined {
    if (author === null) return this.#reopened(named, number)
    const id = toHex(author.origin)
    const entry = this.open(id, author.incarnation) ?? createEntry(id, author.origin, author.incarnation)
    named[number] = entry
    return entry
  }

  /** It may have been closed here and opened again since the peer named it. */
  #reopened(named: (Entry | undefined)[], number: number): Entry | undefined {
    const entry = named[number]
    if (entry === undefined || entry.tree >= 0) return entry
    const open = this.open(entry.id, entry.incarnation)
    if (open !== undefined) named[number] = open
    return open ?? entry
  }

  register(entry: Entry): number {
    entry.tree = this.#free.pop() ?? this.#byTree.length
    this.#byTree[entry.tree] = entry
    this.#open.set(nameOf(entry.id, entry.incarnation), entry)
    return entry.tree
  }

  unregister(entry: Entry): void {
    release(entry)
    this.#open.delete(nameOf(entry.id, entry.incarnation))
    this.#byTree[entry.tree] = undefined
    this.#free.push(entry.tree)
    entry.tree = -1
  }

  /** The author's number in the table, as long as this is its present incarnation. */
  rowOf(entry: Entry): number {
    const author = this.#origins.find(entry.view, 0)
    return author !== UNKNOWN_ORIGIN && this.#origins.incarnationOf(author) === entry.incarnation
      ? author
      : UNKNOWN_ORIGIN
  }
}
