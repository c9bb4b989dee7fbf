// Makes text from strangers safe to print: no control, escape, bidi or invisible character survives, except joiners
// where they are spelling. Pure; knows nothing of screens. `cleanText` never makes text longer and is idempotent
// (test/text/clean-text.test.ts).
import { withoutStrayJoiners } from './joiners.ts'

/** Stands for a line break inside a message, so that no text can forge a line of its own. */
export const LINE_BREAK_MARK = '⏎'

/** Marks kept on one base character. Vietnamese and Thai need 2, Hebrew with cantillation 3; 4 is a guess with room. */
export const MAX_MARKS = 4

/** Text that may be printed on one line of any terminal. Tabs become spaces, line breaks a visible mark. */
export function cleanText(text: string): string {
  const safe = text
    .replace(ESCAPE_SEQUENCE, '')
    .replace(LONE_SURROGATE, '\uFFFD')
    .replace(INVISIBLE_BUT_FLAGS, '$1')
    .replace(CONTROL, '')
    .replace(TAB, ' ')
    .replace(LAST_LINE_BREAKS, '')
    .replace(LINE_BREAK, LINE_BREAK_MARK)
  const small = withoutStrayJoiners(safe)
    .replace(LEADING_MARKS, '')
    .replace(EXCESS_MARKS, '$1')
    .replace(EXCESS_JAMO, '$1$2$3')
  // Once more: the mark that justified a joiner may have been one too many.
  return withoutStrayJoiners(small)
}

/**
 * The longest start of `text` whose UTF-8 has at most `maxBytes`, never ending inside a code point, and how many bytes
 * it leaves out.
 */
export function cutText(text: string, maxBytes: number): { text: string; cutBytes: number } {
  const bytes = Buffer.byteLength(text)
  if (bytes <= maxBytes) return { text, cutBytes: 0 }
  let used = 0
  let end = 0
  for (const char of text) {
    const size = Buffer.byteLength(char)
    if (used + size > maxBytes) break
    used += size
    end += char.length
  }
  return { text: text.slice(0, end), cutBytes: bytes - used }
}

// Sequences of ECMA-48, in their 7-bit (ESC [) and 8-bit (U+009B) spelling. A string (OSC, DCS, SOS, PM, APC) without
// its end loses only its introducer, so that the rest shows as plain text. No class matches an introducer: each run is
// scanned once.
const ESC = '\u001B'
const STRING = `(?:${ESC}[\\]PX^_]|[\u0090\u0098\u009D-\u009F])[^\\p{Cc}]*(?:\u0007|\u009C|${ESC}\\\\)`
const CSI = `(?:${ESC}\\[|\u009B)[0-?]*[ -/]*[@-~]?`
const SHORT_ESCAPE = `${ESC}[ -/]*[0-~]?`
const ESCAPE_SEQUENCE = new RegExp([STRING, CSI, SHORT_ESCAPE].join('|'), 'gu')

const LONE_SURROGATE = /\p{Cs}/gu
// What Unicode calls default-ignorable (zero-width, bidi marks and isolates, tags, fillers, soft hyphen), except the
// two variation selectors that choose between text and emoji, and the joiners (joiners.ts); also interlinear
// annotations, and code points that are not characters.
const INVISIBLE =
  '(?![\\uFE0E\\uFE0F\\u200C\\u200D])\\p{Default_Ignorable_Code_Point}|\\p{Bidi_Control}|[\\uFFF9-\\uFFFB]|\\p{Noncharacter_Code_Point}'
// The flags of England, Scotland and Wales: a black flag and the letters gbeng, gbsct or gbwls in tags, with their end.
// All that Unicode recommends of this kind (RGI_Emoji_Tag_Sequence of UTS #51); any other tag could carry hidden text.
const TAG_FLAG = `\u{1F3F4}${tags('gb')}(?:${['eng', 'sct', 'wls'].map(tags).join('|')})\u{E007F}`
const INVISIBLE_BUT_FLAGS = new RegExp(`(${TAG_FLAG})|${INVISIBLE}`, 'gu')

function tags(letters: string): string {
  return [...letters].map((letter) => String.fromCodePoint(0xe0000 + letter.charCodeAt(0))).join('')
}

// C0, DEL and C1, except the tab and the line breaks.
const CONTROL = /(?![\t-\r\u0085])\p{Cc}/gu
const TAB = /\t/g
const LINE_BREAK = /\r\n|[\n\v\f\r\u0085\u2028\u2029]/g
const LAST_LINE_BREAKS = /(?<![\n\v\f\r\u0085\u2028\u2029])[\n\v\f\r\u0085\u2028\u2029]+$/
const LEADING_MARKS = /^\p{M}+/u
// Everything that Unicode's segmentation (UAX #29) allows to pile up on one character: marks, skin tones, the sound
// marks of halfwidth kana, two vowels of Thai and Lao, the signs that stand before a number, and joiners.
const PILED =
  '[\\p{M}\\p{Emoji_Modifier}\\uFF9E\\uFF9F\\u0E33\\u0EB3\\u0600-\\u0605\\u06DD\\u070F\\u0890\\u0891\\u08E2\\u200C\\u200D]'
const EXCESS_MARKS = new RegExp(`(${PILED}{${MAX_MARKS}})${PILED}+`, 'gu')
// Also the letters that make up one Hangul syllable: leading ones, vowels, trailing ones. Old Korean has three at most.
const EXCESS_JAMO = new RegExp(
  ['\\u1100-\\u115E\\uA960-\\uA97C', '\\u1161-\\u11A7\\uD7B0-\\uD7C6', '\\u11A8-\\u11FF\\uD7CB-\\uD7FB']
    .map((jamo) => `([${jamo}]{${MAX_MARKS}})[${jamo}]+`)
    .join('|'),
  'gu'
)
