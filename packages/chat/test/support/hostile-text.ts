// What nobody should be able to do to a screen: hostile text, and what must not be left of it.
import fc from 'fast-check'
import { anyText } from '../../../../test/support/text.ts'

/** Text as an attacker would write it: any UTF-16, rich in what terminals obey. */
export const hostileText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '\u001B',
        '\u001B[',
        '\u009B',
        '\u001B]0;',
        '\u0007',
        '\u001B\\',
        '\u009C',
        '\u0090',
        '\u001B(0',
        '[31m',
        '2J'
      ),
      fc.constantFrom(
        '\r',
        '\n',
        '\r\n',
        '\t',
        '\b',
        '\u007F',
        '\u0000',
        '\u0085',
        '\u2028',
        '\u2029',
        '\v',
        '\f',
        '⏎'
      ),
      fc.constantFrom(
        '\u202E',
        '\u2066',
        '\u2069',
        '\u200F',
        '\u061C',
        '\u200B',
        '\u200D',
        '\u200C',
        '\uFEFF',
        '\u00AD',
        '\u{E0041}',
        '\uFE0F'
      ),
      fc.constantFrom(
        '\u0301',
        '\u0301\u0302\u0303\u0304\u0305\u0306',
        '\uD800',
        '\uDC00',
        '\uFFFE',
        '👨‍👩‍👧',
        'é',
        'אב',
        '漢字',
        'بب',
        'क्',
        '👩'
      ),
      anyText({ maxLength: 8 }),
      fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit))
    ),
    { maxLength: 40 }
  )
  .map((parts) => parts.join(''))

/** What no screen may ever be sent as part of a line. Joiners are spelling in some places. */
export const FORBIDDEN =
  /[\p{Cc}\p{Cs}\u00AD\u061C\u115F\u1160\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\u3164\uFEFF\uFFA0\uFFF0-\uFFFB]|[\u{E0000}-\u{E0FFF}]/u
