// Whether a text names somebody. If a script writes words without spaces (Chinese, Japanese, Thai and others), or adds
// endings to a name (Korean), a name need not stand alone. Pure.

/** Whether `text` contains `name` as a word. */
export function isNamedIn(name: string, text: string): boolean {
  const [wanted, words] = [folded(name), folded(text)]
  if (wanted === '') return false
  for (let at = words.indexOf(wanted); at >= 0; at = words.indexOf(wanted, at + 1)) {
    if (isWord(words, at, at + wanted.length)) return true
  }
  return false
}

function folded(text: string): string {
  return text.normalize('NFC').toLowerCase()
}

function isWord(text: string, from: number, to: number): boolean {
  const [first, last] = [charAt(text, from), charBefore(text, to)]
  const [before, after] = [charBefore(text, from), charAt(text, to)]
  if (before === '@') return isEnd(last, after)
  // A single sign of such a script is usually part of another word.
  const isOneSign = UNSPACED.test(first) && to - from === first.length
  if (isOneSign) return !WORD.test(before) && !WORD.test(after)
  return isStart(before, first) && isEnd(last, after)
}

function isStart(before: string, first: string): boolean {
  if (!WORD.test(before)) return true
  return UNSPACED.test(before) || UNSPACED.test(first) || HANGUL.test(before) !== HANGUL.test(first)
}

function isEnd(last: string, after: string): boolean {
  // A vowel sign or a tone mark changes the last letter.
  if (!WORD.test(after) || MARK.test(after)) return !MARK.test(after)
  return UNSPACED.test(last) || UNSPACED.test(after) || HANGUL.test(after)
}

const WORD = /[\p{L}\p{N}\p{M}_]/u
const MARK = /\p{M}/u
const HANGUL = /\p{Script=Hangul}/u
const SCRIPTS = [
  'Han',
  'Hiragana',
  'Katakana',
  'Bopomofo',
  'Yi',
  'Thai',
  'Lao',
  'Khmer',
  'Myanmar',
  'Tibetan',
  'Javanese',
  'Balinese',
  'Tai_Le',
  'New_Tai_Lue',
  'Tai_Tham',
  'Tai_Viet'
]
  .map((script) => `\\p{Script=${script}}`)
  .join('')
/** Scripts without spaces between words (UAX #14, classes ID and SA). */
export const UNSPACED = new RegExp(`[\\u30FC${SCRIPTS}]`, 'u')

function charAt(text: string, at: number): string {
  return at < text.length ? String.fromCodePoint(text.codePointAt(at) ?? 0) : ''
}

function charBefore(text: string, at: number): string {
  return /.$/su.exec(text.slice(Math.max(0, at - 2), at))?.[0] ?? ''
}
