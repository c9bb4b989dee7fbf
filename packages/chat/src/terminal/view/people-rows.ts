// Who is here, in a list beside what is said to everyone, if the screen is wide enough. Pure.

import { fitName, namePieces, nameTone, nameWithTrust } from '../layout/names.ts'
import { fitRow, rowWidth, span } from '../layout/rows.ts'
import type { Row } from '../layout/tones.ts'
import type { Model } from '../model/model.ts'
import { LIST_COLUMNS, logColumns } from './areas.ts'

/** The rows of the conversation, with the list beside them. */
export function besidePeople(model: Model, rows: readonly Row[]): Row[] {
  const columns = logColumns(model)
  if (columns === model.size.columns) return [...rows]
  const people = peopleRows(model, rows.length)
  return rows.map((row, index) => {
    const fitted = fitRow(row, columns)
    const gap = span(' '.repeat(Math.max(0, columns - rowWidth(fitted))))
    return [...fitted, gap, span('│ ', 'faint'), ...(people[index] ?? [])]
  })
}

// By name; if there are too many, the last row says how many more.
function peopleRows({ status }: Model, height: number): Row[] {
  if (status === null) return []
  const width = LIST_COLUMNS - 2
  const own = [span(fitName(span(status.name).text, width), 'strong')]
  const others = status.people.map(({ name, fingerprint, trust }): Row => {
    const shown = fitName(span(nameWithTrust(name, fingerprint, trust)).text, width)
    return namePieces(shown).map((part) => ({ text: part, tone: nameTone(fingerprint, trust, false) }))
  })
  const all = [own, ...others]
  if (status.roomSize <= height && all.length <= height) return all
  const shown = all.slice(0, Math.max(0, height - 1))
  return [...shown, [span(`+${status.roomSize - shown.length}: /who`, 'faint')]]
}
