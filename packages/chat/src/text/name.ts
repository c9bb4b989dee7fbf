// Names of people: what this user may be called, and how we show the names of others. Pure.
import { cleanText, cutText } from './clean-text.ts'

/**
 * Limits on a name: wide enough for every name seen in the field, narrow enough that it never fills a line (a guess).
 */
export const MAX_NAME_GRAPHEMES = 32
export const MAX_NAME_BYTES = 64

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** The name of somebody who chose none: made from the node's id, so that two of them differ. */
export function defaultName(id: string): string {
  return `anon-${id.slice(0, 6)}`
}

/** Why this user may not take this name, in words for the user; null if they may. */
export function nameProblem(name: string): string | null {
  if (name === '') return 'a name needs at least one character'
  if (cleanText(name) !== name) return 'a name has no control or invisible characters'
  if (/\s/u.test(name)) return 'a name has no spaces, so that @name can be typed'
  if (/^[/#]/u.test(name)) return 'a name does not start with / or #'
  if (/[@~,]/u.test(name)) return 'a name has no @, ~ or comma: they stand between names and what tells them apart'
  if (TICK.test(name)) return 'a name has no tick: it stands beside names that were verified'
  if (isTooLong(name)) return `a name has at most ${MAX_NAME_GRAPHEMES} characters and ${MAX_NAME_BYTES} bytes`
  return null
}

/**
 * A stranger's name as it may be shown: clean, short, and without spaces. A space would let a name look like the rest
 * of a line, as in `(direct) bob -> hi`, and a ~ like one that this program marked (people/trust.ts).
 */
export function shownName(raw: string): string {
  const start = cutText(raw, MAX_RAW_NAME_BYTES).text
  const name = cleanText(start)
    .trim()
    .replace(/[\s@~,]+/gu, '_')
    .replace(TICKS, '_')
    .normalize('NFC')
  return isTooLong(name) || start.length < raw.length ? `${shorten(name)}…` : name
}

/** As much of a stranger's name as we keep: it looks the same as the whole, and is short however long that was. */
export function keptName(raw: string): string {
  const { text, cutBytes } = cutText(raw, MAX_RAW_NAME_BYTES + MAX_CHAR_BYTES)
  // Copied: a slice would keep the whole string from which it was cut.
  return cutBytes === 0 ? raw : Buffer.from(text).toString()
}

/** True if both spell one name; é is the same letter as one code point or as two. */
export function isSameName(one: string, other: string): boolean {
  return one.normalize('NFC') === other.normalize('NFC')
}

// Everything that could be taken for the tick of a verified name, with the variation selector that may follow.
const TICK = /[\u2611\u2705\u2713\u2714\u{1F5F8}\u{1F5F9}]\uFE0F?/u
const TICKS = new RegExp(TICK, 'gu')

// Cleaning removes characters, so we look at more than we show, but never at the rest of a name of megabytes.
const MAX_RAW_NAME_BYTES = 1024
// In UTF-8: a name that is cut beyond what we look at still shows that it was longer.
const MAX_CHAR_BYTES = 4

function isTooLong(name: string): boolean {
  return Buffer.byteLength(name) > MAX_NAME_BYTES || countGraphemes(name) > MAX_NAME_GRAPHEMES
}

function countGraphemes(text: string): number {
  let count = 0
  for (const _ of segmenter.segment(text)) count++
  return count
}

// Leaves room for the ellipsis (one grapheme, three bytes).
function shorten(name: string): string {
  const graphemes = [...segmenter.segment(name)].slice(0, MAX_NAME_GRAPHEMES - 1).map((part) => part.segment)
  while (Buffer.byteLength(graphemes.join('')) > MAX_NAME_BYTES - 3) graphemes.pop()
  return graphemes.join('')
}
