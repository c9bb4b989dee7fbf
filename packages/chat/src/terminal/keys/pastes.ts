// Where a paste begins and ends in what a terminal sends. Pure.

const PASTE_END = '\u001B[201~'

/**
 * How far the text of a marked paste goes in `input`, and where what follows it begins: null until its end mark comes.
 */
export function pasteEnd(input: string): { upTo: number; after: number | null } {
  const end = input.indexOf(PASTE_END)
  if (end >= 0) return { upTo: end, after: end + PASTE_END.length }
  return { upTo: Math.max(0, input.length - PASTE_END.length + 1), after: null }
}

/**
 * Whether what came in one read is a paste that the terminal has not marked: text, an end of line, and more text.
 * Nobody types that fast. Over a slow line two short lines may come together, and then we ask about them like about a
 * paste.
 */
export function startOfUnmarked(text: string): boolean {
  return (
    /^(?:\P{Cc}|\t)*[\r\n]+(?:\P{Cc}|\t)/u.test(text) && /\P{Cc}[\r\n]/u.test(text) && !/(?![\t\r\n])\p{Cc}/u.test(text)
  )
}
