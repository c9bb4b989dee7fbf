// A terminal's answers to questions, ours or those of a program before us: strings (OSC, DCS, SOS, PM, APC) with an end
// of their own. They are not keys, so we drop them whole. Pure.

const ESC = '\u001B'
const BEGIN = new RegExp(`^${ESC}[\\]PX^_]\\P{Cc}*`, 'u')
const BELL = '\u0007'
/**
 * Longest answer that the parser waits for: a colour table or a clipboard may have some thousand characters (a guess).
 */
export const MAX_REPLY_CHARS = 8_192

/**
 * The length of the reply that `input` begins with; null if it begins with none. A reply without its end goes up to the
 * next control character. With nothing after its first two characters, it is a key pressed with Alt.
 */
export function takeReply(input: string, isAll: boolean): number | 'unfinished' | null {
  const begun = BEGIN.exec(input)?.[0].length
  if (begun === undefined) return null
  if (begun === input.length) {
    if (!isAll && begun < MAX_REPLY_CHARS) return 'unfinished'
    return begun === 2 ? null : begun
  }
  if (input[begun] === BELL || input[begun] === '\u009C') return begun + 1
  if (input[begun] !== ESC) return begun === 2 ? null : begun
  if (input.length === begun + 1 && !isAll) return 'unfinished'
  if (input[begun + 1] === '\\') return begun + 2
  return begun === 2 ? null : begun
}
