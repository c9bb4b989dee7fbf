// Notes between two threads: each read as it was written, and none written over before it has been read.
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { check } from '../../../../test/support/property.ts'
import { MAX_NOTES, NOTE_BYTES, NoteRing } from '../../src/threads/frame-ring.ts'

test('takes as many notes as there are places, and more when some are done with', () => {
  const writer = new NoteRing()
  const reader = new NoteRing(writer.memory)
  for (let i = 0; i < MAX_NOTES; i++) assert.ok(writer.write(Uint8Array.of(i)))
  assert.equal([writer.unread, writer.write(Uint8Array.of(1))], [MAX_NOTES, false])
  reader.next(1)
  assert.is(writer.write(Uint8Array.of(1)), false)
  reader.done()
  assert.equal([writer.write(Uint8Array.of(1)), writer.unread], [true, MAX_NOTES])
})

test('takes no note that is too long for a place', () => {
  const ring = new NoteRing()
  assert.is(ring.write(new Uint8Array(NOTE_BYTES + 1)), false)
  assert.equal([ring.unread, ring.write(new Uint8Array(NOTE_BYTES)), ring.unread], [0, true, 1])
})

test('begins anew with another thread at the other end', () => {
  const writer = new NoteRing()
  const gone = new NoteRing(writer.memory)
  for (let i = 0; i < 5; i++) writer.write(Uint8Array.of(i))
  gone.next(1)
  gone.done()
  writer.reset()
  const next = new NoteRing(writer.memory)
  assert.is(writer.unread, 0)
  writer.write(Uint8Array.of(9))
  assert.is(next.next(1)[0], 9)
})

test('whatever is written and read in whatever order, each note is read as it was written', () => {
  const steps = fc.array(fc.tuple(fc.constantFrom('write', 'next', 'done'), fc.integer({ min: 1, max: NOTE_BYTES })), {
    maxLength: 400
  })
  check(
    steps,
    (plan) => {
      const writer = new NoteRing()
      const reader = new NoteRing(writer.memory)
      const posted: { bytes: number; mark: number }[] = []
      const read: { note: Uint8Array; mark: number }[] = []
      plan.forEach(([step, bytes], mark) => {
        if (step === 'write') {
          if (writer.write(new Uint8Array(bytes).fill(mark))) posted.push({ bytes, mark: mark & 0xff })
        } else if (step === 'next') {
          const next = posted.shift()
          if (next !== undefined) read.push({ note: reader.next(next.bytes), mark: next.mark })
        } else if (read.shift() !== undefined) reader.done()
        for (const { note, mark: own } of read) assert.ok(note.every((byte) => byte === own))
        assert.is(writer.unread, posted.length + read.length)
      })
    },
    100
  )
})

test.run()
