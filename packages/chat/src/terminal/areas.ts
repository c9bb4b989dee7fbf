// Which part of the screen gets how many rows. The line being typed comes first, then the conversation; the bars go when there is no
// room for them. Pure.
import { searchPrompt } from './history-search.ts'
import { type InputRows, inputRows } from './input-rows.ts'
import type { Model } from './model.ts'

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

/** Rows of the conversation. */
export function logHeight(model: Model): number {
  return areasOf(model).log
}
