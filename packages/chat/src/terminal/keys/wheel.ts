// The wheel of a mouse. On the alternate screen many terminals send it as arrow keys, several for each notch and all in
// one write, which would replace the line being typed with history. Pure.

/**
 * This many arrows of one direction in one read come from the wheel: terminals send three or more for a notch, and one
 * at a time for a key held down.
 */
export const MIN_WHEEL_ARROWS = 3
/** Rows for a notch that comes as a mouse report; as many as most terminals send arrows. */
export const ROWS_PER_NOTCH = 3

const ARROWS = new RegExp(`^(?:(?:\u001B[[O]A){${MIN_WHEEL_ARROWS},}|(?:\u001B[[O]B){${MIN_WHEEL_ARROWS},})$`)

/** Rows that a read full of arrows scrolls: up if positive; 0 if it is not from the wheel. */
export function wheelRows(text: string): number {
  if (!ARROWS.test(text)) return 0
  const rows = text.length / '\u001B[A'.length
  return text.endsWith('A') ? rows : -rows
}
