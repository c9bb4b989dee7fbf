import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { check } from '../../../../../test/support/property.ts'
import { type Key, KeyReader, MAX_PASTE_CHARS } from '../../../src/terminal/keys/keys.ts'
import { hostileText } from '../../support/hostile-text.ts'

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
  assert.is(reader.waiting, 'sequence')
  assert.equal(spell(reader.flush()), ['escape'])
  assert.is(reader.waiting, 'nothing')
})

test('swallows sequences that it does not know', () => {
  assert.equal(spell(keysOf(`a${ESC}[?62;1cb${ESC}[38;5~c${ESC}[[Bd${ESC}OQe`)), ['"a"', '"b"', '"c"', '"d"', '"e"'])
})

test('a paste is one key whatever is in it', () => {
  assert.equal(keysOf(`x${ESC}[200~one\rtwo\r\nthree\n${ESC}[A\u0003 four${ESC}[201~y`), [
    { kind: 'text', text: 'x' },
    { kind: 'paste', text: `one\ntwo\nthree\n${ESC}[A\u0003 four`, whole: true, marked: true },
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
    assert.equal(keys, [{ kind: 'paste', text: text.replaceAll('\r', '\n'), whole: true, marked: true }])
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

test('a paste whose end mark is lost ends when nothing more comes of it', () => {
  const reader = new KeyReader()
  assert.equal(reader.read(Buffer.from(`${ESC}[200~one\rtwo`)), [])
  assert.is(reader.waiting, 'paste')
  assert.equal(reader.flush(), [{ kind: 'paste', text: 'one\ntwo', whole: true, marked: true }])
  assert.is(reader.waiting, 'nothing')
  assert.equal(spell(reader.read(Buffer.from('x\r'))), ['"x"', 'enter'])
  // Should the end come after all, it is no text.
  assert.equal(spell(reader.read(Buffer.from(`${ESC}[201~y`))), ['"y"'])
})

for (const begun of [
  `${ESC}[200~lost`,
  `${ESC}[200~`,
  `${ESC}]11;rgb:12`,
  `${ESC}P1$r`,
  `${ESC}_x`,
  `${ESC}[12;`,
  `${ESC}O`,
  ESC,
  '\xe2'
]) {
  test(`Ctrl-C is a key whatever was begun before it: ${JSON.stringify(begun)}`, () => {
    const reader = new KeyReader()
    reader.read(Buffer.from(begun, 'latin1'))
    assert.is(spell(reader.read(Buffer.from('\u0003'))).at(-1), 'ctrl-c')
    assert.is(reader.waiting, 'nothing')
  })
}

test('single keys do not put off the end of the waiting for a paste', () => {
  const reader = new KeyReader()
  assert.ok(reader.isMore(Buffer.from('a')))
  reader.read(Buffer.from(`${ESC}[200~lost`))
  assert.not.ok(reader.isMore(Buffer.from('a')))
  assert.not.ok(reader.isMore(Buffer.from(`${ESC}[1;5A`)))
  assert.ok(reader.isMore(Buffer.from('and the next line')))
})

const replies = [
  `${ESC}]11;rgb:1e1e/1e1e/1e1e\u0007`,
  `${ESC}]4;1;x${ESC}\\`,
  `${ESC}P1+r5463=32${ESC}\\`,
  `${ESC}_Gi=1;OK${ESC}\\`,
  `${ESC}^x${ESC}\\`
]
for (const reply of replies) {
  test(`what a terminal answers is no text: ${JSON.stringify(reply)}`, () => {
    assert.equal(spell(keysOf(`a${reply}b`)), ['"a"', '"b"'])
    const reader = new KeyReader()
    const keys = Array.from(Buffer.from(`${reply}x`), (byte) => reader.read(Buffer.of(byte))).flat()
    assert.equal(spell(keys), ['"x"'])
  })
}

test('an answer without its end is dropped as far as it came, and what follows it is not', () => {
  assert.equal(spell(keysOf(`${ESC}]11;rgb:\rx`)), ['enter', '"x"'])
  assert.equal(spell(keysOf(`${ESC}Pabc${ESC}[A`)), ['up'])
  const reader = new KeyReader()
  assert.equal(reader.read(Buffer.from(`${ESC}]11;rgb`)), [])
  assert.equal(reader.flush(), [])
  assert.equal(spell(reader.read(Buffer.from('x'))), ['"x"'])
  assert.equal(spell(new KeyReader().read(Buffer.from(`${ESC}]${'x'.repeat(9_000)}`))), [])
})

test('two characters that may begin an answer are a key with Alt when nothing follows', () => {
  for (const letter of [']', 'P', 'X', '^', '_']) {
    const reader = new KeyReader()
    assert.equal(reader.read(Buffer.from(`${ESC}${letter}`)), [])
    assert.is(reader.waiting, 'sequence')
    assert.equal(spell(reader.flush()), [`alt-${letter}`])
  }
})

test('of a sequence that broke off nothing is typed', () => {
  assert.equal(spell(keysOf(`${ESC}[12;5\rx`)), ['enter', '"x"'])
  const reader = new KeyReader()
  reader.read(Buffer.from(`${ESC}[12;`))
  assert.equal(reader.flush(), [])
})

test('lines that come in one read, without marks, are one paste, also over several reads', () => {
  const unmarked = (text: string) => ({ kind: 'paste', text, whole: true, marked: false })
  const reader = new KeyReader()
  assert.equal(reader.read(Buffer.from('one\rtwo\r')), [])
  assert.is(reader.waiting, 'sequence')
  assert.equal(reader.read(Buffer.from('three\r')), [])
  assert.equal(reader.flush(), [unmarked('one\ntwo\nthree\n')])
  assert.equal(reader.read(Buffer.from('a\r\nb')), [])
  assert.equal(reader.read(Buffer.from('\u0003')), [unmarked('a\nb'), { kind: 'press', name: 'ctrl-c' }])
  assert.equal(reader.read(Buffer.from('a\nb')), [])
  assert.equal(reader.read(Buffer.from(`${ESC}[A`)), [unmarked('a\nb'), { kind: 'press', name: 'up' }])
})

test('a line with its Enter is no paste, and neither are keys pressed fast', () => {
  for (const [bytes, keys] of [
    ['hello\r', ['"hello"', 'enter']],
    ['\r\r', ['enter', 'enter']],
    ['\rx', ['enter', '"x"']],
    ['a\tb', ['"a"', 'tab', '"b"']],
    [`a\r${ESC}[A\r`, ['"a"', 'enter', 'up', 'enter']]
  ] as const)
    assert.equal(spell(keysOf(bytes)), keys)
})

test('arrows that come by the handful are the wheel, and scroll', () => {
  assert.equal(spell(keysOf(`${ESC}[A`.repeat(3))), ['shift-up', 'shift-up', 'shift-up'])
  assert.equal(spell(keysOf(`${ESC}OB`.repeat(5))), Array(5).fill('shift-down'))
  assert.equal(spell(keysOf(`${ESC}[A`.repeat(2))), ['up', 'up'])
  assert.equal(spell(keysOf(`${ESC}[A${ESC}[A${ESC}[B`)), ['up', 'up', 'down'])
})

test('mouse reports are no text, and those of the wheel scroll', () => {
  assert.equal(spell(keysOf(`a${ESC}[<0;10;5M${ESC}[<0;10;5mb`)), ['"a"', '"b"'])
  assert.equal(spell(keysOf(`${ESC}[<64;10;5M${ESC}[<65;10;5M`)), ['wheel-up', 'wheel-down'])
  assert.equal(spell(keysOf(`${ESC}[M\`!!${ESC}[M !!x`)), ['wheel-up', '"x"'])
})

test.run()
