// What the state looks like: exactly as many rows as the screen has, none wider than it. Pure.

import { fitRow } from '../layout/rows.ts'
import type { Row } from '../layout/tones.ts'
import type { Model, Size } from '../model/model.ts'
import { areasOf, logColumns } from './areas.ts'
import { candidatesRow, statusRow, titleRow } from './bars.ts'
import { visibleRows } from './log-rows.ts'
import { besidePeople } from './people-rows.ts'

export interface Frame {
  readonly size: Size
  readonly rows: readonly Row[]
  /** From 0. */
  readonly cursor: { readonly row: number; readonly column: number }
  /** Shown in place of the rows, and wrapped by the terminal. */
  readonly bare?: readonly string[]
}

export function viewOf(model: Model): Frame {
  const { size, conversations, input } = model
  const { current } = conversations
  const areas = areasOf(model)
  const log = visibleRows(current, areas.log, logColumns(model)).map(({ row }) => row)
  const above: Row[] = [
    ...(areas.title === 1 ? [titleRow(model)] : []),
    // The newest row is next to the line being typed, even if there are few.
    ...besidePeople(model, [...Array.from({ length: areas.log - log.length }, (): Row => []), ...log]),
    ...(areas.candidates === 1 && input.completion !== null ? [candidatesRow(input.completion, size.columns)] : []),
    ...(areas.status === 1 ? [statusRow(model)] : [])
  ]
  const rows = [...above, ...areas.input.rows].map((row) => fitRow(row, size.columns)).slice(0, size.rows)
  const { row, column } = areas.input.cursor
  return {
    size,
    rows,
    ...(model.bare !== null && { bare: model.bare }),
    cursor: { row: Math.min(above.length + row, size.rows - 1), column: Math.min(column, size.columns - 1) }
  }
}
