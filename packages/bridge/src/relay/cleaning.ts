// Text that goes out to programs that print whatever comes: gop2p's and the tutorial's. Pure.
import { cleanText } from '@floodnet/chat'

/** Room for the 40 characters of a key that part 6 shows, with some marks of networks. */
const MAX_NAME_CHARACTERS = 80

/** One line without control, escape and direction characters. */
export function cleanWords(text: string): string {
  return cleanText(text)
}

/** A name in which no bracket, space or line break can pretend to be something else. The end stays: there the marks are. */
export function cleanName(raw: string): string {
  const name = cleanText(raw.slice(-4 * MAX_NAME_CHARACTERS))
    .trim()
    .replace(/[<>\s]+/gu, '_')
    .normalize('NFC')
  return [...name].slice(-MAX_NAME_CHARACTERS).join('') || 'somebody'
}
