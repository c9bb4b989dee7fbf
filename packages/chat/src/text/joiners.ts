// The two invisible joiners, U+200C (ZWNJ) and U+200D (ZWJ): spelling in Persian and in Indic scripts, and glue in
// emoji; elsewhere a way to make two texts that look the same differ. Kept where Unicode's rules place them (CONTEXTJ
// of RFC 5892, UAX #31 R1a, UTS #51 ED-16). Pure.

/** Emoji joined to one: the largest that Unicode recommends, a family or a kiss, has four. */
export const MAX_JOINED_EMOJI = 4

/** The text without joiners in places where no rule puts them. */
export function withoutStrayJoiners(text: string): string {
  if (!ANY.test(text)) return text
  return text.replace(EMOJI_SEQUENCE, shortened).replace(STRAY, '')
}

const ANY = /[\u200C\u200D]/

// Letters that join to nothing on their left side as they are written, so after the letter (Joining_Type R and U in
// Unicode 15's DerivedJoiningType.txt): after them a joiner changes nothing.
const ENDING =
  '[\\u0621-\\u0625\\u0627\\u0629\\u062F-\\u0632\\u0648\\u0671-\\u0677\\u0688-\\u0699\\u06C0\\u06C3-\\u06CB\\u06CD\\u06CF\\u06D2\\u06D3' +
  '\\u06D5\\u06EE\\u06EF\\u0710\\u0715-\\u0719\\u071E\\u0728\\u072A\\u072C\\u072F\\u074D\\u0759-\\u075B\\u076B\\u076C\\u0771\\u0773\\u0774' +
  '\\u0778\\u0779\\u0840\\u0846\\u0847\\u0849\\u0854\\u0856-\\u0858\\u0867\\u0869\\u086A\\u0870-\\u0882\\u088E\\u08AA-\\u08AC\\u08AE\\u08B1' +
  '\\u08B2\\u08B9\\u{10AC5}\\u{10AC7}\\u{10AC9}\\u{10ACA}\\u{10ACE}-\\u{10AD2}\\u{10ADD}\\u{10AE1}\\u{10AE4}\\u{10AEF}\\u{10B81}' +
  '\\u{10B83}-\\u{10B85}\\u{10B89}\\u{10B8C}\\u{10B8E}\\u{10B8F}\\u{10B91}\\u{10BA9}-\\u{10BAC}\\u{10D22}\\u{10F33}\\u{10F54}\\u{10F74}' +
  '\\u{10F75}\\u{10FB4}-\\u{10FB6}\\u{10FB9}\\u{10FBA}\\u{10FBD}\\u{10FC2}\\u{10FC3}\\u{10FC9}]'
const CURSIVE = ['Arab', 'Syrc', 'Nkoo', 'Mong', 'Mand', 'Phag', 'Mani', 'Phlp', 'Rohg', 'Sogd', 'Ougr', 'Chrs', 'Adlm']
  .map((script) => `\\p{Script=${script}}`)
  .join('')
const JOINS = `(?=\\p{L})[${CURSIVE}]`
const JOINS_ON = `(?!${ENDING})${JOINS}`

// Signs that take the vowel from a consonant and join it to the next (Canonical_Combining_Class 9 in Unicode 15's
// UnicodeData.txt).
const VIRAMA =
  '[\\u094D\\u09CD\\u0A4D\\u0ACD\\u0B4D\\u0BCD\\u0C4D\\u0CCD\\u0D3B\\u0D3C\\u0D4D\\u0DCA\\u0E3A\\u0EBA\\u0F84\\u1039\\u103A\\u1714\\u1715' +
  '\\u1734\\u17D2\\u1A60\\u1B44\\u1BAA\\u1BAB\\u1BF2\\u1BF3\\u2D7F\\uA806\\uA82C\\uA8C4\\uA953\\uA9C0\\uAAF6\\uABED\\u{10A3F}\\u{11046}' +
  '\\u{11070}\\u{1107F}\\u{110B9}\\u{11133}\\u{11134}\\u{111C0}\\u{11235}\\u{112EA}\\u{1134D}\\u{11442}\\u{114C2}\\u{115BF}\\u{1163F}' +
  '\\u{116B6}\\u{1172B}\\u{11839}\\u{1193D}\\u{1193E}\\u{119E0}\\u{11A34}\\u{11A47}\\u{11A99}\\u{11C3F}\\u{11D44}\\u{11D45}\\u{11D97}' +
  '\\u{11F41}\\u{11F42}]'

const PICTURE = '\\p{Extended_Pictographic}[\\uFE0F\\p{Emoji_Modifier}]?'

const PLACES = [
  // Between two letters that would join (Persian "mi-khaham").
  `(?<=${JOINS_ON}\\p{Mn}*)\\u200C(?=\\p{Mn}*${JOINS})`,
  // A letter shown as if another followed (the Persian abbreviation of "Hijri").
  `(?<=${JOINS_ON}\\p{Mn}*)\\u200D`,
  // After a virama: a half form, or none.
  `(?<=\\p{L}\\p{M}*${VIRAMA})[\\u200C\\u200D]`,
  // Before one, where the first of two consonants keeps its form (Bengali "ra-ya", Kannada).
  `(?<=\\p{L})\\u200D(?=${VIRAMA})`,
  `(?<=${PICTURE})\\u200D(?=\\p{Extended_Pictographic})`
]
const STRAY = new RegExp(`(?!${PLACES.join('|')})[\\u200C\\u200D]`, 'gu')
const EMOJI_SEQUENCE = new RegExp(`(?:${PICTURE}\\u200D)+${PICTURE}`, 'gu')

function shortened(sequence: string): string {
  const parts = sequence.split('\u200D')
  const joined = parts.slice(0, MAX_JOINED_EMOJI).join('\u200D')
  return joined + parts.slice(MAX_JOINED_EMOJI).join('')
}
