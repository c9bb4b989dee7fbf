// A QR code in half blocks, two modules to a character, light on dark: the way phones read it from a terminal.
import qrcode from 'qrcode-generator'

/** ISO/IEC 18004 asks for four; phones read with two, and a terminal has few rows. */
const QUIET = 2
/** A larger code does not fit into a terminal. */
export const MAX_QR_CHARACTERS = 300

/** Its rows; null: the text is too long for a terminal. Capitals and digits take the least room. */
export function qrRows(text: string): string[] | null {
  if (text.length > MAX_QR_CHARACTERS) return null
  const code = qrcode(0, 'L')
  code.addData(text, /^[0-9A-Z $%*+\-./:]*$/.test(text) ? 'Alphanumeric' : 'Byte')
  code.make()
  const size = code.getModuleCount()
  const isDark = (row: number, column: number) =>
    row >= 0 && column >= 0 && row < size && column < size && code.isDark(row, column)
  const rows: string[] = []
  for (let row = -QUIET; row < size + QUIET; row += 2) {
    let line = ''
    for (let column = -QUIET; column < size + QUIET; column++) {
      const [above, below] = [isDark(row, column), row + 1 >= size + QUIET || isDark(row + 1, column)]
      line += above ? (below ? ' ' : '▄') : below ? '▀' : '█'
    }
    rows.push(line)
  }
  return rows
}
