import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { check } from '../../../../test/support/property.ts'
import { cleanText, cutText, LINE_BREAK_MARK, MAX_MARKS } from '../../src/text/clean-text.ts'
import { FORBIDDEN, hostileText } from '../support/hostile-text.ts'

const ESC = '\u001B'

test('leaves ordinary text of any script as it is', () => {
  for (const text of [
    'hello',
    ' two  spaces ',
    'Grüße, tiếng Việt, ภาษาไทย, שלום, 漢字, 한국어',
    'smile 😀 ☃ 👋🏽 ❤️',
    '<tag> & "q"'
  ]) {
    assert.is(cleanText(text), text)
  }
})

test('removes colours, cursor movements and screen clearing', () => {
  assert.is(cleanText(`${ESC}[31mred${ESC}[0m ${ESC}[2J${ESC}[1;1Hhome`), 'red home')
  assert.is(cleanText('\u009B31mred\u009B0m'), 'red')
})

test('removes window titles, hyperlinks and clipboard writes whole', () => {
  assert.is(cleanText(`a${ESC}]0;evil title\u0007b`), 'ab')
  assert.is(cleanText(`a${ESC}]52;c;ZXZpbA==${ESC}\\b`), 'ab')
  assert.is(cleanText(`${ESC}]8;;http://evil${ESC}\\click${ESC}]8;;${ESC}\\`), 'click')
  assert.is(cleanText('a\u009D0;evil\u009Cb'), 'ab')
})

test('removes device control strings, privacy messages and short escapes', () => {
  assert.is(cleanText(`a${ESC}P1$r0m${ESC}\\b${ESC}^x${ESC}\\c${ESC}_y${ESC}\\d`), 'abcd')
  assert.is(cleanText(`a${ESC}cb${ESC}(0c${ESC}7d`), 'abcd')
})

test('disarms a sequence without an end and one made of the pieces of two', () => {
  assert.is(cleanText(`a${ESC}]0;no end`), 'a0;no end')
  assert.is(cleanText(`a${ESC}`), 'a')
  assert.is(cleanText(`a${ESC}[`), 'a')
  assert.is(cleanText(`${ESC}${ESC}[31m[31mx`), '[31mx')
})

test('removes bidi overrides, isolates and marks', () => {
  assert.is(cleanText('\u202Egnp.exe\u202C \u2066a\u2069 \u200Eb\u200F\u061C'), 'gnp.exe a b')
})

test('removes zero-width, tag and filler characters', () => {
  assert.is(cleanText('pay\u200Bpal\u200C\u200D\u2060\uFEFF\u00AD'), 'paypal')
  assert.is(cleanText(`hi\u{E0001}\u{E0068}\u{E0069}\u{E007F}\u3164\u115F`), 'hi')
})

test('keeps the flags that are spelled with tags, and no other tag', () => {
  const tags = (text: string) =>
    [...text].map((letter) => String.fromCodePoint(0xe0000 + letter.charCodeAt(0))).join('')
  const flag = (name: string) => `\u{1F3F4}${tags(name)}\u{E007F}`
  for (const name of ['gbeng', 'gbsct', 'gbwls']) assert.is(cleanText(`go ${flag(name)}!`), `go ${flag(name)}!`)
  for (const text of [flag('hidden'), `\u{1F3F4}${tags('gbeng')}`, `\u{1F3F4}\u200B${tags('gbeng')}\u{E007F}`])
    assert.is(cleanText(text), '\u{1F3F4}')
  assert.is(cleanText(`${flag('gbeng')}${tags('more')}`), flag('gbeng'))
})

test('keeps joiners that are spelling: in Persian, in Indic scripts, in emoji', () => {
  for (const text of [
    'می\u200Cخواهم',
    'کتاب\u200Cها.txt',
    'ه\u200D.ش',
    'بِ\u200Cهِ',
    'क्\u200Dष क्\u200Cष',
    'ශ්\u200Dරී ලංකා',
    'র\u200D্যাব',
    'ನ್\u200Cನ',
    'മലയാളം അവന്\u200D',
    '👨\u200D👩\u200D👧\u200D👦',
    '👩🏽\u200D❤️\u200D💋\u200D👨🏿',
    '🏳️\u200D🌈 👁️\u200D🗨️ 🧑🏽\u200D🚀'
  ])
    assert.is(cleanText(text), text)
})

