// JSON from strangers, bounded before it is parsed: 4 MiB of brackets would become two million arrays. Pure.

/** Nesting depth of arrays and objects. Messages have none; some are left for fields of later versions. */
export const MAX_JSON_DEPTH = 16
/**
 * Commas, colons and brackets outside strings, which bound the values in a message. The largest of ours, an offer, has
 * some 20; a guess with room.
 */
export const MAX_JSON_MARKS = 4_096

/** The value; undefined if it is not JSON, or has a deeper nesting or more parts than a message. */
export function parseBounded(bytes: Uint8Array): unknown {
  if (!isBounded(bytes)) return undefined
  try {
    return JSON.parse(decoder.decode(bytes))
  } catch {
    return undefined
  }
}

// Not fatal: invalid UTF-8 becomes U+FFFD and the message is still shown, as with Go's decoder.
const decoder = new TextDecoder()

const QUOTE = 0x22
const BACKSLASH = 0x5c

function isBounded(bytes: Uint8Array): boolean {
  let depth = 0
  let marks = 0
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]
    if (byte === QUOTE) {
      at = endOfString(bytes, at)
      continue
    }
    if (byte === OPEN_LIST || byte === OPEN_OBJECT) depth++
    else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) depth--
    else if (byte !== COMMA && byte !== COLON) continue
    if (depth > MAX_JSON_DEPTH || ++marks > MAX_JSON_MARKS) return false
  }
  return true
}

const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT, COMMA, COLON] = Buffer.from('[]{},:')

/** Index of the quote that ends the string begun at `from`; past the end if there is none. */
function endOfString(bytes: Uint8Array, from: number): number {
  let end = bytes.indexOf(QUOTE, from + 1)
  while (end >= 0 && isEscaped(bytes, end)) end = bytes.indexOf(QUOTE, end + 1)
  return end < 0 ? bytes.length : end
}

function isEscaped(bytes: Uint8Array, at: number): boolean {
  let first = at
  while (bytes[first - 1] === BACKSLASH) first--
  return (at - first) % 2 === 1
}
