// A network among other code: bytes and signals of another realm, programs that do not await, and a node that fails
// under its readers.
import { execFile } from 'node:child_process'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import vm from 'node:vm'
import type { Worker } from 'node:worker_threads'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { until, within } from '../../../../test/support/wait.ts'
import type { NetworkOptions } from '../../src/api.ts'
import { closeNodes, type LocalNode, linked, startNode, textOf } from '../support/named-node.ts'

const DEADLINE_MS = 15_000

const threads: Worker[] = []
process.on('worker', (thread) => threads.push(thread))

test.after.each(closeNodes)

async function startPair(options: NetworkOptions = {}): Promise<LocalNode> {
  const a = await startNode()
  const b = await startNode({ join: a.address, ...options })
  await linked(a, b)
  return b
}

test('bytes, a key and a signal of another realm are what they are', async () => {
  const abort = vm.runInNewContext('({ aborted: false, addEventListener() {}, removeEventListener() {} })')
  const key = vm.runInNewContext('new Uint8Array(32).fill(7)')
  const a = await startNode({ key, signal: abort })
  const b = await startNode({ key: new Uint8Array(32).fill(7), join: a.address })
  await linked(a, b)
  const bytes = vm.runInNewContext('new Uint8Array([104, 105])')
  await a.network.write(bytes)
  assert.is(textOf(await b.network.read({ signal: AbortSignal.timeout(DEADLINE_MS) })), 'hi')
  const signature = a.network.sign('realm', bytes)
  assert.ok(b.network.verify(a.network.id, 'realm', Buffer.from('hi'), signature))
})

test('a key changed after the start changes nothing', async () => {
  const key = new Uint8Array(32).fill(7)
  const a = await startNode({ key })
  key.fill(0)
  const b = await startNode({ key: new Uint8Array(32).fill(7), join: a.address })
  await linked(a, b)
})

test('a program that awaits none of its writes lives through the close, and its losses are told', async () => {
  const program = `
    const { createNetwork } = await import(${JSON.stringify(pathToFileURL('packages/transport/dist/index.js').href)})
    const network = await createNetwork({ listen: '127.0.0.1:0' })
    const dropped = {}
    network.on('dropped', ({ reason, count }) => (dropped[reason] = (dropped[reason] ?? 0) + count))
    for (let i = 0; i < 10_000; i++) network.write(new Uint8Array(1_000))
    network.write('one-time', { oneTime: true })
    network.write('aborted', { signal: AbortSignal.abort() })
    network.flush()
    await network.close()
    network.write('late')
    network.flush()
    await new Promise((later) => setImmediate(later))
    console.log(JSON.stringify(dropped))`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program])
  const dropped = JSON.parse(stdout)
  assert.equal(Object.keys(dropped).sort(), ['closed', 'write-queue-full'])
  assert.is(dropped.closed + dropped['write-queue-full'], 10_001)
})

test('a flush that waits when the network closes is refused, and does not say that it was done', async () => {
  const { network } = await startNode()
  await network.write('held for a first neighbour')
  const flushed = network.flush().then(
    () => 'flushed',
    ({ code }) => code
  )
  await network.close()
  assert.is(await within(flushed, DEADLINE_MS, 'it ends'), 'ERR_FLOODNET_CLOSED')
})

test('a loop of awaited writes lets the timers of its thread have their turn', async () => {
  const { network } = await startPair()
  for (const bytes of [0, 100, 70_000]) {
    let ticks = 0
    const timer = setInterval(() => ticks++, 1)
    const block = new Uint8Array(bytes)
    let writes = 0
    for (; ticks < 3 && writes < 3_000_000; writes++) await network.write(block)
    clearInterval(timer)
    assert.ok(ticks >= 3, `${ticks} ticks in ${writes} writes of ${bytes} bytes`)
  }
})

test('writes of one go that nobody awaits fill all room there is before one is refused', async () => {
  const { network } = await startPair({ limits: { writeQueueBytes: 65_536 } })
  const written = Array.from({ length: 30_000 }, () => network.write(new Uint8Array(100)))
  assert.is((await Promise.all(written)).length, 30_000)
})

test('readers, writers and iterators of a node that fails are told why, and not that all is said', async () => {
  const before = threads.length
  const a = await startNode({ workBits: 24 })
  const b = await startNode({ workBits: 24, join: a.address })
  await linked(a, b)
  const { network } = a
  const solver = await until(() => threads.slice(before).find(isSolver), DEADLINE_MS, 'there is a thread for the work')
  const outcome = (ended: Promise<unknown>): Promise<unknown> =>
    ended.then(
      () => 'ended',
      ({ message }) => message
    )
  const read = outcome(network.read())
  const iterated = outcome(network[Symbol.asyncIterator]().next())
  const observed = outcome(
    new Promise((resolve, reject) => {
      network.messages$.subscribe({ complete: () => resolve(null), error: reject })
    })
  )
  await network.write('a long work')
  await solver.terminate()
  const failure = await within(outcome(network.closed), DEADLINE_MS, 'it fails')
  assert.is.not(failure, 'ended')
  assert.equal(
    await Promise.all([read, iterated, observed, outcome(network.write('late'))]),
    new Array(4).fill(failure)
  )
})

// The thread for the work is the only one that is started in a pool of its own after the first node's worker.
function isSolver(_thread: Worker, at: number): boolean {
  return at === 1
}

test.run()
