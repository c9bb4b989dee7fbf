// Moves the view over a conversation. It is bound to a row of an entry, not to a distance from the end, so that what
// you read stays in place while more arrives. Pure.

import type { Conversation, Position } from '../model/conversations.ts'
import type { Model } from '../model/model.ts'
import { logColumns, logHeight } from './areas.ts'
import { rowsAfter, rowsUpTo } from './log-rows.ts'

/** `rows` up (towards the old), or down if negative. */
export function scrollBy(model: Model, rows: number): void {
  const { current } = model.conversations
  current.bottom = rows > 0 ? above(model, current, rows) : below(model, current, -rows)
}

export function scrollToStart(model: Model): void {
  const { current } = model.conversations
  const first = current.scrollback.entries[0]
  if (first === undefined) return
  // As if all rows of the first entry were below, and one more.
  const start = rowsAfter(
    current,
    { seq: first.seq, below: Number.MAX_SAFE_INTEGER },
    logHeight(model) + 1,
    logColumns(model)
  )
  if (start.length <= logHeight(model)) return
  const last = start[logHeight(model) - 1]
  if (last !== undefined) current.bottom = { seq: last.seq, below: last.below }
}

export function scrollToEnd(model: Model): void {
  model.conversations.current.bottom = null
}

// Stops when the oldest row is at the top.
function above(model: Model, conversation: Conversation, rows: number): Position | null {
  const height = logHeight(model)
  const placed = rowsUpTo(conversation, conversation.bottom, height + rows, logColumns(model))
  const last = placed[Math.max(placed.length - 1 - rows, Math.min(height, placed.length) - 1)]
  return last === undefined || last === placed.at(-1) ? conversation.bottom : { seq: last.seq, below: last.below }
}

function below(model: Model, conversation: Conversation, rows: number): Position | null {
  if (conversation.bottom === null) return null
  const placed = rowsAfter(conversation, conversation.bottom, rows + 1, logColumns(model))
  const last = placed[rows - 1]
  return placed.length <= rows || last === undefined ? null : { seq: last.seq, below: last.below }
}
