// Which names look alike: two with the same skeleton would be taken for one person. The skeleton of Unicode's UTS #39
// without case, marks and signs, plus a few pairs that most fonts draw alike. Pure.
import { CONFUSABLES } from './confusables.ts'

/**
 * In a skeleton: a code point that Unicode has not assigned. It is drawn as a box or not at all, so it may pass for any
 * letter.
 */
export const ANY_LETTER = '\uFFFF'

/**
 * One or two: of the name in lower case, and of the name as written, since a capital may resemble a different letter
 * than its small form does (the Greek eta like H, and like n). Names that share one would be taken for the same. Never
 * shown.
 */
export function skeletonsOf(name: string): string[] {
  const plain = withoutMarks(name)
  return [...new Set([plain.toLowerCase(), plain].map(prototypeOf))]
}

export function looksLike(one: string, other: string): boolean {
  const others = skeletonsOf(other)
  return skeletonsOf(one).some((first) => others.some((second) => isAlike(first, second)))
}

/** Whether two skeletons may belong to names that look alike. */
export function isAlike(one: string, other: string): boolean {
  if (one === other) return true
  if (!one.includes(ANY_LETTER) && !other.includes(ANY_LETTER)) return false
  const [first, second] = [[...one], [...other]]
  return (
    first.length === second.length &&
    first.every((char, at) => char === second[at] || char === ANY_LETTER || second[at] === ANY_LETTER)
  )
}

function prototypeOf(name: string): string {
  const letters = [...name].map((char) => enclosed(char) ?? prototypes.get(char) ?? char).join('')
  return [...withoutSigns(withoutMarks(letters).toLowerCase())]
    .map((char) => TWINS.get(char) ?? char)
    .join('')
    .replace(UNASSIGNED, ANY_LETTER)
    .replace(/rn/g, 'm')
    .replace(/vv/g, 'w')
}

const UNASSIGNED = /\p{Cn}/gu

function withoutMarks(text: string): string {
  return text.normalize('NFKD').replace(/[\p{M}\p{Default_Ignorable_Code_Point}]/gu, '')
}

// A dot, a tick or a heart does not make another person; a name of signs alone stays as it is.
function withoutSigns(name: string): string {
  return name.replace(/[\p{P}\p{S}\p{Co}]/gu, '') || name
}

// Letters in black circles and squares, and those of flags, which NFKD does not map.
const ENCLOSED = [0x1f150, 0x1f170, 0x1f1e6] as const

function enclosed(char: string): string | null {
  const code = char.codePointAt(0) ?? 0
  const first = ENCLOSED.find((start) => code >= start && code < start + 26)
  return first === undefined ? null : String.fromCharCode(0x61 + code - first)
}

const prototypes = new Map(CONFUSABLES.split(',').flatMap(readRecord))

function readRecord(record: string): [string, string][] {
  const [target = '', sources = ''] = record.split('=')
  const text = target
    .split('+')
    .map((code) => String.fromCodePoint(Number.parseInt(code, 36)))
    .join('')
  let code = 0
  return sources.split(' ').map((step) => {
    code += Number.parseInt(step, 36)
    return [String.fromCodePoint(code), text]
  })
}

// What the table keeps apart, because it looks at one case and at careful fonts only: each Latin letter with small
// capitals, letters of other scripts, and digits.
const LOOKALIKES: Readonly<Record<string, string>> = {
  a: 'аαɑᴀⲁ',
  b: 'ьвβƅʙⲃß',
  c: 'сϲςᴄⲥ',
  d: 'ԁᴅ',
  e: 'еєεᴇⲉꞓɛ',
  f: 'ꜰ',
  g: 'ɡɢ',
  h: 'һнηʜⲏ',
  i: 'іιı1lӏɪɩᴉʟⲓ',
  j: 'јϳᴊ',
  k: 'кκᴋⲕĸ',
  m: 'мμᴍⲙʍ',
  n: 'пπոɴⲛ',
  o: 'о0οσօᴏⲟ',
  p: 'рρᴘⲣ',
  q: 'ԛꞯ',
  r: 'гѓʀ',
  s: 'ѕ5ꜱ',
  t: 'тτᴛⲧ',
  u: 'υսцᴜ',
  v: 'ѵνᴠ',
  w: 'ԝωᴡ',
  x: 'хχⲭ',
  y: 'уүγʏⲩ',
  z: 'ζᴢ'
}

const TWINS = new Map(
  Object.entries(LOOKALIKES).flatMap(([char, twins]) => [...twins].map((twin) => [twin, char] as const))
)
