// Links that lagged, with links and memory of the test's own: what they missed comes late and in order, or is counted.
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Inlet } from '../../../src/worker/flood/backpressure.ts'
import { BufferPool } from '../../../src/worker/flood/buffer-pool.ts'
import { CatchUp, type Follower } from '../../../src/worker/flood/catch-up.ts'

const [FIRST, SECOND, SOURCE] = [16, 32, 48]
const RUN = 1_000
const MANY = 1_000_000
const test = suite('catch up')

test('a link that lagged gets what came meanwhile, in order, as far as it has room, and then all of it', () => {
  const { catchUp, add } = newCatchUp(MANY)
  const link = follower(FIRST)
  add(1)
  catchUp.fallBehind(link)
  for (const name of [2, 3, 4]) add(name)
  link.room = 2
  catchUp.feed(link)
  assert.equal([link.got, link.behind], [[2, 3], true])
  link.room = 9
  add(5)
  catchUp.feed(link)
  assert.equal([link.got, link.behind, link.missed], [[2, 3, 4, 5], false, 0])
})

test('a link gets nothing back that it brought itself', () => {
  const { catchUp, add } = newCatchUp(MANY)
  const link = follower(FIRST)
  catchUp.fallBehind(link)
  add(1, FIRST)
  add(2, SECOND)
  link.room = 9
  catchUp.feed(link)
  assert.equal([link.got, link.missed], [[2], 0])
})

test('a link gets nothing of an author that it had pruned', () => {
  const { catchUp, add } = newCatchUp(MANY)
  const link = follower(FIRST)
  catchUp.fallBehind(link)
  add(1, SOURCE, 0b11)
  add(2, SOURCE, 0b10)
  link.room = 9
  catchUp.feed(link)
  assert.equal([link.got, link.missed], [[2], 0])
})

test('what is more than recent frames may hold is counted once for each link that has not got it', () => {
  const { catchUp, add } = newCatchUp(3 * (RUN + 500))
  const [slow, slower] = [follower(FIRST), follower(SECOND)]
  catchUp.fallBehind(slow)
  add(1)
  catchUp.fallBehind(slower)
  for (const name of [2, 3, 4, 5]) add(name)
  assert.equal([slow.missed, slower.missed], [2, 1])
  slow.room = slower.room = 9
  catchUp.feed(slow)
  catchUp.feed(slower)
  assert.equal(
    [slow.got, slower.got],
    [
      [3, 4, 5],
      [3, 4, 5]
    ]
  )
  assert.ok(catchUp.recent.bytes <= 3 * (RUN + 500))
})

test('what is too old goes, also when nothing new comes', () => {
  const { catchUp, add } = newCatchUp(MANY)
  const link = follower(FIRST)
  catchUp.fallBehind(link)
  add(1)
  catchUp.recent.expire(10_000)
  assert.equal([link.missed, catchUp.recent.bytes, catchUp.recent.begin], [1, 0, 1])
})

test('a link that ends while it is behind has missed the rest', () => {
  const { catchUp, add } = newCatchUp(MANY)
  const link = follower(FIRST)
  catchUp.fallBehind(link)
  add(1)
  add(2, FIRST)
  add(3)
  catchUp.forget(link)
  assert.equal([link.missed, link.behind], [2, false])
  catchUp.recent.expire(10_000)
  assert.is(link.missed, 2)
})

test('memory of frames is held once for each, and let go', () => {
  const memory = new BufferPool()
  const held = new Map<ArrayBufferLike, number>()
  const change = (bytes: Uint8Array, by: number): unknown => held.set(bytes.buffer, (held.get(bytes.buffer) ?? 0) + by)
  memory.retain = (bytes) => void change(bytes, 1)
  memory.release = (bytes) => void change(bytes, -1)
  const catchUp = new CatchUp<Follower>(memory, MANY, 1_000)
  const chunk = new Uint8Array(40_000)
  for (let at = 0; at < 4; at++) catchUp.recent.add(chunk.subarray(at * RUN, (at + 1) * RUN), 1, SOURCE, 0, 0)
  assert.is(held.get(chunk.buffer), 4)
  // The block counts once, however many runs of it are held.
  assert.ok(catchUp.recent.bytes < 2 * chunk.length)
  catchUp.recent.expire(1_000)
  assert.equal([held.get(chunk.buffer), catchUp.recent.bytes], [0, 0])
})

test('positions go on however many runs have come and gone', () => {
  const { catchUp, add } = newCatchUp(10 * (RUN + 500))
  for (let i = 0; i < 5_000; i++) add(i % 250)
  const { recent } = catchUp
  assert.equal([recent.end, recent.at(recent.end - 1)?.bytes[0]], [5_000, 4_999 % 250])
  assert.is(recent.at(recent.begin)?.bytes[0], recent.begin % 250)
})

interface PaperFollower extends Follower {
  got: number[]
  missed: number
  room: number
}

function follower(id: number): PaperFollower {
  return {
    id,
    got: [],
    missed: 0,
    room: 0,
    waitingInlets: new Set<Inlet>(),
    lagging: false,
    behind: false,
    treeBit: 1,
    timedWait: null,
    stalls: 0,
    patience: null,
    takenBytes: 0,
    isFullFor() {
      return this.room <= 0
    },
    hasRoomFor: () => true,
    onLagging: () => undefined,
    flush: () => undefined,
    sendData(bytes) {
      this.room--
      this.got.push(bytes[0]!)
    },
    onMissed() {
      this.missed++
    }
  }
}

function newCatchUp(maxBytes: number) {
  const catchUp = new CatchUp<Follower>(new BufferPool(), maxBytes, 10_000)
  const add = (name: number, source = SOURCE, pruned = 0): void =>
    catchUp.recent.add(new Uint8Array(RUN).fill(name), 1, source, pruned, 0)
  return { catchUp, add }
}

test.run()
