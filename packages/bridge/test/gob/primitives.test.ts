import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { check } from '../../../../test/support/property.ts'
import { Cursor } from '../../src/gob/cursor.ts'
import { GobFault } from '../../src/gob/fault.ts'
import { Sink } from '../../src/gob/sink.ts'

const test = suite('gob primitives')

function hex(sink: Sink): string {
  return Buffer.from(sink.finish()).toString('hex')
}

function cursor(hexBytes: string): Cursor {
  return new Cursor(Buffer.from(hexBytes, 'hex'))
}

// From the examples of Go's documentation of encoding/gob.
for (const [value, bytes] of [
  [0n, '00'],
  [7n, '07'],
  [127n, '7f'],
  [128n, 'ff80'],
  [256n, 'fe0100'],
  [(1n << 64n) - 1n, 'f8ffffffffffffffff']
] as const) {
  test(`the unsigned number ${value} is ${bytes}`, () => {
    assert.is(hex(new Sink().unsigned(value)), bytes)
    assert.is(cursor(bytes).unsigned(), value)
  })
}

for (const [value, bytes] of [
  [1n, '02'],
  [-1n, '01'],
  [-129n, 'fe0101'],
  [(1n << 63n) - 1n, 'f8fffffffffffffffe'],
  [-(1n << 63n), 'f8ffffffffffffffff']
] as const) {
  test(`the signed number ${value} is ${bytes}`, () => {
    assert.is(hex(new Sink().signed(value)), bytes)
    assert.is(cursor(bytes).signed(), value)
  })
}

test('any number and any text are read as they were written', () => {
  check(fc.tuple(fc.bigInt(-(1n << 63n), (1n << 63n) - 1n), fc.string({ unit: 'grapheme' })), ([number, text]) => {
    const read = new Cursor(new Sink().signed(number).text(text).finish())
    assert.is(read.signed(), number)
    assert.is(read.text(), text)
    assert.is(read.left, 0)
  })
})

for (const [name, bytes, read] of [
  ['a number of nine bytes', 'f7000000000000000000', (from: Cursor) => from.unsigned()],
  ['a number that ends early', 'fe01', (from: Cursor) => from.unsigned()],
  ['a count beyond what is left', '0541', (from: Cursor) => from.count()],
  ['a count of all ones', 'f8ffffffffffffffff', (from: Cursor) => from.text()],
  ['text that is not UTF-8', '02ff41', (from: Cursor) => from.text()]
] as const) {
  test(`${name} is a fault`, () => {
    assert.throws(
      () => read(cursor(bytes)),
      (error: unknown) => error instanceof GobFault
    )
  })
}

test('a number beyond 64 bits is not written', () => {
  assert.throws(() => new Sink().unsigned(1n << 64n), RangeError)
  assert.throws(() => new Sink().signed(1n << 63n), RangeError)
})

test.run()
