import { PassThrough, Writable } from 'node:stream'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { LineOutput } from '../../src/commands/line-output.ts'

const test = suite('line output')
const NEVER = new AbortController().signal

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** Whether a promise is settled by now. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false
  void promise.then(() => {
    settled = true
  })
  await turn()
  await turn()
  return settled
}

test('what is written within a turn leaves as one write, in order', async () => {
  const writes: string[] = []
  const stream = new Writable({
    write(chunk, _, done) {
      writes.push(String(chunk))
      done()
    }
  })
  const output = new LineOutput(stream)
  for (const text of ['a', 'b']) await output.write(Buffer.from(text), Buffer.from('\n'))
  output.offer('c')
  await output.end(NEVER)
  assert.equal(writes, ['a\nb\nc\n', ''])
})

test('a writer waits while the reader does not read, and goes on when it does', async () => {
  const stream = new PassThrough({ highWaterMark: 1024 })
  const output = new LineOutput(stream)
  await output.write(Buffer.alloc(2000))
  await turn()
  const second = output.write(Buffer.alloc(1))
  assert.not.ok(await isSettled(second))
  stream.resume()
  await second
})

test('offered lines are refused when too much waits', async () => {
  const output = new LineOutput(new PassThrough())
  assert.ok(output.offer('first'))
  void output.write(Buffer.alloc(2 << 20))
  assert.not.ok(output.offer('second'))
})

test('a broken stream ends all waiting, is told once and then ignored', async () => {
  const stream = new PassThrough({ highWaterMark: 1 })
  const output = new LineOutput(stream)
  await output.write(Buffer.alloc(10))
  await turn()
  const waiting = output.write(Buffer.alloc(1))
  stream.destroy(Object.assign(new Error('gone'), { code: 'EPIPE' }))
  await waiting
  assert.is((output.failed.reason as NodeJS.ErrnoException).code, 'EPIPE')
  await output.write(Buffer.alloc(1))
  await output.end(NEVER)
})

test('the end waits for the reader, but not when it is told to give up', async () => {
  const stream = new PassThrough({ highWaterMark: 1 })
  const output = new LineOutput(stream)
  void output.write(Buffer.alloc(10))
  const giveUp = new AbortController()
  const ended = output.end(giveUp.signal)
  assert.not.ok(await isSettled(ended))
  giveUp.abort()
  assert.is(await ended, false)
})

test.run()
