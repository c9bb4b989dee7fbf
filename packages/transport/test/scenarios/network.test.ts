// The public interface of one node and its neighbour: when calls resolve, what they reject with, and how it all ends.
import { createNetwork, FloodnetError, type Message, type NetworkEvent } from '@floodnet/transport'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until, within } from '../../../../test/support/wait.ts'
import { closeNodes, type LocalNode, linked, startNode, textOf } from '../support/local-node.ts'
import { killProcesses, startProcessNode } from '../support/process-node.ts'

const DEADLINE_MS = 15_000
const test = suite('network')

test.after.each(closeNodes)
test.after.each(killProcesses)

async function startPair(): Promise<[LocalNode, LocalNode]> {
  const a = await startNode()
  const b = await startNode({ join: a.address })
  await linked(a, b)
  return [a, b]
}

async function readText({ network }: LocalNode): Promise<string> {
  return textOf(await network.read({ signal: AbortSignal.timeout(DEADLINE_MS) }))
}

async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await within(promise, DEADLINE_MS, 'a rejection')
  } catch (error) {
    return error
  }
  throw new Error('it resolved')
}

async function rejectsAsClosed(promise: Promise<unknown>): Promise<void> {
  const error = await rejection(promise)
  assert.instance(error, FloodnetError)
  assert.is((error as FloodnetError).code, 'ERR_FLOODNET_CLOSED')
}

/** True once it has settled. */
function watch(promise: Promise<unknown>): () => boolean {
  let settled = false
  const settle = (): void => {
    settled = true
  }
  promise.then(settle, settle)
  return () => settled
}

test('bytes and text go out, and come in as the bytes that were written', async () => {
  const [a, b] = await startPair()
  const receipts = [await a.network.write('Grüße'), await a.network.write(new Uint8Array([0, 255, 10]))]
  const messages = [await b.network.read(), await b.network.read()]
  assert.equal(
    messages.map(({ payload }) => [...payload]),
    [[...new TextEncoder().encode('Grüße')], [0, 255, 10]]
  )
  for (const [i, { origin, incarnation, seq, index, hops }] of messages.entries()) {
    assert.equal({ origin, incarnation, seq, index, links: 1 }, receipts[i])
    assert.is(hops, 1)
  }
  assert.is(messages[0]?.origin, a.network.id)
})

test('a node never reads its own messages', async () => {
  const [a, b] = await startPair()
  const own: Message[] = []
  a.network.messages$.subscribe((message) => own.push(message))
  await a.network.write('mine')
  await readText(b)
  await b.network.write('yours')
  assert.is(await readText(a), 'yours')
  assert.equal(own.map(textOf), ['yours'])
})

test('what is written before there is a neighbour is held, says so, and reaches the first one in order', async () => {
  const early = await startNode()
  for (let number = 0; number < 100; number++) {
    const { links } = await early.network.write(`early ${number}`)
    assert.is(links, 0)
  }
  const first = await startNode({ join: early.address })
  for (let number = 0; number < 100; number++) assert.is(await readText(first), `early ${number}`)
  assert.is((await early.network.write('late')).links, 1)
  assert.is(await readText(first), 'late')
})

test('writes past what is held wait, reject when too many, and go on with the first neighbour', async () => {
  const writer = await startNode({ limits: { holdBytes: 1_048_576, writeQueueBytes: 1 << 20 } })
  // The caller's own bytes, used for each message: what waits must be a copy, of a Buffer too.
  const bytes = Buffer.alloc(60_000)
  const kibibytes = (number: number): Uint8Array => bytes.fill(number)
  let held = 0
  const waiting: Promise<unknown>[] = []
  for (let number = 0; waiting.length === 0; number++) {
    const write = writer.network.write(kibibytes(number % 256))
    const isSettled = watch(write)
    await new Promise((resolve) => setImmediate(resolve))
    if (isSettled()) held++
    else waiting.push(write)
    assert.ok(number < 1_000, 'writes never wait')
  }
  let full: unknown = null
  while (full === null) {
    const write = writer.network.write(kibibytes(held + waiting.length))
    waiting.push(write)
    write.catch((error: unknown) => {
      full = error
    })
    await new Promise((resolve) => setImmediate(resolve))
    assert.ok(waiting.length < 1_000, 'the queue is never full')
  }
  assert.is((full as FloodnetError).code, 'ERR_FLOODNET_QUEUE_FULL')
  waiting.pop()
  const reader = await startNode({ join: writer.address })
  await Promise.all(waiting)
  for (let number = 0; number < held + waiting.length; number++) {
    const { payload } = await reader.network.read({ signal: AbortSignal.timeout(DEADLINE_MS) })
    assert.is(payload[0], number % 256)
  }
})

