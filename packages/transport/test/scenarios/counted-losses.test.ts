// What is lost with a thread or a node is counted, and what is not lost is in order.
import type { Worker } from 'node:worker_threads'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '../../../../test/support/wait.ts'
import { closeNodes, type LocalNode, linked, startNode, textOf } from '../support/local-node.ts'
import { killProcesses, startProcess } from '../support/process-node.ts'

const DEADLINE_MS = 20_000
/** Long beside the end of a process and its sockets. */
const BLOCKED_MS = 3_000
const test = suite('counted losses')

/** Threads in the order of their start; a pool's own are all there are in this process. */
const threads: Worker[] = []
const onWorker = (worker: Worker): number => threads.push(worker)

test.before(() => void process.on('worker', onWorker))
test.after.each(closeNodes)
test.after.each(killProcesses)
test.after(() => void process.off('worker', onWorker))

test('two nodes of two workers each exchange messages in both directions, in order', async () => {
  const a = await startNode({ workers: 2 })
  const b = await startNode({ workers: 2, join: a.address })
  await linked(a, b)
  const texts = Array.from({ length: 2_000 }, (_, i) => `${i}`)
  for (const text of texts) await a.network.write(text)
  for (const text of texts) await b.network.write(text)
  assert.equal(await readTexts(b, texts.length), texts)
  assert.equal(await readTexts(a, texts.length), texts)
})

test('what a dying worker had of our messages is counted, and flush tells', async () => {
  const entry = await startNode()
  const before = threads.length
  const node = await startNode({ join: entry.address })
  await linked(entry, node)
  const ended = threads[before]?.terminate()
  for (let i = 0; i < 1_000; i++) await node.network.write(`${i}`)
  await ended
  await node.event('worker-restart')
  await bothLinked(entry, node)
  const error = await node.network.flush().then(
    () => null,
    (reason: { code: string }) => reason
  )
  const { drops, messages } = await node.network.stats()
  assert.is(messages.written, 1_000)
  // Terminated in time, it had some of them; each of these is counted, and only then flush rejects.
  assert.is(error?.code, (drops['worker-crash'] ?? 0) > 0 ? 'ERR_FLOODNET_WORKER' : undefined)
})

for (const workers of [1, 2, 3]) {
  test(`with ${workers} workers, what is written before the node hears that its last link has gone waits for the next`, async () => {
    const peer = await startProcess()
    await peer.start()
    const node = await startNode({ workers, join: peer.address })
    await node.event('peer-up', { id: peer.id })
    peer.kill()
    // The workers see the end of the link meanwhile, this thread does not.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BLOCKED_MS)
    const receipt = await node.network.write('too late')
    assert.is(receipt.links, 1)
    await node.event('peer-down', { id: peer.id })
    const held = await node.network.write('held for whoever comes')
    assert.is(held.links, 0)
    const other = await startNode({ join: node.address })
    const signal = AbortSignal.timeout(DEADLINE_MS)
    const texts = [textOf(await other.network.read({ signal })), textOf(await other.network.read({ signal }))]
    assert.equal(texts.toSorted(), ['held for whoever comes', 'too late'])
    assert.is((await node.network.stats()).drops['no-link'], undefined)
  })
}

test('what was held for a first neighbour that never came is counted when the network closes', async () => {
  const node = await startNode()
  for (const text of ['one', 'two', 'three']) await node.network.write(text)
  await node.network.close()
  assert.equal(node.all('dropped'), [{ reason: 'closed', count: 3, peer: null }])
})

async function bothLinked(a: LocalNode, b: LocalNode): Promise<void> {
  const has = (x: LocalNode, y: LocalNode): boolean => x.network.peers.some(({ id }) => id === y.network.id)
  await until(() => has(a, b) && has(b, a), DEADLINE_MS, 'a link in both tables')
}

async function readTexts({ network }: LocalNode, count: number): Promise<string[]> {
  const texts: string[] = []
  const signal = AbortSignal.timeout(DEADLINE_MS)
  while (texts.length < count) texts.push(textOf(await network.read({ signal })))
  return texts
}

test.run()
