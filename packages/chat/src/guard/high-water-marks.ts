// What was heard in earlier runs, so that a recording played to a node that has just started is not shown again: the
// network's own windows are gone by then. We keep the highest packet of each author. A packet that is not above it was
// heard, or was sent before one that was. Pure and bounded; store/marks-file.ts keeps it on disk.

/**
 * Authors kept. Those not heard for longest give way. After that, we refuse unknown authors up to the age of those that
 * gave way.
 */
export const MAX_MARKS = 4_096

/**
 * How far the floor may be ahead of the clock, in seconds: a crowd that claims to be from a later time must not keep
 * newcomers out of the next run. A guess above the differences between clocks that one source sets.
 */
const MAX_LEAD_S = 60

export interface MarksContext {
  /** Whether the author is never forgotten: fewer than MAX_MARKS may be kept. */
  keeps(id: string): boolean
  /** In ms since the epoch. */
  readonly nowMs: number
}

/** The highest packet of an author: (incarnation, seq). */
export interface Mark {
  readonly incarnation: number
  readonly seq: number
}

export interface HighMarks {
  /**
   * From earlier runs: we judge by these, and never change them in this run, where the network's windows stop replays.
   */
  readonly earlier: ReadonlyMap<string, Mark>
  /** From all runs, in the order of the last message. */
  readonly all: Map<string, Mark>
  /** Incarnations up to this one are refused from authors that `earlier` does not know. */
  readonly earlierFloor: number
  floor: number
  dirty: boolean
}

export function newHighMarks(entries: Iterable<readonly [string, Mark]> = [], floor = 0): HighMarks {
  const earlier = new Map([...entries].slice(-MAX_MARKS))
  return { earlier, all: new Map(earlier), earlierFloor: floor, floor, dirty: false }
}

/** False for a message that an earlier run has heard, or may have. Otherwise it remembers the message. */
export function passesMarks(
  marks: HighMarks,
  id: string,
  incarnation: number,
  seq: number,
  { keeps, nowMs }: MarksContext
): boolean {
  const before = marks.earlier.get(id)
  if (before === undefined ? incarnation <= marks.earlierFloor : !isAbove(incarnation, seq, before)) return false
  const last = marks.all.get(id)
  if (last !== undefined && !isAbove(incarnation, seq, last)) return true
  marks.all.delete(id)
  marks.all.set(id, { incarnation, seq })
  marks.dirty = true
  if (marks.all.size > MAX_MARKS) forgetOldest(marks, keeps, Math.floor(nowMs / 1_000) + MAX_LEAD_S)
  return true
}

function isAbove(incarnation: number, seq: number, mark: Mark): boolean {
  return incarnation > mark.incarnation || (incarnation === mark.incarnation && seq > mark.seq)
}

function forgetOldest(marks: HighMarks, keeps: MarksContext['keeps'], latest: number): void {
  for (const [id, { incarnation }] of marks.all) {
    if (keeps(id)) continue
    marks.floor = Math.max(marks.floor, Math.min(incarnation, latest))
    marks.all.delete(id)
    return
  }
}