test('a message over the limit is refused to its writer, and the next one goes', async () => {
  const a = await startNode({ limits: { maxMessageBytes: 1_000 } })
  const b = await startNode({ join: a.address })
  await linked(a, b)
  const error = await rejection(a.network.write(new Uint8Array(1_001)))
  assert.is((error as FloodnetError).code, 'ERR_FLOODNET_MESSAGE_TOO_LARGE')
  await a.network.write(new Uint8Array(1_000))
  assert.is((await b.network.read()).payload.length, 1_000)
})

test('what is no message is refused', async () => {
  const { network } = await startNode()
  for (const wrong of [undefined, 5, {}, [1, 2]]) {
    assert.is(
      ((await rejection(network.write(wrong as unknown as string))) as FloodnetError).code,
      'ERR_FLOODNET_OPTION'
    )
  }
})

test('flush resolves when all is handed over, and without a neighbour waits for the first', async () => {
  const a = await startNode()
  await within(a.network.flush(), DEADLINE_MS, 'flush of nothing')
  await a.network.write('early')
  const flush = a.network.flush()
  const isFlushed = watch(flush)
  await a.network.stats()
  assert.not(isFlushed())
  const b = await startNode({ join: a.address })
  await within(flush, DEADLINE_MS, 'flush')
  assert.is(await readText(b), 'early')
})

test('close hands over what was written just before, and tells the neighbour', async () => {
  const [a, b] = await startPair()
  for (let number = 0; number < 2_000; number++) void a.network.write(`last ${number}`)
  const heard: string[] = []
  b.network.messages$.subscribe((message) => heard.push(textOf(message)))
  await a.network.close()
  await b.event('peer-down', { id: a.network.id, reason: 'leaving' })
  assert.equal(
    heard,
    Array.from({ length: 2_000 }, (_, number) => `last ${number}`)
  )
})

test('closing twice is one closing, and `closed` resolves', async () => {
  const { network } = await startNode()
  await Promise.all([network.close(), network.close()])
  await network.close()
  await network.closed
})

test('a closed network takes nothing more and gives no more than it had', async () => {
  const [a, b] = await startPair()
  await a.network.write('one')
  await a.network.write('two')
  assert.is(await readText(b), 'one')
  await until(async () => (await b.network.stats()).queues.inboxMessages === 1, DEADLINE_MS, 'the second message')
  await b.network.close()
  assert.is(await readText(b), 'two')
  await rejectsAsClosed(b.network.read())
  await rejectsAsClosed(b.network.write('late'))
  await rejectsAsClosed(b.network.flush())
  assert.throws(
    () => b.network.connect('127.0.0.1:1'),
    (error: unknown) => (error as FloodnetError).code === 'ERR_FLOODNET_CLOSED'
  )
})

test('reads and writes that wait are rejected by closing', async () => {
  const { network } = await startNode({ limits: { holdBytes: 1_048_576 } })
  const read = network.read()
  const writes = Array.from({ length: 20 }, () => network.write(new Uint8Array(60_000)))
  const settled = Promise.allSettled(writes)
  await network.close()
  await rejectsAsClosed(read)
  const last = (await settled).at(-1)
  assert.is(last?.status === 'rejected' && last.reason.code, 'ERR_FLOODNET_CLOSED')
})

test('an aborted signal closes the network', async () => {
  const abort = new AbortController()
  const { network, event } = await startNode({ signal: abort.signal })
  const read = network.read()
  abort.abort()
  await within(network.closed, DEADLINE_MS, 'the end')
  assert.equal(await event('close'), { reason: 'closed' })
  await rejectsAsClosed(read)
})

test('a network is closed at the end of `await using`', async () => {
  const network = await createNetwork({ listen: '127.0.0.1:0' })
  await network[Symbol.asyncDispose]()
  await rejectsAsClosed(network.write('late'))
  await network.closed
})

test('iteration takes messages in order and ends when the network closes', async () => {
  const [a, b] = await startPair()
  const heard: string[] = []
  const iteration = (async () => {
    for await (const message of b.network) heard.push(textOf(message))
  })()
  for (const word of ['one', 'two', 'three']) await a.network.write(word)
  await until(() => heard.length === 3, DEADLINE_MS, 'three messages')
  await b.network.close()
  await within(iteration, DEADLINE_MS, 'the end of the iteration')
  assert.equal(heard, ['one', 'two', 'three'])
})

