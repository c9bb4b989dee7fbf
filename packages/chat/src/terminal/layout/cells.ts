// Text as a terminal lays it out: graphemes, each one or two columns wide. Pure. The widths are those of string-width
// (UAX #11 and the emoji tables). Where terminals disagree about a grapheme, paint.ts sets the column again after it,
// so that no row ever shifts.
import stringWidth from 'string-width'

/** One piece on the screen. */
export interface Cell {
  readonly text: string
  readonly width: 1 | 2
  /** Terminals disagree about its width: emoji, flags, keycaps, letters with marks. */
  readonly fickle: boolean
}

/** The cells of cleaned text. Leaves out what has no width of its own and no character before it to attach to. */
export function cellsOf(text: string): Cell[] {
  if (isAscii(text)) return Array.from(text, asciiCell)
  const cells: Cell[] = []
  for (const part of text.match(PARTS) ?? []) {
    if (isAscii(part)) for (const char of part) cells.push(asciiCell(char))
    else for (const { segment } of segmenter.segment(part)) addCluster(cells, segment)
  }
  return cells
}

// Segmenting is slow, and most text is ASCII: we segment only the rest, with the one character before it that marks may
// attach to.
const PARTS = /[ -~]+(?=[ -~]|$)|[ -~]?[^ -~]+/g

/** Columns that cleaned text takes. */
export function widthOf(text: string): number {
  if (isAscii(text)) return text.length
  return cellsOf(text).reduce((sum, { width }) => sum + width, 0)
}

/**
 * The longest start of cleaned text that fits into `columns`, with an ellipsis in its last column if something is
 * missing.
 */
export function fitText(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text
  if (columns < 1) return ''
  let width = 0
  let fitted = ''
  for (const cell of cellsOf(text)) {
    if (width + cell.width > columns - 1) break
    width += cell.width
    fitted += cell.text
  }
  return `${fitted}…`
}

/**
 * Cleaned text as rows of at most `columns`: broken at spaces and between wide characters, and anywhere in a word that
 * is longer than a row. A character that does not fit into a row at all becomes a question mark.
 */
export function wrapText(text: string, columns: number): string[] {
  const rows: string[] = []
  let row: Cell[] = []
  let width = 0
  // Cells of the row before the last place where we may break it.
  let breakable = 0
  for (const wanted of cellsOf(text)) {
    const cell = wanted.width <= columns ? wanted : TOO_WIDE
    // A wide character may begin a row, whatever comes before it.
    if (cell.width === 2) breakable = row.length
    while (width + cell.width > columns && row.length > 0) {
      const end = breakable > 0 && cell.text !== ' ' ? breakable : row.length
      rows.push(textOf(row.slice(0, end)).trimEnd())
      row = row.slice(end)
      width = row.reduce((sum, kept) => sum + kept.width, 0)
      breakable = 0
    }
    // The row break stands for the space.
    if (cell.text === ' ' && row.length === 0 && rows.length > 0) continue
    row.push(cell)
    width += cell.width
    if (cell.text === ' ' || cell.width === 2) breakable = row.length
  }
  return [...rows, textOf(row)]
}

export function textOf(cells: readonly Cell[]): string {
  return cells.map(({ text }) => text).join('')
}

/** Where graphemes begin and end, for the editor as well. */
export const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** Scripts from right to left, and digits of theirs. */
export const RIGHT_TO_LEFT = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u

const TOO_WIDE: Cell = { text: '?', width: 1, fickle: false }

function isAscii(text: string): boolean {
  return /^[ -~]*$/.test(text)
}

// Takes apart a cluster of the very few scripts that stack more than two columns into one (old Hangul): nothing is
// wider than two.
function addCluster(cells: Cell[], cluster: string): void {
  const cell = knownCell(cluster)
  if (cell !== null) return void cells.push(cell)
  for (const char of cluster) {
    const part = knownCell(char)
    if (part !== null) cells.push(part)
  }
}

function asciiCell(char: string): Cell {
  return knownCell(char) ?? TOO_WIDE
}

// Measuring takes some us, and texts repeat their characters. Emptied when full: simpler than an order of use, and just
// as good here.
const known = new Map<string, Cell | null>()
const MAX_KNOWN = 4096

function knownCell(text: string): Cell | null {
  const before = known.get(text)
  if (before !== undefined) return before
  const width = stringWidth(text, { countAnsiEscapeCodes: true })
  const cell = width === 1 || width === 2 ? ({ text, width, fickle: isFickle(text) } as const) : null
  if (known.size >= MAX_KNOWN) known.clear()
  known.set(text, cell)
  return cell
}

function isFickle(text: string): boolean {
  const first = String.fromCodePoint(text.codePointAt(0) ?? 0)
  return text.length > first.length || /\p{Extended_Pictographic}|\p{Regional_Indicator}/u.test(text)
}