test('removes joiners that are no spelling, where they would only make a text differ unseen', () => {
  for (const [text, clean] of [
    ['pay\u200Dpal', 'paypal'],
    ['د\u200Cو', 'دو'],
    ['می\u200C خواهم', 'می خواهم'],
    ['می\u200C\u200Cخواهم', 'میخواهم'],
    ['क\u200Cष', 'कष'],
    ['क्\u200D\u200Dष', 'क्\u200Dष'],
    ['漢\u200D字', '漢字'],
    ['👨\u200Da', '👨a'],
    ['\u200D\u200Cx', 'x']
  ] as const)
    assert.is(cleanText(text), clean, JSON.stringify(text))
})

test('joins no more emoji to one than Unicode recommends', () => {
  assert.is(cleanText('👩\u200D'.repeat(7)), '👩\u200D👩\u200D👩\u200D👩👩👩👩')
})

test('makes line breaks of every kind one visible mark and drops those at the end', () => {
  assert.is(cleanText('a\nb\r\nc\rd\u2028e\u2029f\u0085g\vh\fi\n\r\n'), 'abcdefghi'.split('').join(LINE_BREAK_MARK))
})

test('makes a tab a space', () => {
  assert.is(cleanText('a\tb'), 'a b')
})

test('replaces lone surrogates and keeps pairs', () => {
  assert.is(cleanText('a\uD800b\uDC00c😀'), 'a\uFFFDb\uFFFDc😀')
})

test('keeps a few combining marks on a character and none before the first', () => {
  assert.is(cleanText(`e${'\u0301'.repeat(10_000)}x`), `e${'\u0301'.repeat(MAX_MARKS)}x`)
  assert.is(cleanText('\u0301\u0302x'), 'x')
})

test('keeps what makes up one character on the screen small, whatever it is piled up from', () => {
  const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' })
  const longest = (text: string) =>
    Math.max(0, ...[...segmenter.segment(cleanText(text))].map(({ segment }) => [...segment].length))
  const piles = [
    '\u0301',
    '\u{1F3FB}',
    '\uFF9E',
    '\u1100',
    '\u1161',
    '\u11A8',
    '\u0E33',
    '\u0903',
    '\uFE0F',
    '\u20E3',
    '\u200D👩',
    '\u{1F1E6}',
    '\u0600'
  ]
  for (const pile of piles) assert.ok(longest(`x${pile.repeat(10_000)}`) <= 16, JSON.stringify(pile))
  const pieces = fc.array(fc.constantFrom(...piles, 'a', '👋', '한', '\u0600', '\u200B'), { maxLength: 200 })
  check(pieces, (text) => assert.ok(longest(text.join('')) <= 16))
  check(hostileText, (text) => assert.ok(longest(text) <= 16))
})

test('never lets a control, bidi, zero-width or tag character or a lone surrogate through', () => {
  check(hostileText, (text) => assert.not.match(cleanText(text), FORBIDDEN), 5000)
})

test('changes nothing the second time', () => {
  check(hostileText, (text) => assert.is(cleanText(cleanText(text)), cleanText(text)), 5000)
})

test('never makes a text longer', () => {
  check(hostileText, (text) => assert.ok(cleanText(text).length <= text.length))
})

test('cleans a megabyte of any one unfinished sequence in time that grows with its length only', () => {
  const pieces = [
    `${ESC}]`,
    '\u009D',
    `${ESC}[`,
    '\u009B;',
    '\r\n',
    '\u0301',
    `${ESC} `,
    '\n\u200B',
    `${ESC}P0`,
    '\uD800',
    'ب\u200C',
    'بٌ\u200C',
    '्\u200D',
    '👩\u200D'
  ]
  for (const piece of pieces) {
    const started = process.cpuUsage()
    cleanText(piece.repeat(1_000_000 / piece.length))
    // Measured 5 to 60 ms; a quadratic pattern takes minutes.
    assert.ok(process.cpuUsage(started).user < 5_000_000, JSON.stringify(piece))
  }
})

test('cuts at a byte count without breaking a character and says how much is missing', () => {
  assert.equal(cutText('abc', 3), { text: 'abc', cutBytes: 0 })
  assert.equal(cutText('abé', 3), { text: 'ab', cutBytes: 2 })
  assert.equal(cutText('a😀b', 4), { text: 'a', cutBytes: 5 })
})

test('a cut text and what is missing add up to the whole', () => {
  check(fc.tuple(hostileText, fc.integer({ min: 0, max: 60 })), ([text, maxBytes]) => {
    const cut = cutText(text, maxBytes)
    assert.ok(Buffer.byteLength(cut.text) <= maxBytes)
    assert.ok(text.startsWith(cut.text))
    assert.is(Buffer.byteLength(cut.text) + cut.cutBytes, Buffer.byteLength(text))
  })
})

test.run()
