// Bytes and their hexadecimal names.
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { concatBytes, copyBytes, fromHex, toHex } from '../src/bytes.ts'
import { sameBytes } from './support/frames.ts'
import { holds } from './support/property.ts'

test('every byte has two lower-case digits', () => {
  const all = Uint8Array.from({ length: 256 }, (_, i) => i)
  assert.is(toHex(all), Buffer.from(all).toString('hex'))
})

test('a copy is no view, not even of a Buffer', () => {
  const bytes = Buffer.from([1, 2, 3, 4])
  const [whole, part] = [copyBytes(bytes), copyBytes(bytes, 1, 3)]
  bytes.fill(9)
  assert.equal([whole, part], [Uint8Array.of(1, 2, 3, 4), Uint8Array.of(2, 3)])
  assert.is(part.buffer.byteLength, 2)
})

test('bytes come back from their digits, upper or lower case', () => {
  holds(fc.uint8Array(), (bytes) => {
    assert.ok(sameBytes(fromHex(toHex(bytes)) as Uint8Array, bytes))
    assert.ok(sameBytes(fromHex(toHex(bytes).toUpperCase()) as Uint8Array, bytes))
  })
})

test('a part of the bytes has the digits of that part', () => {
  holds(fc.tuple(fc.uint8Array(), fc.nat(20), fc.nat(20)), ([bytes, a, b]) => {
    const start = Math.min(a, bytes.length)
    const end = Math.min(start + b, bytes.length)
    assert.is(toHex(bytes, start, end), toHex(bytes.subarray(start, end)))
  })
})

test('a text that is not an even number of digits names no bytes', () => {
  for (const text of ['a', 'abc', 'zz', '0x00', ' 00', '00 ', '0g', '-1', '+1', 'ａａ', '00\n']) {
    assert.is(fromHex(text), null, text)
  }
  assert.is(fromHex('')?.length, 0)
})

test('parts are joined in order, and the whole shares nothing with them', () => {
  holds(fc.array(fc.uint8Array({ maxLength: 20 })), (parts) => {
    const expected = Buffer.concat(parts)
    const whole = concatBytes(parts, expected.length)
    for (const part of parts) part.fill(0)
    assert.ok(sameBytes(whole, expected))
  })
})

test.run()
