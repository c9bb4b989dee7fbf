// Cleans text for programs that print whatever arrives: gop2p's and the tutorial's. Pure.
import { cleanText } from '@floodnet/chat'

/** Room for the 40 characters of a key that part 6 shows. Marks of networks come on top. */
const MAX_NAME_CHARACTERS = 80
/** Characters of a name that we examine: more than MAX_MARKS marks, in UTF-16 units. */
const MAX_RAW_CHARACTERS = 1_024

/** One line without control, escape and direction characters. */
export function cleanMessage(text: string): string {
  return cleanText(text)
}

/**
 * A name in which no bracket, space or line break can pretend to be something else. Its marks stay complete, because
 * they stop loops.
 */
export function cleanName(raw: string): string {
  const name = cleanText(raw.slice(-MAX_RAW_CHARACTERS))
    .trim()
    .replace(/[<>\s]+/gu, '_')
    .normalize('NFC')
  const at = name.indexOf('@')
  const [own, marks] = at < 0 ? [name, ''] : [name.slice(0, at), name.slice(at)]
  return `${[...own].slice(0, MAX_NAME_CHARACTERS).join('') || 'somebody'}${marks}`
}
