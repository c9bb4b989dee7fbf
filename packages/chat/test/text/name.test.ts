import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { check } from '../../../../test/support/property.ts'
import { defaultName, isSameName, MAX_NAME_BYTES, nameProblem, shownName } from '../../src/text/name.ts'
import { FORBIDDEN, hostileText } from '../support/hostile-text.ts'

test('names those who chose none after their id', () => {
  assert.is(defaultName('3f2a1c99'.padEnd(64, '0')), 'anon-3f2a1c')
})

test('takes names of any script', () => {
  for (const name of ['alice', 'Zoë', '李雷', 'О́льга', 'a.b-c_d', '👋', 'x'.repeat(32)])
    assert.is(nameProblem(name), null, name)
})

test('refuses names that could not be typed after @ or would mislead, and says why', () => {
  for (const name of [
    '',
    'a b',
    ' a',
    'a\tb',
    'a\nb',
    '@a',
    '/a',
    '#a',
    'a~b',
    'a@b',
    'a,b',
    'a✓',
    'a\u200Bb',
    '\u202Ea',
    'a\u0007',
    'x'.repeat(33),
    '漢'.repeat(22)
  ]) {
    assert.type(nameProblem(name), 'string', JSON.stringify(name))
  }
})

test('shows a short clean name as it is', () => {
  assert.is(shownName('bob'), 'bob')
  assert.is(shownName(''), '')
})

test('shows spaces in a name as underscores, so that no name reads like a line of another', () => {
  assert.is(shownName(' (direct) bob -> hi '), '(direct)_bob_->_hi')
  assert.is(shownName('a\nb'), 'a⏎b')
  assert.is(shownName('bob~abababab'), 'bob_abababab')
})

test('shows no tick in a name, which would make it look verified', () => {
  for (const tick of ['✓', '✔', '✔\uFE0F', '✅', '☑', '🗸']) assert.is(shownName(`bob${tick}`), 'bob_')
})

test('shortens a name that is too long and marks it', () => {
  assert.is(shownName('x'.repeat(100)), `${'x'.repeat(31)}…`)
  assert.is(shownName('y'.repeat(5_000_000)), `${'y'.repeat(31)}…`)
})

test('whatever a stranger calls himself is shown short, clean and in one word', () => {
  check(hostileText, (raw) => {
    const name = shownName(raw)
    assert.not.match(name, FORBIDDEN)
    assert.not.match(name, /\s/u)
    assert.ok(Buffer.byteLength(name) <= MAX_NAME_BYTES)
  })
})

test('a letter typed as one code point or two is the same name', () => {
  assert.ok(isSameName('Zo\u00EB', 'Zoe\u0308'))
  assert.not.ok(isSameName('bob', 'Bob'))
})

test.run()
