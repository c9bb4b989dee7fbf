// What was heard in earlier runs, so that a recording played to a node that has just started is not shown again: the
// network's own windows are gone by then. Of each author the highest packet is kept; what is not above it was heard, or
// was sent before something that was. Pure and bounded; store/marks-file.ts keeps it on disk.

/**
 * Authors kept. Those not heard for longest give way; then unknown authors are refused up to the age of those that gave
 * way.
 */
export const MAX_MARKS = 4_096

/** The highest packet of an author: (incarnation, seq). */
export interface Mark {
  readonly incarnation: number
  readonly seq: number
}

export interface HighMarks {
  /** From earlier runs: judged by, never changed in this one, in which the network's windows see to replays. */
  readonly earlier: ReadonlyMap<string, Mark>
  /** Of all runs; the order is that of the last message. */
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

/** False for a message that an earlier run has heard, or may have. Remembers it otherwise. */
export function passesMarks(marks: HighMarks, id: string, incarnation: number, seq: number): boolean {
  const before = marks.earlier.get(id)
  if (before === undefined ? incarnation <= marks.earlierFloor : !isAbove(incarnation, seq, before)) return false
  const last = marks.all.get(id)
  if (last !== undefined && !isAbove(incarnation, seq, last)) return true
  marks.all.delete(id)
  marks.all.set(id, { incarnation, seq })
  marks.dirty = true
  if (marks.all.size > MAX_MARKS) forgetOldest(marks)
  return true
}

function isAbove(incarnation: number, seq: number, mark: Mark): boolean {
  return incarnation > mark.incarnation || (incarnation === mark.incarnation && seq > mark.seq)
}

function forgetOldest(marks: HighMarks): void {
  const [oldest] = marks.all
  if (oldest === undefined) return
  marks.floor = Math.max(marks.floor, oldest[1].incarnation)
  marks.all.delete(oldest[0])
}
