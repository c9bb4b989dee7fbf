// Any text for property tests. fast-check's own `fc.string({ unit: 'binary' })` makes a table of all code points first,
// which takes a second in each process.
import fc from 'fast-check'

const SURROGATES = { first: 0xd800, count: 0x800 }
const LAST_CODE_POINT = 0x10ffff
/** Names that a lookup in a plain object would find. */
const INHERITED = ['__proto__', 'constructor', 'toString', 'valueOf', 'hasOwnProperty']

const character = fc
  .oneof(
    fc.integer({ min: 0x20, max: 0x7e }),
    fc.integer({ min: 0, max: 0xff }),
    fc.integer({ min: 0, max: LAST_CODE_POINT - SURROGATES.count })
  )
  .map((index) => String.fromCodePoint(index < SURROGATES.first ? index : index + SURROGATES.count))

/** Any code points but lone surrogates, often ASCII or Latin. Lengths in code points. */
export function anyText(
  lengths: { readonly minLength?: number; readonly maxLength?: number } = {}
): fc.Arbitrary<string> {
  const { minLength = 0, maxLength = Number.POSITIVE_INFINITY } = lengths
  const inherited = INHERITED.filter(({ length }) => length >= minLength && length <= maxLength)
  const text = fc.array(character, lengths).map((characters) => characters.join(''))
  return fc.oneof({ weight: 20, arbitrary: text }, { weight: 1, arbitrary: fc.constantFrom(...inherited) })
}
