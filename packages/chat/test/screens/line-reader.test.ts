import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { readLines } from '../../src/screens/line-reader.ts'

async function* inChunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size)
}

async function linesOf(text: string, size = 7, maxChars = 1000): Promise<string[]> {
  const lines: string[] = []
  for await (const line of readLines(inChunks(Buffer.from(text), size), maxChars)) lines.push(line)
  return lines
}

test('finds the same lines however the bytes are cut', async () => {
  const text = fc.array(fc.string({ unit: 'grapheme' }).map((line) => line.replace(/[\r\n\uFEFF]/g, '')))
  const property = fc.asyncProperty(text, fc.integer({ min: 1, max: 9 }), async (lines, size) => {
    assert.equal(await linesOf(lines.map((line) => `${line}\n`).join(''), size), lines)
  })
  await fc.assert(property, { seed: 1, numRuns: 300 })
})

test('takes a last line without its end and drops carriage returns', async () => {
  assert.equal(await linesOf('a\r\n\r\nb'), ['a', '', 'b'])
  assert.equal(await linesOf(''), [])
})

test('keeps one character more than allowed of a line that is too long, and no more', async () => {
  assert.equal(await linesOf(`${'x'.repeat(500)}\nshort\n${'y'.repeat(500)}`, 7, 10), [
    'x'.repeat(11),
    'short',
    'y'.repeat(11)
  ])
})

test('reads no further than what has been taken', async () => {
  let read = 0
  async function* chunks() {
    for (; read < 10; read++) yield Buffer.from('line\n')
  }
  const lines = readLines(chunks(), 100)
  await lines.next()
  assert.is(read, 0)
})

test.run()
