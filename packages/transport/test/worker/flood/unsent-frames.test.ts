// Packets that wait for a first link: in order, in bounded memory.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { BufferPool } from '../../../src/worker/flood/buffer-pool.ts'
import { UnsentFrames, type UnsentRun } from '../../../src/worker/flood/unsent-frames.ts'

test('what is kept comes back in order, once', () => {
  const unsent = new UnsentFrames(new BufferPool(), 100)
  for (const frames of [1, 2, 3]) assert.ok(unsent.keep(new Uint8Array(10), frames))
  assert.equal(framesIn(unsent), [1, 2, 3])
  assert.ok(unsent.isEmpty)
  assert.equal(framesIn(unsent), [])
})

test('no more is kept than there is room for, and there is room again when it has gone', () => {
  const unsent = new UnsentFrames(new BufferPool(), 100)
  assert.equal(
    [60, 50, 40].map((bytes) => unsent.keep(new Uint8Array(bytes), 1)),
    [true, false, true]
  )
  framesIn(unsent)
  assert.ok(unsent.keep(new Uint8Array(100), 1))
})

test('memory is held for as long as a run is kept', () => {
  const memory = new BufferPool()
  const unsent = new UnsentFrames(memory, 100_000)
  const bytes = memory.allocate(20_000)
  unsent.keep(bytes.subarray(0, 100), 1)
  memory.release(bytes)
  assert.is.not(memory.allocate(20_000).buffer, bytes.buffer)
  framesIn(unsent)
  assert.is(memory.allocate(20_000).buffer, bytes.buffer)
})

function framesIn(unsent: UnsentFrames): number[] {
  const taken: UnsentRun[] = []
  unsent.release((run) => taken.push(run))
  return taken.map(({ frames }) => frames)
}

test.run()
