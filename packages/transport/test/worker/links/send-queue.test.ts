// What waits for one socket, and in which pieces it is written.
import { encodeFrame, FrameType } from '@floodnet/core'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { OriginMatch } from '../../../src/worker/flood/origin-frames.ts'
import { SendQueue } from '../../../src/worker/links/send-queue.ts'

const BUDGET = 10_000

const run = (bytes: number): Uint8Array => new Uint8Array(bytes).fill(bytes & 0xff)

/** Sizes of the buffers of each portion until the queue is empty. */
function portions(queue: SendQueue): number[][] {
  const sizes: number[][] = []
  while (queue.bytes > 0) sizes.push(queue.take(BUDGET).buffers.map(({ length }) => length))
  return sizes
}

test('a run that fits is never cut: what does not fit beside it waits for the next portion', () => {
  const queue = new SendQueue()
  for (const bytes of [9_990, 9_990, 4_500, 4_500, 4_500]) queue.pushData(run(bytes), 1)
  assert.equal(portions(queue), [[9_990], [9_990], [4_500, 4_500], [4_500]])
})

test('a run larger than a portion is cut, and its rest is written before anything else', () => {
  const queue = new SendQueue()
  queue.pushData(run(25_000), 3)
  queue.pushData(run(4_100), 1)
  const first = queue.take(BUDGET)
  assert.is(first.frames, 0)
  queue.pushControl(run(60))
  assert.equal(
    queue.take(BUDGET).buffers.map(({ length }) => length),
    [10_000]
  )
  const last = queue.take(BUDGET)
  assert.equal(
    last.buffers.map(({ length }) => length),
    [5_000, 60, 4_100]
  )
  assert.is(last.frames, 4)
  assert.is(queue.bytes, 0)
})

test('control frames overtake data and take no room from it', () => {
  const queue = new SendQueue()
  queue.pushData(run(10_000), 1)
  queue.pushControl(run(100))
  const portion = queue.take(BUDGET)
  assert.equal(
    portion.buffers.map(({ length }) => length),
    [100, 10_000]
  )
  assert.is(portion.bytes, 10_100)
})

test('small runs are copied together, so that they leave in one write', () => {
  const queue = new SendQueue()
  for (let i = 0; i < 10; i++) queue.pushData(run(148), 1)
  assert.equal(portions(queue), [[1_480]])
})

test('a run is told to have ended once, with the portion that has its last byte', () => {
  const queue = new SendQueue()
  const [first, second] = [new Uint8Array(100_000), new Uint8Array(30_000)]
  queue.pushData(first, 1)
  queue.pushData(second, 2)
  const told: (readonly Uint8Array[])[] = []
  while (queue.bytes > 0) told.push(queue.take(40_000).runs)
  assert.equal(
    told.map((runs) => runs.map(({ length }) => length)),
    [[], [], [100_000], [30_000]]
  )
  assert.is(told[2]?.[0], first)
})

test('frames of an author are taken out, wherever they lie, and the memory of runs is let go', () => {
  const queue = new SendQueue()
  const held = { count: 0 }
  const memory = { retain: () => void held.count++, release: () => void held.count-- }
  const gone = new OriginMatch('01'.repeat(32), 5)
  for (const authors of [[1, 1], [2], [2, 1, 1, 2, 3], [1]]) {
    queue.pushData(runOf(authors), authors.length)
    memory.retain()
  }
  assert.is(queue.purge(gone, memory), 1, 'the lowest number dropped')
  assert.is(queue.purge(gone, memory), 0)
  assert.equal([queue.bytes, held.count], [4 * FRAME_BYTES, 3])
  const { buffers, frames } = queue.take(BUDGET)
  assert.equal([authorsIn(buffers), frames, queue.bytes], [[2, 2, 2, 3], 4, 0])
})

test('a run that is sent in part keeps its rest, whosever it is', () => {
  const queue = new SendQueue()
  const authors = Array.from({ length: 300 }, () => 1)
  queue.pushData(runOf(authors), authors.length)
  queue.pushData(runOf([1]), 1)
  queue.take(BUDGET)
  queue.purge(new OriginMatch('01'.repeat(32), 5), { retain: () => undefined, release: () => undefined })
  assert.is(queue.bytes, 300 * FRAME_BYTES - BUDGET)
})

const FRAME_BYTES = 58

function runOf(authors: readonly number[]): Uint8Array {
  const frames = authors.map((name, i) =>
    encodeFrame(
      FrameType.data,
      { origin: new Uint8Array(32).fill(name), incarnation: 5 },
      i + 1,
      new Uint8Array(FRAME_BYTES - 48)
    )
  )
  return new Uint8Array(frames.flatMap((frame) => [...frame]))
}

function authorsIn(buffers: readonly Uint8Array[]): number[] {
  return buffers.flatMap((bytes) =>
    Array.from({ length: bytes.length / FRAME_BYTES }, (_, i) => bytes[i * FRAME_BYTES + 8]!)
  )
}

test.run()
