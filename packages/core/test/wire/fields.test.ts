// The fields of control frames: what is written is read, what is not there is told, and nothing throws over a peer's
// bytes.
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { anyText } from '../../../../test/support/text.ts'
import { toHex } from '../../src/bytes.ts'
import { FieldReader, FieldWriter, MAX_TEXT_BYTES } from '../../src/wire/fields.ts'
import { anyByte, anyU32 } from '../support/frames.ts'
import { holds } from '../support/property.ts'

type Field =
  | { kind: 'uint8'; value: number }
  | { kind: 'uint32'; value: number }
  | { kind: 'hex'; value: string }
  | { kind: 'text'; value: string | null }

const fittingText = anyText({ minLength: 1, maxLength: 60 }).filter(
  (text) => new TextEncoder().encode(text).length <= MAX_TEXT_BYTES
)

const anyField: fc.Arbitrary<Field> = fc.oneof(
  fc.record({ kind: fc.constant('uint8' as const), value: anyByte }),
  fc.record({ kind: fc.constant('uint32' as const), value: anyU32 }),
  fc.record({
    kind: fc.constant('hex' as const),
    value: fc.uint8Array({ maxLength: 40 }).map((bytes) => toHex(bytes))
  }),
  fc.record({ kind: fc.constant('text' as const), value: fc.option(fittingText) })
)
const anyFields = fc.array(anyField, { maxLength: 6 })

test('fields are read as they were written, and nothing is left over', () => {
  holds(anyFields, (fields) => {
    const reader = new FieldReader(write(fields))
    for (const field of fields) assert.is(read(reader, field), field.value)
    assert.is(reader.complete, true)
  })
})

test('a body that breaks off anywhere is not complete, and fields past the break read as zero', () => {
  holds(fc.tuple(anyFields, fc.nat()), ([fields, cut]) => {
    const body = write(fields)
    if (body.length === 0) return
    const reader = new FieldReader(body.subarray(0, cut % body.length))
    for (const field of fields) read(reader, field)
    assert.is(reader.complete, false)
    assert.equal([reader.uint8(), reader.uint32(), reader.hex(2), reader.text()], [0, 0, '', null])
  })
})

test('a body with a byte too many is not complete', () => {
  const reader = new FieldReader(Uint8Array.from([1, 2]))
  assert.is(reader.uint8(), 1)
  assert.is(reader.complete, false)
})

test('after a field that is not there, smaller ones that would fit are not read any more', () => {
  const reader = new FieldReader(Uint8Array.from([1, 2, 3]))
  assert.is(reader.uint32(), 0)
  assert.is(reader.uint8(), 0)
  assert.is(reader.complete, false)
})

test('integers are big-endian', () => {
  assert.is(toHex(new FieldWriter().uint8(0xab).uint32(0x01020304).finish()), 'ab01020304')
})

test('a text is a length byte and UTF-8, and no text is a zero', () => {
  assert.is(toHex(new FieldWriter().text('aé').text(null).text('').finish()), '0361c3a90000')
})

test('a text of 255 bytes fits, and a longer one is a mistake of ours that is not written short', () => {
  const longest = `${'é'.repeat(127)}x`
  assert.is(new FieldReader(new FieldWriter().text(longest).finish()).text(), longest)
  assert.throws(() => new FieldWriter().text(`${longest}x`), /invariant broken/)
})

test('a text that is no UTF-8 is null and makes the body incomplete', () => {
  for (const bytes of [
    [1, 0xff],
    [2, 0xc3, 0x28],
    [3, 0xed, 0xa0, 0x80],
    [1, 0xc3]
  ]) {
    const reader = new FieldReader(Uint8Array.from(bytes))
    assert.is(reader.text(), null)
    assert.is(reader.complete, false)
  }
})

test('a byte order mark is part of the text', () => {
  const text = '\u{feff}host:1'
  assert.is(new FieldReader(new FieldWriter().text(text).finish()).text(), text)
})

test('digits that are not hexadecimal are a mistake of ours that is not sent as zeros', () => {
  assert.throws(() => new FieldWriter().hex('zz'), /invariant broken/)
  assert.throws(() => new FieldWriter().hex('abc'), /invariant broken/)
})

test('what a writer has finished does not change with what it writes next', () => {
  const writer = new FieldWriter().uint8(1)
  const body = writer.finish()
  writer.uint8(2)
  assert.is(toHex(body), '01')
})

test('any bytes read as any fields never throw, and never more is read than is there', () => {
  holds(fc.tuple(fc.uint8Array({ maxLength: 80 }), anyFields), ([body, fields]) => {
    const reader = new FieldReader(body)
    for (const field of fields) read(reader, field)
    if (reader.complete) assert.ok(toHex(write(rewritten(body, fields))) === toHex(body))
  })
})

test.run()

function write(fields: readonly Field[]): Uint8Array {
  const writer = new FieldWriter()
  for (const field of fields) {
    if (field.kind === 'uint8') writer.uint8(field.value)
    if (field.kind === 'uint32') writer.uint32(field.value)
    if (field.kind === 'hex') writer.hex(field.value)
    if (field.kind === 'text') writer.text(field.value)
  }
  return writer.finish()
}

function read(reader: FieldReader, field: Field): number | string | null {
  switch (field.kind) {
    case 'uint8':
      return reader.uint8()
    case 'uint32':
      return reader.uint32()
    case 'hex':
      return reader.hex(field.value.length / 2)
    case 'text':
      return reader.text()
  }
}

/** Fields of the same kinds with the values that `body` holds. */
function rewritten(body: Uint8Array, fields: readonly Field[]): Field[] {
  const reader = new FieldReader(body)
  return fields.map((field) => ({ ...field, value: read(reader, field) }) as Field)
}
