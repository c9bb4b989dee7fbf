// Rows of the screen, made of spans. Their text is cleaned here and nowhere else on the way to the terminal (invariant
// "clean screen").
import { cleanText } from '../../text/clean-text.ts'
import { fitText, widthOf } from './cells.ts'
import type { Row, Span, Tone } from './tones.ts'

/** Any text, as a piece of a row. */
export function span(text: string, tone: Tone = 'plain'): Span {
  return { text: cleanText(text), tone }
}

export function rowWidth(row: Row): number {
  return row.reduce((sum, { text }) => sum + widthOf(text), 0)
}

/** At most `columns` of a row. */
export function fitRow(row: Row, columns: number): Row {
  const fitted: Span[] = []
  let left = columns
  for (const piece of row) {
    const width = widthOf(piece.text)
    fitted.push(width <= left ? piece : { ...piece, text: fitText(piece.text, left) })
    left -= width
    if (left <= 0) break
  }
  return fitted
}

/**
 * `left` and `right` at the ends of a row of `columns`, with `tone` between. If they do not fit, the left side is cut.
 */
export function spread(left: Row, right: Row, columns: number, tone: Tone): Row {
  const room = Math.max(0, columns - rowWidth(right))
  const start = fitRow(left, room)
  const gap = Math.max(0, room - rowWidth(start))
  return fitRow([...start, span(' '.repeat(gap), tone), ...right], columns)
}

/** A text in the middle of a line across the screen. */
export function ruled(text: string, columns: number, tone: Tone): Row {
  const label = fitText(cleanText(` ${text} `), Math.max(0, columns - 4))
  const left = Math.max(0, Math.floor((columns - widthOf(label)) / 2))
  const right = Math.max(0, columns - left - widthOf(label))
  return [span('─'.repeat(left), 'faint'), span(label, tone), span('─'.repeat(right), 'faint')]
}
