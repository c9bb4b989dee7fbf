import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { check } from '../../../../test/support/property.ts'
import { type Key, KeyReader, MAX_PASTE_CHARS } from '../../src/terminal/keys.ts'
import { hostileText } from '../support/hostile-text.ts'

const ESC = '\u001B'

function keysOf(bytes: string): Key[] {
  return new KeyReader().read(Buffer.from(bytes))
}

/** Names of presses, and texts in quotes. */
function spell(keys: Key[]): string[] {
  return keys.map((key) => (key.kind === 'press' ? key.name : `"${key.text}"`))
}

test('reads text as it comes, also when a chunk ends inside a character', () => {
  const reader = new KeyReader()
  const bytes = Buffer.from('hé漢😀')
  const keys = Array.from(bytes, (byte) => reader.read(Buffer.of(byte))).flat()
  assert.equal(spell(keys), ['"h"', '"é"', '"漢"', '"😀"'])
})

test('names control characters', () => {
  assert.equal(spell(keysOf('\u0001\u0005\u0017\r\t\u007F\b\n')), [
    'ctrl-a',
    'ctrl-e',
    'ctrl-w',
    'enter',
    'tab',
    'backspace',
    'backspace',
    'ctrl-j'
  ])
})

const sequences = {
  [`${ESC}[A`]: 'up',
  [`${ESC}OA`]: 'up',
  [`${ESC}[1;5C`]: 'ctrl-right',
  [`${ESC}Oc`]: 'ctrl-right',
  [`${ESC}[1;3D`]: 'alt-left',
  [`${ESC}${ESC}[D`]: 'alt-left',
  [`${ESC}[1;2A`]: 'shift-up',
  [`${ESC}[5~`]: 'pageup',
  [`${ESC}[6~`]: 'pagedown',
  [`${ESC}[1~`]: 'home',
  [`${ESC}[H`]: 'home',
  [`${ESC}OF`]: 'end',
  [`${ESC}[1;3F`]: 'alt-end',
  [`${ESC}[3~`]: 'delete',
  [`${ESC}[Z`]: 'shift-tab',
  [`${ESC}1`]: 'alt-1',
  [`${ESC}a`]: 'alt-a',
  [`${ESC}\r`]: 'alt-enter',
  [`${ESC}\u007F`]: 'alt-backspace',
  [`${ESC}[I`]: 'focus-in',
  [`${ESC}OP`]: 'f1',
  [`${ESC}[11~`]: 'f1',
  [`${ESC}[[A`]: 'f1'
}

for (const [sequence, name] of Object.entries(sequences)) {
  test(`reads ${JSON.stringify(sequence)} as ${name}, in one piece or in several`, () => {
    assert.equal(spell(keysOf(sequence)), [name])
    const reader = new KeyReader()
    const keys = Array.from(Buffer.from(`${sequence}x`), (byte) => reader.read(Buffer.of(byte))).flat()
    assert.equal(spell(keys), [name, '"x"'])
  })
}

test('an Escape that nothing follows is the key', () => {
  const reader = new KeyReader()
  assert.equal(reader.read(Buffer.from(ESC)), [])
  assert.ok(reader.isWaiting)
  assert.equal(spell(reader.flush()), ['escape'])
  assert.not.ok(reader.isWaiting)
})

test('swallows sequences that it does not know', () => {
  assert.equal(spell(keysOf(`a${ESC}[?62;1cb${ESC}[38;5~c${ESC}[[Bd${ESC}OQe`)), ['"a"', '"b"', '"c"', '"d"', '"e"'])
})

test('a paste is one key whatever is in it', () => {
  assert.equal(keysOf(`x${ESC}[200~one\rtwo\r\nthree\n${ESC}[A\u0003 four${ESC}[201~y`), [
    { kind: 'text', text: 'x' },
    { kind: 'paste', text: `one\ntwo\nthree\n${ESC}[A\u0003 four`, whole: true },
    { kind: 'text', text: 'y' }
  ])
})

test('a paste stays whole however it is cut', () => {
  const text = 'line one\rline two 漢字\rthree'
  const bytes = Buffer.from(`${ESC}[200~${text}${ESC}[201~`)
  check(fc.array(fc.nat(bytes.length)), (cuts) => {
    const reader = new KeyReader()
    const ends = [...cuts, bytes.length].sort((one, other) => one - other)
    const keys = ends.flatMap((end, index) => reader.read(bytes.subarray(ends[index - 1] ?? 0, end)))
    assert.equal(keys, [{ kind: 'paste', text: text.replaceAll('\r', '\n'), whole: true }])
  })
})

test('of a paste without end a bounded part is kept, and it says so', () => {
  const reader = new KeyReader()
  reader.read(Buffer.from(`${ESC}[200~`))
  for (let n = 0; n < 20; n++) assert.equal(reader.read(Buffer.alloc(100_000, 'x')), [])
  const [key] = reader.read(Buffer.from(`${ESC}[201~`))
  assert.ok(key?.kind === 'paste' && !key.whole && key.text.length <= MAX_PASTE_CHARS)
  assert.equal(spell(reader.read(Buffer.from('a'))), ['"a"'])
})

test('never throws, never keeps more than a sequence, and no key holds a control character but a paste', () => {
  check(fc.array(hostileText), (chunks) => {
    const reader = new KeyReader()
    const keys = [...chunks.flatMap((chunk) => reader.read(Buffer.from(chunk))), ...reader.flush()]
    for (const key of keys) {
      if (key.kind === 'text') assert.not.match(key.text, /\p{Cc}/u)
      if (key.kind === 'press') assert.not.match(key.name, /\p{Cc}/u)
    }
  })
})

test.run()
