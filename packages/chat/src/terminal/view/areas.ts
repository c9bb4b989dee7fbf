// How many rows each part of the screen gets. The line being typed comes first, then the conversation; the bars go if
// there is no room for them. Pure.
import { searchPrompt } from '../line/history-search.ts'
import { type InputRows, inputRows } from '../line/input-rows.ts'
import type { Model } from '../model/model.ts'

export interface Areas {
  readonly title: 0 | 1
  readonly log: number
  readonly candidates: 0 | 1
  readonly status: 0 | 1
  readonly input: InputRows
}

/** Rows that a line being typed may take, however high the screen: more hides the conversation (a guess). */
const MAX_INPUT_ROWS = 10

export function areasOf({ size, input: { line, completion, search }, prompt }: Model): Areas {
  const { rows, columns } = size
  const maxRows = Math.min(MAX_INPUT_ROWS, Math.max(1, Math.floor(rows / 3)))
  const input = inputRows(search === null ? prompt : searchPrompt(search), line, columns, maxRows)
  const status = rows >= 3 ? 1 : 0
  const title = rows >= 6 ? 1 : 0
  const candidates = completion !== null && rows >= 5 ? 1 : 0
  return { title, status, candidates, input, log: Math.max(0, rows - title - status - candidates - input.rows.length) }
}

/** Columns of the list of people, with the line before it. */
export const LIST_COLUMNS = 20
/** From this width on there is room for it: the conversation keeps 80 columns. */
const LISTED_COLUMNS = 100

/**
 * Columns of the conversation. If there is room and everyone is meant, the list of people who are here is beside it.
 */
export function logColumns({ size, conversations, status }: Model): number {
  const hasList = size.columns >= LISTED_COLUMNS && conversations.current.key === '' && status !== null
  return hasList ? size.columns - LIST_COLUMNS : size.columns
}

/** Rows of the conversation. */
export function logHeight(model: Model): number {
  return areasOf(model).log
}
