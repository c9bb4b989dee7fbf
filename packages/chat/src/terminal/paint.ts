// Frames as bytes for a terminal: only the rows that changed, in one synchronised update. The only file that writes
// control sequences to the screen; rows.ts has cleaned every other text before.
import { type Abilities, ALL_ABILITIES } from './abilities.ts'
import { cellsOf, RIGHT_TO_LEFT } from './layout/cells.ts'
import { type ColourDepth, hashOf, type Row, sgrOf } from './layout/tones.ts'
import type { Frame } from './view/view.ts'

const CSI = '\u001B['
const OSC = '\u001B]'
const STRING_END = '\u001B\\'
// LEFT-TO-RIGHT MARK: has no width, and separates right-to-left text from what is beside it. Terminals that arrange a
// row by themselves (VTE, Konsole, macOS) would swap a name and the text beside it.
const LRM = '\u200E'
const WRAP = `${CSI}?7h`
const NO_WRAP = `${CSI}?7l`
// DEC mode 2026: terminals that know it show everything in between at once; the others ignore it.
const UPDATE_BEGIN = `${CSI}?2026h${CSI}?25l`
const UPDATE_END = `${CSI}?25h${CSI}?2026l`

export class Painter {
  readonly #depth: ColourDepth
  readonly #abilities: Abilities
  #painted: readonly string[] = []
  #last = ''

  constructor(depth: ColourDepth, abilities: Abilities = ALL_ABILITIES) {
    this.#depth = depth
    this.#abilities = abilities
  }

  /** Paints all of the next frame: nobody knows what is on the screen now. */
  forget(): void {
    this.#painted = []
    this.#last = ''
  }

  /** The bytes that turn the screen into `frame`; empty if it already shows it. */
  paint(frame: Frame): string {
    return frame.bare === undefined ? this.#paintRows(frame) : this.#paintBare(frame.bare)
  }

  // Once: whatever is selected on the screen stays selected.
  #paintBare(lines: readonly string[]): string {
    if (this.#last === BARE) return ''
    this.#painted = []
    this.#last = BARE
    const texts = lines.map((line) => (this.#abilities.ascii ? inAscii(line) : line))
    return `${UPDATE_BEGIN}${CSI}0m${CSI}2J${goTo(0, 0)}${WRAP}${texts.join('\r\n')}${NO_WRAP}${UPDATE_END}`
  }

  #paintRows({ size, rows, cursor }: Frame): string {
    const place = `${size.columns}x${size.rows}@${cursor.row},${cursor.column}`
    const isResized = this.#last.split('@')[0] !== `${size.columns}x${size.rows}`
    const next = rows.map((row) => rowBytes(row, this.#depth, this.#abilities))
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

const BARE = 'bare'

/** A row from its first column on, with all attributes off at its end. */
export function rowBytes(row: Row, depth: ColourDepth, abilities: Abilities = ALL_ABILITIES): string {
  let bytes = ''
  let column = 0
  for (const { text, tone, link } of row) {
    const sgr = sgrOf(tone, depth)
    const placed = placedText(abilities.ascii ? inAscii(text) : text, column)
    const parted = RIGHT_TO_LEFT.test(text) ? `${LRM}${placed.bytes}${LRM}` : placed.bytes
    const linked = link !== undefined && abilities.links ? linkBytes(parted, link) : parted
    bytes += sgr === '' ? linked : `${CSI}${sgr}m${linked}${CSI}0m`
    column = placed.column
  }
  return bytes
}

// The id joins the parts of one link, even over several rows.
function linkBytes(text: string, link: string): string {
  return `${OSC}8;id=${hashOf(link).toString(36)};${link}${STRING_END}${text}${OSC}8;;${STRING_END}`
}

function inAscii(text: string): string {
  return text.replace(/[│─·…✓✗⏎]/g, (sign) => ASCII_SIGNS.get(sign) ?? sign)
}

const ASCII_SIGNS: ReadonlyMap<string, string> = new Map([
  ['│', '|'],
  ['─', '-'],
  ['·', '.'],
  ['…', '.'],
  ['✓', '+'],
  ['✗', 'x'],
  ['⏎', '/']
])

// After each character to which terminals give different widths, and after each run of others that are not ASCII (some
// terminals draw those twice as wide), we set the column again. A terminal that disagrees shows a gap or cuts a sign,
// and the rest is in its place.
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
