// Frames as bytes for a terminal: only the rows that changed, in one synchronised update. The only file that writes control sequences
// into the screen; every other text has been cleaned by rows.ts before.
import { cellsOf } from './cells.ts'
import { type ColourDepth, type Row, sgrOf } from './tones.ts'
import type { Frame } from './view.ts'

const CSI = '\u001B['
// DEC mode 2026: terminals that know it show what is between at once; the others ignore it.
const UPDATE_BEGIN = `${CSI}?2026h${CSI}?25l`
const UPDATE_END = `${CSI}?25h${CSI}?2026l`

export class Painter {
  readonly #depth: ColourDepth
  #painted: readonly string[] = []
  #last = ''

  constructor(depth: ColourDepth) {
    this.#depth = depth
  }

  /** The next frame is painted whole: nobody knows what is on the screen now. */
  forget(): void {
    this.#painted = []
    this.#last = ''
  }

  /** What turns the screen into `frame`; empty when it is already there. */
  paint({ size, rows, cursor }: Frame): string {
    const place = `${size.columns}x${size.rows}@${cursor.row},${cursor.column}`
    const isResized = this.#last.split('@')[0] !== `${size.columns}x${size.rows}`
    const next = rows.map((row) => rowBytes(row, this.#depth))
    const changes = next.map((bytes, index) =>
      !isResized && bytes === this.#painted[index] ? '' : `${goTo(index, 0)}${CSI}2K${bytes}`
    )
    const change = (isResized ? `${CSI}0m${CSI}2J` : '') + changes.join('')
    if (change === '' && place === this.#last) return ''
    this.#painted = next
    this.#last = place
    return `${UPDATE_BEGIN}${change}${goTo(cursor.row, cursor.column)}${UPDATE_END}`
  }
}

/** A row from its first column on, with all attributes off at its end. */
export function rowBytes(row: Row, depth: ColourDepth): string {
  let bytes = ''
  let column = 0
  for (const { text, tone } of row) {
    const sgr = sgrOf(tone, depth)
    const placed = placedText(text, column)
    bytes += sgr === '' ? placed.bytes : `${CSI}${sgr}m${placed.bytes}${CSI}0m`
    column = placed.column
  }
  return bytes
}

// After each character that terminals give different widths, and after each run of others that are not ASCII (some draw those twice as
// wide), the column is set anew: a terminal that sees it otherwise shows a gap or cuts a sign, and the rest stands where it belongs.
function placedText(text: string, from: number): { bytes: string; column: number } {
  if (/^[ -~]*$/.test(text)) return { bytes: text, column: from + text.length }
  let bytes = ''
  let column = from
  let isDoubtful = false
  for (const cell of cellsOf(text)) {
    const isPlain = cell.text >= ' ' && cell.text <= '~' && cell.text.length === 1
    if (isDoubtful && isPlain) bytes += `${CSI}${column + 1}G`
    bytes += cell.text
    column += cell.width
    if (cell.fickle) bytes += `${CSI}${column + 1}G`
    isDoubtful = !isPlain && !cell.fickle
  }
  return { bytes: isDoubtful ? `${bytes}${CSI}${column + 1}G` : bytes, column }
}

function goTo(row: number, column: number): string {
  return `${CSI}${row + 1};${column + 1}H`
}
