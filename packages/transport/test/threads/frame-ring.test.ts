// Short runs between two threads: each read as it was written, and none written over before it has been read.
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { check } from '../../../../test/support/property.ts'
import { FrameRing, MAX_SHORT_RUNS, SHORT_RUN_BYTES } from '../../src/threads/frame-ring.ts'

test('takes as many short runs as there are places, and more when some are done with', () => {
  const writer = new FrameRing()
  const reader = new FrameRing(writer.memory)
  for (let i = 0; i < MAX_SHORT_RUNS; i++) assert.ok(writer.write(Uint8Array.of(i)))
  assert.equal([writer.unread, writer.write(Uint8Array.of(1))], [MAX_SHORT_RUNS, false])
  reader.next(1)
  assert.is(writer.write(Uint8Array.of(1)), false)
  reader.done()
  assert.equal([writer.write(Uint8Array.of(1)), writer.unread], [true, MAX_SHORT_RUNS])
})

test('takes no short run that is too long for a place', () => {
  const ring = new FrameRing()
  assert.is(ring.write(new Uint8Array(SHORT_RUN_BYTES + 1)), false)
  assert.equal([ring.unread, ring.write(new Uint8Array(SHORT_RUN_BYTES)), ring.unread], [0, true, 1])
})

test('begins anew with another thread at the other end', () => {
  const writer = new FrameRing()
  const gone = new FrameRing(writer.memory)
  for (let i = 0; i < 5; i++) writer.write(Uint8Array.of(i))
  gone.next(1)
  gone.done()
  writer.reset()
  const next = new FrameRing(writer.memory)
  assert.is(writer.unread, 0)
  writer.write(Uint8Array.of(9))
  assert.is(next.next(1)[0], 9)
})

test('whatever is written and read in whatever order, each short run is read as it was written', () => {
  const steps = fc.array(
    fc.tuple(fc.constantFrom('write', 'next', 'done'), fc.integer({ min: 1, max: SHORT_RUN_BYTES })),
    {
      maxLength: 400
    }
  )
  check(
    steps,
    (plan) => {
      const writer = new FrameRing()
      const reader = new FrameRing(writer.memory)
      const posted: { bytes: number; mark: number }[] = []
      const read: { shortRun: Uint8Array; mark: number }[] = []
      plan.forEach(([step, bytes], mark) => {
        if (step === 'write') {
          if (writer.write(new Uint8Array(bytes).fill(mark))) posted.push({ bytes, mark: mark & 0xff })
        } else if (step === 'next') {
          const next = posted.shift()
          if (next !== undefined) read.push({ shortRun: reader.next(next.bytes), mark: next.mark })
        } else if (read.shift() !== undefined) reader.done()
        for (const { shortRun, mark: own } of read) assert.ok(shortRun.every((byte) => byte === own))
        assert.is(writer.unread, posted.length + read.length)
      })
    },
    100
  )
})

test.run()
