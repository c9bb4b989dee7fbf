// The rows of a conversation, from any place in it: entries, with lines between the days and before what is new. Makes
// only the rows that are asked for, however long the scrollback is. Pure.

import { ruled } from '../layout/rows.ts'
import { dayOf, isSameDay } from '../layout/time.ts'
import type { Row } from '../layout/tones.ts'
import type { Conversation, Position } from '../model/conversations.ts'
import type { Entry } from '../model/entries.ts'
import { rowsOfEntry } from './entry-rows.ts'

export interface PlacedRow extends Position {
  readonly row: Row
}

/** The rows that a view of `height` shows; fewer only if there are no more. */
export function visibleRows(conversation: Conversation, height: number, columns: number): PlacedRow[] {
  const { bottom } = conversation
  const rows = rowsUpTo(conversation, bottom, height, columns)
  const last = rows.at(-1)
  // What was above may have been skipped or pushed out since.
  if (bottom === null || last === undefined || rows.length >= height) return rows
  return [...rows, ...rowsAfter(conversation, last, height - rows.length, columns)]
}

/** At most `count` rows, the last of them at `bottom` (null: the newest); oldest first. */
export function rowsUpTo(
  conversation: Conversation,
  bottom: Position | null,
  count: number,
  columns: number
): PlacedRow[] {
  const { entries } = conversation.scrollback
  const blocks: PlacedRow[][] = []
  let found = 0
  for (let index = indexOf(entries, bottom); index >= 0 && found < count; index--) {
    const block = blockOf(conversation, entries, index, columns)
    const shown =
      bottom !== null && entries[index]?.seq === bottom.seq ? block.slice(0, block.length - bottom.below) : block
    blocks.unshift(shown)
    found += shown.length
  }
  return blocks.flat().slice(-count)
}

/** At most `count` rows that follow the one at `after`; oldest first. */
export function rowsAfter(conversation: Conversation, after: Position, count: number, columns: number): PlacedRow[] {
  const { entries } = conversation.scrollback
  const rows: PlacedRow[] = []
  for (let index = Math.max(0, indexOf(entries, after)); index < entries.length && rows.length < count; index++) {
    const block = blockOf(conversation, entries, index, columns)
    const isStart = entries[index]?.seq === after.seq
    rows.push(...(isStart ? block.slice(Math.max(0, block.length - after.below)) : block))
  }
  return rows.slice(0, count)
}

/** Entries below `bottom`. */
export function entriesBelow({ scrollback: { entries } }: Conversation, bottom: Position | null): number {
  return bottom === null ? 0 : entries.length - 1 - indexOf(entries, bottom)
}

// The entry may be gone, skipped or pushed out. If so, the one before it, or the oldest.
function indexOf(entries: readonly Entry[], position: Position | null): number {
  if (position === null) return entries.length - 1
  let low = 0
  let high = entries.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((entries[middle]?.seq ?? 0) <= position.seq) low = middle + 1
    else high = middle
  }
  return Math.min(Math.max(low - 1, 0), entries.length - 1)
}

function blockOf({ readUpTo }: Conversation, entries: readonly Entry[], index: number, columns: number): PlacedRow[] {
  const entry = entries[index]
  if (entry === undefined) return []
  const previous = entries[index - 1]
  const rows = [...rulesBefore(entry, previous, readUpTo, columns), ...rowsOfEntry(entry, previous, columns)]
  return rows.map((row, number) => ({ row, seq: entry.seq, below: rows.length - 1 - number }))
}

function rulesBefore(entry: Entry, previous: Entry | undefined, readUpTo: number | null, columns: number): Row[] {
  const rules: Row[] = []
  if (previous === undefined || !isSameDay(previous.at, entry.at)) rules.push(ruled(dayOf(entry.at), columns, 'faint'))
  const isFirstNew = readUpTo !== null && entry.seq > readUpTo && previous !== undefined && previous.seq <= readUpTo
  if (isFirstNew) rules.push(ruled('new', columns, 'notice'))
  return rules
}
