// Messages that wait: what an abort takes out, what a close gives up, and that whoever does not look is told by counts.
import { getEventListeners } from 'node:events'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type Refusal, WriteQueue, type WriteQueueEntry } from '../../src/outbound/write-queue.ts'

const unhandled: unknown[] = []
process.on('unhandledRejection', (reason) => unhandled.push(reason))

function startQueue(maxBytes = 1_000) {
  const refused: [Refusal, number][] = []
  const queue = new WriteQueue<WriteQueueEntry>(maxBytes, (reason, count) => refused.push([reason, count]))
  const wait = (bytes: number, signal?: AbortSignal) =>
    queue.wait((settle) => ({ payload: new Uint8Array(bytes), fragment: 0, stem: false, ...settle }), signal)
  return { queue, refused, wait }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

function reasonOf(written: Promise<unknown>): Promise<unknown> {
  return written.then(
    () => 'written',
    (error) => error?.code ?? error
  )
}

test('one signal has one listener, however many writes wait with it, and none when the last of them is through', async () => {
  const { queue, wait } = startQueue()
  const { signal } = new AbortController()
  const written = Array.from({ length: 100 }, () => wait(1, signal))
  assert.is(getEventListeners(signal, 'abort').length, 1)
  const receipt = { origin: '', incarnation: 1, seq: 1, index: 0, links: 1 }
  for (let next = queue.first; next !== undefined; next = queue.first) {
    queue.shift()
    next.resolve(receipt)
  }
  assert.equal(await Promise.all(written), new Array(100).fill(receipt))
  assert.is(getEventListeners(signal, 'abort').length, 0)
})

test('an abort takes what waits with it out of the midst, and leaves the rest in order', async () => {
  const { queue, wait } = startQueue()
  const abort = new AbortController()
  const kept: Promise<unknown>[] = []
  const aborted: Promise<unknown>[] = []
  for (let i = 1; i <= 6; i++) (i % 2 === 1 ? aborted : kept).push(wait(i, i % 2 === 1 ? abort.signal : undefined))
  abort.abort('enough')
  assert.equal(await Promise.all(aborted.map(reasonOf)), ['enough', 'enough', 'enough'])
  assert.is(queue.bytes, 2 + 4 + 6)
  const left: number[] = []
  for (let next = queue.first; next !== undefined; next = queue.first) {
    left.push(next.payload.length)
    queue.shift()
  }
  assert.equal(left, [2, 4, 6])
})

test('a large message that is partly out is given up by an abort too', async () => {
  const { queue, wait } = startQueue()
  const abort = new AbortController()
  const written = reasonOf(wait(500, abort.signal))
  queue.first!.fragment = 3
  abort.abort('enough')
  assert.is(await written, 'enough')
  assert.is(queue.length, 0)
})

test('a write that nobody awaits ends no process, and is counted: when the queue is full, and when it closes', async () => {
  const { queue, refused, wait } = startQueue(10)
  for (let i = 0; i < 3; i++) void wait(10)
  assert.equal(refused, [
    ['write-queue-full', 1],
    ['write-queue-full', 1]
  ])
  queue.close(new Error('closed'))
  assert.equal(refused[2], ['closed', 1])
  await nextTurn()
  assert.equal(unhandled, [])
})

test('who awaits is told all the same', async () => {
  const { queue, wait } = startQueue(10)
  const written = [wait(10), wait(10)].map(reasonOf)
  const error = new Error('closed')
  queue.close(error)
  assert.equal(await Promise.all(written), [error, 'ERR_FLOODNET_QUEUE_FULL'])
})

test.run()
