import fc from 'fast-check'
import stringWidth from 'string-width'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { check } from '../../../../../test/support/property.ts'
import { anyText } from '../../../../../test/support/text.ts'
import { cellsOf, fitText, textOf, widthOf, wrapText } from '../../../src/terminal/layout/cells.ts'
import { cleanText } from '../../../src/text/clean-text.ts'
import { hostileText } from '../../support/hostile-text.ts'

test('CJK and emoji are two columns wide, marks none, letters one', () => {
  const widths = [
    ['漢字', 4],
    ['한국', 4],
    ['😀', 2],
    ['❤️', 2],
    ['👋🏽', 2],
    ['🇩🇪', 2],
    ['é', 1],
    ['e\u0301', 1],
    ['ﾊﾝ', 2],
    ['abc', 3],
    ['─│…', 3]
  ] as const
  for (const [text, width] of widths) assert.is(widthOf(text), width, text)
})

test('breaks at spaces, and between wide characters', () => {
  assert.equal(wrapText('one two three', 7), ['one two', 'three'])
  assert.equal(wrapText('one two  three', 8), ['one two', 'three'])
  assert.equal(wrapText('漢字漢字', 5), ['漢字', '漢字'])
  assert.equal(wrapText('ab 漢字', 6), ['ab 漢', '字'])
})

test('breaks a word that is longer than a row', () => {
  assert.equal(wrapText('abcdefgh', 3), ['abc', 'def', 'gh'])
  assert.equal(wrapText('a bcdefgh', 4), ['a', 'bcde', 'fgh'])
})

test('keeps the spaces at the beginning of a text and leaves out those between rows', () => {
  assert.equal(wrapText('  ab cd', 4), ['  ab', 'cd'])
})

test('an empty text is one empty row', () => {
  assert.equal(wrapText('', 10), [''])
})

test('what is wider than a row is a question mark', () => {
  assert.equal(wrapText('漢a', 1), ['?', 'a'])
})

test('a text that is cut ends in an ellipsis and fits', () => {
  assert.is(fitText('abcdef', 4), 'abc…')
  assert.is(fitText('漢字漢字', 6), '漢字…')
  assert.is(fitText('漢字漢字', 4), '漢…')
  assert.is(fitText('abc', 3), 'abc')
  assert.is(fitText('abc', 0), '')
})

const cleaned = fc.oneof(hostileText, fc.string({ unit: 'grapheme' }), anyText()).map(cleanText)
const columns = fc.integer({ min: 1, max: 40 })

test('no row is wider than asked for, and nothing but spaces is lost', () => {
  check(fc.tuple(cleaned, columns), ([text, width]) => {
    const rows = wrapText(text, width)
    for (const row of rows) assert.ok(widthOf(row) <= width, JSON.stringify(row))
    const solid = (value: string) => textOf(cellsOf(value)).replace(/\s/gu, '')
    if (width > 1) assert.is(solid(rows.join('')), solid(text))
  })
})

test('a cut text is never wider than asked for', () => {
  check(fc.tuple(cleaned, columns), ([text, width]) => assert.ok(widthOf(fitText(text, width)) <= width))
})

test('each cell is one or two columns wide, as string-width has it', () => {
  check(cleaned, (text) => {
    for (const { text: piece, width } of cellsOf(text)) {
      assert.ok(width === 1 || width === 2)
      assert.is(width, stringWidth(piece))
    }
  })
})

test('a character stacked of thousands is taken apart', () => {
  for (const { width } of cellsOf('ᄀ'.repeat(10_000))) assert.is(width, 2)
})

test.run()
