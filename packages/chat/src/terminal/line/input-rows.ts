// The line being typed, in as many rows as it needs and as there are, and the place of the cursor. Pure.
import { cellsOf, fitText, widthOf } from '../layout/cells.ts'
import { span } from '../layout/rows.ts'
import type { Row } from '../layout/tones.ts'
import type { Line } from './editor.ts'

export interface InputRows {
  readonly rows: readonly Row[]
  /** From 0, within these rows. */
  readonly cursor: { readonly row: number; readonly column: number }
}

/** At most `maxRows`: those around the cursor. */
export function inputRows(prompt: string, line: Line, columns: number, maxRows: number): InputRows {
  const label = fitText(span(prompt).text, Math.floor(columns / 2))
  const flow = new Flow(columns, widthOf(label))
  flow.add(line.text.slice(0, line.cursor))
  const cursor = flow.cursor()
  flow.add(line.text.slice(line.cursor))
  const rows = flow.rows.map((text, index): Row => (index === 0 ? [span(label, 'strong'), span(text)] : [span(text)]))
  const first = Math.max(0, Math.min(cursor.row - maxRows + 1, rows.length - 1))
  return { rows: rows.slice(first, first + maxRows), cursor: { row: cursor.row - first, column: cursor.column } }
}

// Broken anywhere, not at words, so that nothing jumps while you type.
class Flow {
  readonly rows: string[] = ['']
  readonly #columns: number
  #column: number

  constructor(columns: number, column: number) {
    this.#columns = columns
    this.#column = column
  }

  add(text: string): void {
    const [first = '', ...others] = text.split('\n')
    this.#addRow(first)
    for (const other of others) {
      this.#breakRow()
      this.#addRow(other)
    }
  }

  /** Where the next character will be: at the end of a full row, that is the next row. */
  cursor(): { row: number; column: number } {
    if (this.#column >= this.#columns) this.#breakRow()
    return { row: this.rows.length - 1, column: this.#column }
  }

  #addRow(text: string): void {
    for (const { text: piece, width } of cellsOf(text)) {
      if (this.#column + width > this.#columns && this.#column > 0) this.#breakRow()
      this.rows[this.rows.length - 1] += piece
      this.#column += width
    }
  }

  #breakRow(): void {
    this.rows.push('')
    this.#column = 0
  }
}
