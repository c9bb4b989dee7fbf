import { FloodnetError } from '@floodnet/core'
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { LineSplitter } from '../../../src/commands/pub/line-splitter.ts'

const test = suite('line splitter')

function linesOf(chunks: readonly string[], maxLineBytes = 100): string[] {
  const splitter = new LineSplitter(maxLineBytes)
  const lines = chunks.flatMap((chunk) => [...splitter.push(Buffer.from(chunk))])
  return [...lines, ...splitter.end()].map((line) => Buffer.from(line).toString())
}

test('each line feed ends a line, and a last line without one counts', () => {
  assert.equal(linesOf(['a\nbc\n']), ['a', 'bc'])
  assert.equal(linesOf(['a\nbc']), ['a', 'bc'])
  assert.equal(linesOf(['']), [])
})

test('empty lines are lines, and a carriage return belongs to its line', () => {
  assert.equal(linesOf(['\n\na\r\n']), ['', '', 'a\r'])
})

test('the lines do not depend on how the bytes are cut', () => {
  const chunks = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '\n'), maxLength: 9 }))
  fc.assert(
    fc.property(chunks, (parts) => {
      const whole = parts.join('')
      const expected = whole.split('\n')
      if (expected.at(-1) === '') expected.pop()
      assert.equal(linesOf(parts), expected)
    }),
    { seed: 1 }
  )
})

test('a line of the limit passes and one byte more is refused with its number, after the lines before it', () => {
  assert.equal(linesOf(['aaaa\nbb', 'bb\n'], 4), ['aaaa', 'bbbb'])
  const lines: Uint8Array[] = []
  try {
    for (const line of new LineSplitter(4).push(Buffer.from('a\nbb\nccccc\nd\n'))) lines.push(line)
    assert.unreachable('taken')
  } catch (error) {
    assert.instance(error, FloodnetError)
    assert.is((error as FloodnetError).code, 'ERR_FLOODNET_MESSAGE_TOO_LARGE')
    assert.match((error as FloodnetError).message, 'line 3 has more than maxMessageBytes (4) bytes')
  }
  assert.is(lines.length, 2)
})

test('a line without an end is refused as soon as it is too long', () => {
  const splitter = new LineSplitter(10)
  assert.equal([...splitter.push(Buffer.alloc(10))], [])
  assert.throws(() => [...splitter.push(Buffer.alloc(1))], /line 1 has more/)
})

test.run()
