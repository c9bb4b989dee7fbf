import { PassThrough } from 'node:stream'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { progressBar } from '../../src/commands/sim/progress-bar.ts'

const test = suite('progress')

function stderr(isTTY: boolean) {
  const stream = Object.assign(new PassThrough(), { isTTY, columns: 60 })
  return { stream, text: () => String(stream.read() ?? '') }
}

test('a terminal has a bar that is written over and cleared', () => {
  const { stream, text } = stderr(true)
  const bar = progressBar(stream)
  bar.show('joining', 0.5)
  assert.is(text(), `\r\u001b[K[${'#'.repeat(15)}${'.'.repeat(15)}] 50 % joining`)
  bar.clear()
  assert.is(text(), '\r\u001b[K')
})

test('a log has a line each 10 s, and none of what is done before', () => {
  const { stream, text } = stderr(false)
  let ms = 0
  const bar = progressBar(stream, () => ms)
  for (; ms < 10_000; ms += 1_000) bar.show('joining', ms / 40_000)
  assert.is(text(), '')
  for (; ms <= 20_000; ms += 1_000) bar.show('healing', ms / 40_000)
  bar.clear()
  assert.is(text(), 'healing: 25 %\nhealing: 50 %\n')
})

test.run()
