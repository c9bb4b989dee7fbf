// Sealed messages that wait: whoever sends most loses first.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { MAX_WAITING, MAX_WAITING_BYTES, MAX_WELCOME, OpeningQueue } from '../../src/guard/opening-queue.ts'

const JUNK = new Uint8Array(512)
const HONEST = new Uint8Array(512)

function takenOf(queue: OpeningQueue, count: number): { origin: string; payload: Uint8Array }[] {
  return Array.from({ length: count }, () => queue.take()).filter((taken) => taken !== null)
}

test('what comes under one key is tried in order', () => {
  const queue = new OpeningQueue()
  const payloads = Array.from({ length: 5 }, (_, n) => new Uint8Array(n + 1))
  for (const payload of payloads) queue.add('a', payload)
  assert.equal(
    takenOf(queue, 9).map(({ payload }) => payload),
    payloads
  )
})

test('a flood under few keys takes no turn of anybody else, and drops its own', () => {
  const queue = new OpeningQueue()
  for (let n = 0; n < 10 * MAX_WAITING; n++) queue.add(`loud ${n % 10}`, JUNK)
  let dropped = 0
  for (let n = 0; n < 50; n++) dropped += queue.add(`honest ${n}`, HONEST)
  assert.is(dropped, 50)
  const first = takenOf(queue, 60)
  assert.is(first.filter(({ payload }) => payload === HONEST).length, 50)
})

test('a flood under ever new keys drops its oldest, not what comes after', () => {
  const queue = new OpeningQueue()
  for (let n = 0; n < 5 * MAX_WAITING; n++) queue.add(`junk ${n}`, JUNK)
  queue.add('honest', HONEST)
  const all = takenOf(queue, 2 * MAX_WAITING)
  assert.is(all.length, MAX_WAITING)
  assert.ok(all.some(({ payload }) => payload === HONEST))
})

test('large ones lose by their bytes', () => {
  const queue = new OpeningQueue()
  for (let n = 0; n < 10; n++) queue.add('honest', HONEST)
  const large = new Uint8Array(MAX_WAITING_BYTES / 4)
  for (let n = 0; n < 20; n++) queue.add('large', large)
  const all = takenOf(queue, 100)
  assert.is(all.filter(({ payload }) => payload === HONEST).length, 10)
  assert.ok(all.reduce((sum, { payload }) => sum + payload.length, 0) <= MAX_WAITING_BYTES)
})

test('whoever has brought something for us has two of three turns, and strangers the third', () => {
  const queue = new OpeningQueue()
  queue.add('friend', HONEST)
  for (let n = 0; n < 300; n++) queue.add(`stranger ${n}`, JUNK)
  queue.welcome('friend')
  for (let n = 0; n < 99; n++) queue.add('friend', HONEST)
  const first = takenOf(queue, 90)
  assert.is(first.filter(({ origin }) => origin === 'friend').length, 60)
  assert.is(first.filter(({ origin }) => origin !== 'friend').length, 30)
})

test('strangers lose their places before whoever has brought something for us', () => {
  const queue = new OpeningQueue()
  queue.welcome('friend')
  for (let n = 0; n < 100; n++) queue.add('friend', HONEST)
  for (let n = 0; n < 2 * MAX_WAITING; n++) queue.add(`stranger ${n}`, JUNK)
  assert.is(takenOf(queue, MAX_WAITING).filter(({ origin }) => origin === 'friend').length, 100)
})

test('so many are remembered as welcome, the latest', () => {
  const queue = new OpeningQueue()
  for (let n = 0; n <= MAX_WELCOME; n++) queue.welcome(`friend ${n}`)
  queue.add('friend 0', HONEST)
  queue.add(`friend ${MAX_WELCOME}`, JUNK)
  assert.is(queue.take()?.origin, `friend ${MAX_WELCOME}`)
})

test.run()
