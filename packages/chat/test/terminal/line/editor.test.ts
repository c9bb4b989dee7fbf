import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { check } from '../../../../../test/support/property.ts'
import { cleanLines, EDITS, EMPTY_LINE, insert, type Line, MAX_TYPED_BYTES } from '../../../src/terminal/line/editor.ts'
import { complete, edit, enter, newInput, recall, typeText } from '../../../src/terminal/line/input.ts'
import { hostileText } from '../../support/hostile-text.ts'

/** A line from its text, with '|' for the cursor. */
function line(text: string): Line {
  const cursor = text.indexOf('|')
  return { ...EMPTY_LINE, text: text.replace('|', ''), cursor }
}

function spell({ text, cursor }: Line): string {
  return `${text.slice(0, cursor)}|${text.slice(cursor)}`
}

function after(start: string, ...names: string[]): string {
  return spell(names.reduce((current, name) => EDITS.get(name)?.(current) ?? current, line(start)))
}

test('moves and deletes by what people see as one character', () => {
  assert.is(after('a👋🏽|b', 'left'), 'a|👋🏽b')
  assert.is(after('a|🇩🇪b', 'right'), 'a🇩🇪|b')
  assert.is(after('e\u0301|', 'backspace'), '|')
  assert.is(after('|❤️x', 'delete'), '|x')
  assert.is(after('|a', 'left'), '|a')
  assert.is(after('a|', 'right', 'delete'), 'a|')
})

test('moves and cuts by words', () => {
  assert.is(after('one two-three|', 'word-left'), 'one two-|three')
  assert.is(after('one| two', 'word-right'), 'one two|')
  assert.is(after('one two-three |', 'cut-word'), 'one |')
  assert.is(after('one two-three|', 'cut-word-left'), 'one two-|')
  assert.is(after('one| two three', 'cut-word-right'), 'one| three')
  assert.is(after('größe 漢字|', 'cut-word'), 'größe |')
})

test('cuts to the start and the end of its row, and gives the cut back', () => {
  assert.is(after('one t|wo', 'cut-start'), '|wo')
  assert.is(after('one t|wo', 'cut-end'), 'one t|')
  assert.is(after('one t|wo', 'cut-start', 'end', 'paste-cut'), 'woone t|')
  assert.is(after('one\ntw|o\nthree', 'cut-end', 'home'), 'one\n|tw\nthree')
})

test('a mark that is typed after its letter stays with it', () => {
  const e = insert(EMPTY_LINE, 'e')
  assert.is(e === null ? null : insert(e, '\u0301')?.text, 'e\u0301')
})

test('what is inserted is clean, and its lines stay lines', () => {
  assert.is(insert(EMPTY_LINE, 'a\u001B[31mb\r\nc\u202Ed\te')?.text, 'ab\ncd e')
})

test('refuses what would make the line too long', () => {
  const full = insert(EMPTY_LINE, 'x'.repeat(MAX_TYPED_BYTES))
  assert.is(full?.text.length, MAX_TYPED_BYTES)
  assert.is(full === null ? 0 : insert(full, 'y'), null)
})

test('a mark on what is no letter is not parted from it', () => {
  assert.is(after('a \u23CE\uFE0F|', 'word-left'), 'a |\u23CE\uFE0F')
  assert.is(after('a \u23CE\uFE0F|', 'cut-word-left'), 'a |')
  assert.is(after('|\u23CE\uFE0F b', 'word-right'), '\u23CE\uFE0F| b')
})

test('the cursor always stands between characters, and the text is always clean', () => {
  const actions = fc.array(fc.oneof(hostileText, fc.constantFrom(...EDITS.keys())), { maxLength: 30 })
  check(actions, (names) => {
    let current = EMPTY_LINE
    for (const name of names) current = EDITS.get(name)?.(current) ?? insert(current, name) ?? current
    // A joiner may wait for the letter after it.
    const shown = current.text.replace(/[\u200C\u200D]/g, '')
    assert.is(shown, cleanLines(shown))
    assert.not.match(current.text, /[\u200C\u200D]{2}/)
    const bounds = [...new Intl.Segmenter().segment(current.text)].map(({ index }) => index)
    assert.ok([...bounds, current.text.length].includes(current.cursor), spell(current))
  })
})

test('finds words in the longest line too', () => {
  const long = `${'a'.repeat(MAX_TYPED_BYTES - 2)} b|`
  assert.is(after(long, 'cut-word', 'cut-word'), '|')
  assert.is(after(long, 'word-left', 'word-left'), long.replace(/^(.*)\|$/, '|$1'))
})

test('Up and Down go through what was entered, and come back to the new line', () => {
  const input = newInput()
  for (const text of ['one', 'two', 'two', ' ']) {
    typeText(input, text)
    enter(input)
  }
  typeText(input, 'new')
  recall(input, -1)
  assert.is(spell(input.line), 'two|')
  recall(input, -1)
  recall(input, -1)
  assert.is(spell(input.line), 'one|')
  recall(input, 1)
  recall(input, 1)
  recall(input, 1)
  assert.is(spell(input.line), 'new|')
})

test('Tab goes through the candidates and back, and what is typed then keeps the last', () => {
  const input = newInput()
  const completer = (text: string) => ({ from: text.lastIndexOf('@'), candidates: ['@alice', '@albert'] })
  typeText(input, 'hi @al')
  complete(input, completer, 1)
  assert.is(spell(input.line), 'hi @alice |')
  complete(input, completer, 1)
  assert.is(spell(input.line), 'hi @albert |')
  complete(input, completer, 1)
  complete(input, completer, -1)
  assert.is(spell(input.line), 'hi @albert |')
  typeText(input, '!')
  assert.is(spell(input.line), 'hi @albert !|')
  assert.is(input.completion, null)
})

test('Tab completes in the middle of a line, and does nothing without a candidate', () => {
  const input = newInput()
  typeText(input, 'al there')
  edit(input, 'home')
  edit(input, 'word-right')
  complete(input, () => ({ from: 0, candidates: ['alice'] }), 1)
  assert.is(spell(input.line), 'alice| there')
  complete(input, () => ({ from: 0, candidates: [] }), 1)
  assert.is(spell(input.line), 'alice| there')
})

test('a joiner typed by its own key stays until the letter after it comes, and goes when none does', () => {
  const typed = (...keys: string[]) => keys.reduce((line, key) => insert(line, key) ?? line, EMPTY_LINE).text
  assert.is(typed('م', 'ی', '\u200C', 'خ'), 'می\u200Cخ')
  assert.is(typed('क', '्', '\u200D', 'ष'), 'क्\u200Dष')
  assert.is(typed('👨', '\u200D', '👩'), '👨\u200D👩')
  assert.is(typed('a', '\u200C', 'b'), 'ab')
  assert.is(typed('\u200C', 'b'), 'b')
})

test.run()