test('leaving an iteration early leaves the network and the rest of its messages alone', async () => {
  const [a, b] = await startPair()
  for (const word of ['one', 'two', 'three']) await a.network.write(word)
  for await (const message of b.network) {
    assert.is(textOf(message), 'one')
    break
  }
  assert.is(await readText(b), 'two')
  for await (const message of b.network) {
    assert.is(textOf(message), 'three')
    break
  }
})

test('a read can be given up, and takes no message with it', async () => {
  const [a, b] = await startPair()
  const abort = new AbortController()
  const given = b.network.read({ signal: abort.signal })
  const reason = new Error('no time')
  abort.abort(reason)
  assert.is(await rejection(given), reason)
  assert.is(await rejection(b.network.read({ signal: abort.signal })), reason)
  await a.network.write('one')
  assert.is(await readText(b), 'one')
})

test('both Observables complete when the network closes, the events after the last one', async () => {
  const { network } = await startNode()
  const names: string[] = []
  const ended: string[] = []
  network.events$.subscribe({
    next: ({ name }: NetworkEvent) => names.push(name),
    complete: () => ended.push('events')
  })
  network.messages$.subscribe({ complete: () => ended.push('messages') })
  await network.close()
  assert.equal(ended.sort(), ['events', 'messages'])
  assert.is(names.at(-1), 'close')
})

test('events tell the story in order: listening, dial, opened, peer-up, entry, peer-down, close', async () => {
  const a = await startNode()
  const b = await startNode({ join: a.address })
  await linked(a, b)
  await a.network.close()
  await b.event('peer-down')
  await b.network.close()
  const story = b.events.flatMap((event) => {
    return event.name === 'dial' ? [`dial ${event.details.phase}`] : [event.name]
  })
  // Alone again, it may try its entry once more before it is closed.
  const [told, last] = [story.slice(0, 6), story.at(-1)]
  assert.equal([...told, last], ['listening', 'dial start', 'dial opened', 'peer-up', 'entry', 'peer-down', 'close'])
  assert.equal(b.all('listening'), [{ address: b.address, id: b.network.id }])
  assert.equal(b.all('entry')[0], { address: a.address, outcome: 'joined', id: a.network.id })
  assert.equal(b.all('peer-up'), [{ id: a.network.id, address: a.address, direction: 'dialled' }])
  assert.equal(b.all('peer-down'), [{ id: a.network.id, address: a.address, reason: 'leaving' }])
  assert.equal(a.all('peer-up'), [{ id: b.network.id, address: b.address, direction: 'accepted' }])
})

test('listeners come and go, and one that throws harms neither the node nor the others', async () => {
  const node = await startNode()
  const calls: string[] = []
  const thrown: unknown[] = []
  const gone = (): void => void calls.push('gone')
  const onThrown = (error: unknown): void => void thrown.push(error)
  process.on('uncaughtException', onThrown)
  node.network
    .on('peer-up', () => {
      throw new Error('a bug of the program')
    })
    .on('peer-up', gone)
    .off('peer-up', gone)
    .once('peer-up', () => calls.push('once'))
    .on('peer-up', () => calls.push('on'))
  for (let i = 0; i < 2; i++) await linked(node, await startNode({ join: node.address }))
  await until(() => thrown.length === 2, DEADLINE_MS, 'both errors')
  assert.equal(calls, ['once', 'on', 'on'])
  process.off('uncaughtException', onThrown)
})

test('connect joins another entry while running', async () => {
  const [a, b] = [await startNode(), await startNode()]
  a.network.connect(b.address)
  await linked(a, b)
  assert.throws(
    () => a.network.connect('nowhere:port'),
    (error: unknown) => (error as FloodnetError).code === 'ERR_FLOODNET_ADDRESS'
  )
})

test('a node that does not listen has no address and takes part all the same', async () => {
  const entry = await startNode()
  const silent = await createNetwork({ listen: false, join: entry.address })
  assert.is(silent.address, null)
  await entry.event('peer-up', { id: silent.id })
  await silent.write('from nowhere')
  assert.is(await readText(entry), 'from nowhere')
  await silent.close()
})

test('a program that is busy for a moment loses nothing that its inbox has room for', async () => {
  const reader = await startNode({ limits: { stallMs: 50 } })
  const writer = await startProcessNode({ join: reader.address })
  await reader.event('peer-up', { id: writer.id })
  const written = writer.writeApart('packet ', 200)
  await new Promise((resolve) => setImmediate(resolve))
  // Nothing of this thread runs meanwhile; the writer is another process and the link another thread.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_500)
  await written
  for (let number = 0; number < 200; number++) assert.is(await readText(reader), `packet ${number}`)
  assert.equal((await reader.network.stats()).drops, {})
})

test.run()
