// A terminal of a few lines: knows the sequences that the screen may send and refuses every other, so that nothing else
// gets through unseen. Its widths can be others than ours.
import stringWidth from 'string-width'

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** Moves, erasing, attributes, and the modes of a frame. */
const ESC = '\u001B'
const SEQUENCE = new RegExp(
  `^(?:${ESC}\\[(?:(\\d+);(\\d+)H|(\\d+)G|([02][JK])|[\\d;]*m|\\?(?:2026|25|7)[hl])|${ESC}\\]8;(?:id=\\w+)?;[!-~]*${ESC}\\\\|\\r\\n)`
)

export class Vt {
  readonly columns: number
  readonly rows: number
  readonly #widthOf: (grapheme: string) => number
  #grid: string[][]
  row = 0
  column = 0
  /** Columns written beyond the right edge, where a terminal would begin a new row or lose them. */
  overflow = 0

  constructor(columns: number, rows: number, widthOf: (grapheme: string) => number = stringWidth) {
    this.columns = columns
    this.rows = rows
    this.#widthOf = widthOf
    this.#grid = Array.from({ length: rows }, () => [])
  }

  get lines(): string[] {
    return this.#grid.map((row) =>
      Array.from({ length: this.columns }, (_, at) => row[at] ?? ' ')
        .join('')
        .trimEnd()
    )
  }

  /** Where `text` begins in a row: columns, not characters. */
  columnOf(row: number, text: string): number {
    const cells = this.#grid[row] ?? []
    return Array.from({ length: this.columns }, (_, at) => at).findIndex(
      (at) => cells.slice(at, at + text.length).join('') === text
    )
  }

  write(bytes: string): this {
    let rest = bytes
    while (rest !== '') {
      const text = /^[^\p{Cc}]+/u.exec(rest)?.[0]
      rest = text === undefined ? rest.slice(this.#obey(rest)) : rest.slice(this.#put(text))
    }
    return this
  }

  #obey(rest: string): number {
    const found = SEQUENCE.exec(rest)
    if (found === null) throw new Error(`no sequence of ours: ${JSON.stringify(rest.slice(0, 20))}`)
    const [whole, row, column, toColumn, erase] = found
    if (row !== undefined) this.#goTo(Number(row) - 1, Number(column) - 1)
    if (whole === '\r\n') this.#goTo(this.row + 1, 0)
    if (toColumn !== undefined) this.#goTo(this.row, Number(toColumn) - 1)
    if (erase === '2J') this.#grid = this.#grid.map(() => [])
    if (erase === '2K') this.#grid[this.row] = []
    return whole.length
  }

  #goTo(row: number, column: number): void {
    if (row >= this.rows || row < 0) throw new Error(`row ${row} of ${this.rows}`)
    this.row = row
    this.column = Math.min(column, this.columns - 1)
  }

  #put(text: string): number {
    for (const { segment } of segmenter.segment(text)) {
      const width = this.#widthOf(segment)
      this.overflow += Math.max(0, this.column + width - this.columns)
      const cells = this.#grid[this.row] ?? []
      for (let at = 0; at < width; at++) cells[this.column + at] = at === 0 ? segment : ''
      this.column += width
    }
    return text.length
  }
}
