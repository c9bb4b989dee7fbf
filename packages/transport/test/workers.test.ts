// time-limit: 180 s
// Several I/O threads in one node, and threads that die.
import type { Worker } from 'node:worker_threads'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { closeNodes, type LocalNode, linked, startNode, textOf } from './support/local-node.ts'
import { until } from './support/wait.ts'

const DEADLINE_MS = 20_000
const test = suite('worker threads')

/** Threads in the order of their start; a pool's own are all there are in this process. */
const threads: Worker[] = []
const onWorker = (worker: Worker): number => threads.push(worker)

test.before(() => void process.on('worker', onWorker))
test.after.each(closeNodes)
test.after(() => void process.off('worker', onWorker))

test('links are spread over the workers, and every message of every node arrives once at every other', async () => {
  const hub = await startNode({ workers: 3, desiredLinks: 4 })
  const entries = await Promise.all([startNode(), startNode(), startNode()])
  for (const entry of entries) hub.network.connect(entry.address)
  await Promise.all(entries.map((entry) => linked(hub, entry)))
  const nodes = [hub, ...entries]
  await sayAll(nodes, 50)
  await heardOnce(nodes, 50)
  // Dials are spread in turn, so three dials of three workers are one each: each worker has passed on what it had first.
  const { workers } = await hub.network.stats()
  assert.equal(workers, { running: 3, restarts: 0 })
})

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

test('a worker that dies comes back, its links are told, its port is bound again and neighbours return', async () => {
  const entry = await startNode({ limits: { retryMinMs: 50, retryMaxMs: 500 } })
  const before = threads.length
  const node = await startNode({ join: entry.address, limits: { retryMinMs: 50, retryMaxMs: 500 } })
  await linked(entry, node)
  await threads[before]?.terminate()
  const restart = await node.event('worker-restart', { worker: 0 })
  assert.ok(restart.delayMs >= 100)
  assert.is((await node.event('peer-down', { id: entry.network.id })).reason, 'worker-crash')
  await bothLinked(entry, node)
  const late = await startNode({ join: node.address })
  await linked(node, late)
  await node.network.write('here again')
  assert.is(textOf(await late.network.read()), 'here again')
  assert.is(textOf(await entry.network.read()), 'here again')
  assert.is((await node.network.stats()).workers.restarts, 1)
})

test('pauses between crashes double', async () => {
  const before = threads.length
  const node = await startNode()
  for (let crashes = 1; crashes <= 3; crashes++) {
    const thread = await until(() => threads[before + crashes - 1], DEADLINE_MS, `thread ${crashes}`)
    await until(async () => (await node.network.stats()).workers.running === 1, DEADLINE_MS, 'a running worker')
    await thread.terminate()
    await until(() => node.all('worker-restart').length === crashes, DEADLINE_MS, `crash ${crashes}`)
  }
  assert.equal(
    node.all('worker-restart').map(({ delayMs }) => delayMs),
    [100, 200, 400]
  )
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

async function bothLinked(a: LocalNode, b: LocalNode): Promise<void> {
  const has = (x: LocalNode, y: LocalNode): boolean => x.network.peers.some(({ id }) => id === y.network.id)
  await until(() => has(a, b) && has(b, a), DEADLINE_MS, 'a link in both tables')
}

async function sayAll(nodes: readonly LocalNode[], count: number): Promise<void> {
  for (const [from, { network }] of nodes.entries()) {
    for (let i = 0; i < count; i++) await network.write(`${from}/${i}`)
  }
}

/** Each has read every message of the others, in order per author, and nothing else comes. */
async function heardOnce(nodes: readonly LocalNode[], count: number): Promise<void> {
  for (const [at, node] of nodes.entries()) {
    const texts = await readTexts(node, count * (nodes.length - 1))
    for (const from of nodes.keys()) {
      const own = texts.filter((text) => text.startsWith(`${from}/`))
      const wanted = from === at ? [] : Array.from({ length: count }, (_, i) => `${from}/${i}`)
      assert.equal(own, wanted)
    }
    assert.is((await node.network.stats()).queues.inboxMessages, 0)
  }
}

async function readTexts({ network }: LocalNode, count: number): Promise<string[]> {
  const texts: string[] = []
  const signal = AbortSignal.timeout(DEADLINE_MS)
  while (texts.length < count) texts.push(textOf(await network.read({ signal })))
  return texts
}

test.run()
