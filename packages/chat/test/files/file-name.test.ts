// Names of files that strangers choose.
import { basename, dirname, join, posix, resolve, win32 } from 'node:path'
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { check } from '../../../../test/support/property.ts'
import { anyText } from '../../../../test/support/text.ts'
import { fileNameProblem, MAX_NAME_BYTES, numberedName, safeName } from '../../src/files/file-name.ts'

const PIECES = [
  '..',
  '.',
  '/',
  '\\',
  '\0',
  'a',
  ' ',
  ':',
  'C:',
  'con',
  '.txt',
  '\u202E',
  '\n',
  '~',
  '%2e',
  '\uFF0F',
  'é'
]
const names = fc.oneof(
  fc.array(fc.constantFrom(...PIECES)).map((pieces) => pieces.join('')),
  anyText()
)

test('no name that is taken leads out of its folder, on any system', () => {
  let taken = 0
  check(fc.tuple(names, fc.nat(20)), ([name, n]) => {
    if (fileNameProblem(name) !== null) return
    taken++
    const used = numberedName(safeName(name), n)
    assert.is(dirname(resolve('/folder', used)), '/folder')
    assert.is(posix.basename(used), used)
    assert.is(win32.basename(used), used)
    assert.is(win32.dirname(win32.resolve('C:\\folder', used)), 'C:\\folder')
    assert.is(basename(join('/folder', used)), used)
    assert.ok(Buffer.byteLength(used) <= 255)
    assert.not.match(used, /\p{Cc}/u)
    assert.not.match(used, /^[. ]|[. ]$/)
    assert.is(safeName(used), used)
  })
  assert.ok(taken > 50, `${taken} names were taken`)
})

test('refuses what is no name of a file: paths, nothing, control characters', () => {
  for (const name of ['', ' ', '.', '..', '../../x', '/etc/passwd', 'a/b', 'a\0b', 'a\nb', 'a\u001B[2J', '\u200B'])
    assert.type(fileNameProblem(name), 'string', JSON.stringify(name))
})

test('what some systems cannot store, or a reader not see, gets a name that all can', () => {
  const safe = {
    'Screencast 2026-11-30 12:30:00.webm': 'Screencast 2026-11-30 12_30_00.webm',
    '.env': '_.env',
    'What?.txt': 'What_.txt',
    'a"b<c>|*.txt': 'a_b_c___.txt',
    'trailing.': 'trailing_',
    'trailing . ': 'trailing_',
    ' leading': '_leading',
    'x:stream': 'x_stream',
    'C:\\x': 'C__x',
    '..\\x': '_.._x',
    con: '_con',
    'NUL.txt': '_NUL.txt',
    'Lpt9.tar.gz': '_Lpt9.tar.gz',
    'a\u202Etxt.exe': 'atxt.exe'
  }
  for (const [name, kept] of Object.entries(safe)) {
    assert.is(fileNameProblem(name), null, name)
    assert.is(safeName(name), kept)
  }
  assert.is(safeName(`${'é'.repeat(200)}.tar`), `${'é'.repeat(118)}.tar`)
  assert.is(Buffer.byteLength(safeName('-'.repeat(1000))), MAX_NAME_BYTES)
})

test('takes what people call their files', () => {
  for (const name of [
    'notes.txt',
    'My report (final).pdf',
    '写真.jpg',
    'café.tar.gz',
    'README',
    'console.log',
    '-rf',
    '~x'
  ])
    assert.is(fileNameProblem(name) ?? safeName(name), name)
})

test('a second file of a name gets a number before its ending', () => {
  assert.equal(
    ['a.txt', 'a', 'a.tar.gz'].map((name) => numberedName(name, 2)),
    ['a (2).txt', 'a (2)', 'a.tar (2).gz']
  )
  assert.is(numberedName('a.txt', 0), 'a.txt')
})

test.run()
