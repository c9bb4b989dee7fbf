// Names of files that strangers choose.
import { basename, dirname, join, posix, resolve, win32 } from 'node:path'
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { check } from '../../../../test/support/property.ts'
import { anyText } from '../../../../test/support/text.ts'
import { fileNameProblem, MAX_NAME_BYTES, numberedName } from '../../src/files/file-name.ts'

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
    const used = numberedName(name, n)
    assert.is(dirname(resolve('/folder', used)), '/folder')
    assert.is(posix.basename(used), used)
    assert.is(win32.basename(used), used)
    assert.is(win32.dirname(win32.resolve('C:\\folder', used)), 'C:\\folder')
    assert.is(basename(join('/folder', used)), used)
    assert.ok(Buffer.byteLength(used) <= 255)
    assert.not.match(used, /\p{Cc}/u)
  })
  assert.ok(taken > 50, `${taken} names were taken`)
})

test('refuses paths, devices, streams, hidden and unprintable names', () => {
  const bad = [
    '',
    '.',
    '..',
    '../../x',
    '/etc/passwd',
    'a/b',
    '..\\x',
    'C:\\x',
    'x:stream',
    'a\0b',
    '.bashrc',
    'x.',
    'x ',
    ' x'
  ]
  for (const name of [
    ...bad,
    'con',
    'NUL.txt',
    'com1',
    'Lpt9.tar.gz',
    'a\nb',
    'a\u001B[2J',
    'a\u202Etxt.exe',
    'a*',
    '-'.repeat(MAX_NAME_BYTES + 1)
  ])
    assert.type(fileNameProblem(name), 'string', JSON.stringify(name))
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
    assert.is(fileNameProblem(name), null, name)
})

test('a second file of a name gets a number before its ending', () => {
  assert.equal(
    ['a.txt', 'a', 'a.tar.gz'].map((name) => numberedName(name, 2)),
    ['a (2).txt', 'a (2)', 'a.tar (2).gz']
  )
  assert.is(numberedName('a.txt', 0), 'a.txt')
})

test.run()
