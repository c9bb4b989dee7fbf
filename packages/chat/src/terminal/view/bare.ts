// The bare view (Alt+L): the text alone, without bars and columns, and wrapped by the terminal itself, so that you can
// select and copy what is longer than a row in one piece. Pure.
import { widthOf } from '../layout/cells.ts'
import { span } from '../layout/rows.ts'
import type { Model } from '../model/model.ts'
import { plainLinesOf } from './entry-rows.ts'

const HINT = '-- any key goes back --'

/** What fits on the screen, up to the newest or to where the view was scrolled. */
export function bareLines({ conversations: { current }, size }: Model): string[] {
  const lines: string[] = []
  let room = size.rows - rowsOf(HINT, size.columns)
  const upTo = current.bottom?.seq ?? Number.POSITIVE_INFINITY
  for (const entry of current.scrollback.entries.filter(({ seq }) => seq <= upTo).reverse()) {
    const texts = plainLinesOf(entry).map((text) => span(text).text)
    room -= texts.reduce((sum, text) => sum + rowsOf(text, size.columns), 0)
    if (room < 0) break
    lines.unshift(...texts)
  }
  return [...lines, HINT]
}

// One more than needed if the last row is full: terminals differ in where the cursor is then.
function rowsOf(text: string, columns: number): number {
  return Math.floor(widthOf(text) / Math.max(1, columns)) + 1
}
