// Where written messages are, and how many of them a crash of the worker takes with it.
import { resolveLimits } from '@floodnet/core'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createIdentity } from '../../src/identity/identity.ts'
import { SlabFiller } from '../../src/outbound/slab-filler.ts'
import { FrameRing } from '../../src/threads/frame-ring.ts'
import type { ShortRunLength, SlabFrames } from '../../src/threads/slab-sender.ts'

const LIMITS = resolveLimits({})

function startFiller() {
  const posted: unknown[] = []
  const ring = new FrameRing()
  const filler = new SlabFiller(
    createIdentity(0),
    false,
    LIMITS,
    { postMessage: (message) => posted.push(message) },
    ring
  )
  const write = (bytes: number): void => {
    assert.ok(filler.append(new Uint8Array(bytes), false, 0))
    filler.post()
  }
  return { filler, posted, ring, write }
}

test('a few messages go as a short run, more in a slab', () => {
  const { posted, write } = startFiller()
  write(100)
  write(5_000)
  assert.is(typeof posted[0], 'number')
  assert.is((posted[1] as SlabFrames).kind, 'frames')
})

test('what a crash takes with it is what the worker had not done with, in short runs and in slabs', () => {
  const { filler, posted, ring, write } = startFiller()
  for (let i = 0; i < 5; i++) write(100)
  write(5_000)
  const worker = new FrameRing(ring.memory)
  for (let i = 0; i < 3; i++) worker.next(posted[i] as ShortRunLength)
  for (let i = 0; i < 2; i++) worker.done()
  assert.is(filler.onCrash(), 4)
})

test('the next worker reads the short runs written after the crash, from the first', () => {
  const { filler, posted, ring, write } = startFiller()
  for (let i = 0; i < 3; i++) write(10 + i)
  filler.onCrash()
  const next = new FrameRing(ring.memory)
  for (const bytes of [200, 300]) {
    write(bytes)
    const shortRun = next.next(posted.at(-1) as ShortRunLength)
    assert.ok(shortRun.length > bytes)
    assert.is(new DataView(shortRun.buffer, shortRun.byteOffset).getUint32(0) + 4, shortRun.length)
    next.done()
  }
  assert.equal([ring.unread, filler.onCrash()], [0, 0])
})

test.run()
