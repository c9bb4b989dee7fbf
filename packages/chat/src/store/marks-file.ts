// The high marks as text, and back. Pure.
import { type HighMarks, type Mark, newHighMarks } from '../guard/high-water-marks.ts'

/** The floor, and then a line for each author: id, incarnation, seq. */
export function marksText({ all, floor }: HighMarks): string {
  return [`floor ${floor}`, ...[...all].map(([id, { incarnation, seq }]) => `${id} ${incarnation} ${seq}`), ''].join(
    '\n'
  )
}

/** @throws SyntaxError for an invalid line. */
export function marksOf(text: string): HighMarks {
  const [first = '', ...lines] = text.trimEnd().split('\n')
  const floor = /^floor (\d{1,10})$/.exec(first)?.[1]
  if (floor === undefined) throw new SyntaxError('it does not begin with a floor')
  return newHighMarks(lines.map(markOf), Number(floor))
}

function markOf(line: string): [string, Mark] {
  const [, id, incarnation, seq] = /^([0-9a-f]{64}) (\d{1,10}) (\d{1,10})$/.exec(line) ?? []
  if (id === undefined) throw new SyntaxError('it has a line that is not a mark')
  return [id, { incarnation: Number(incarnation), seq: Number(seq) }]
}
