// Many nodes in one process, and every way to end one: nothing of it stays behind, and nobody waits for ever.
import type { Worker } from 'node:worker_threads'
import { createNetwork, type Network } from '@floodnet/transport'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { until, within } from '../../../../test/support/wait.ts'
import { killFlows, startFlow } from '../support/flow-process.ts'
import { closeNodes, linked, startNode, textOf } from '../support/named-node.ts'
import { faultsOf } from '../support/neighbourhood.ts'
import { connectPeer } from '../support/raw-peer.ts'

const NODES = 10
const CLOSED = 'ERR_FLOODNET_CLOSED'

const threads: Worker[] = []
process.on('worker', (thread) => threads.push(thread))

test.after.each(async () => {
  await closeNodes()
  await killFlows()
})

test('ten nodes in one process form one network, and when they close nothing is left of them', async () => {
  const before = resources()
  const entry = await startNode()
  const others = await Promise.all(Array.from({ length: NODES - 1 }, () => startNode({ join: entry.address })))
  const nodes = [entry, ...others]
  const read = nodes.map(() => new Set<string>())
  nodes.forEach(({ network }, i) => {
    network.messages$.subscribe((message) => read[i]!.add(`${message.origin} ${textOf(message)}`))
  })
  const neighbourhood = () =>
    new Map(nodes.map(({ network }) => [network.id, network.peers.map(({ id }) => id)] as const))
  await until(
    () => faultsOf(neighbourhood(), 2).length === 0,
    20_000,
    () => String(faultsOf(neighbourhood(), 2))
  )
  await Promise.all(nodes.map(({ network }) => network.write('hello')))
  await until(() => read.every(({ size }) => size === NODES - 1), 20_000, 'every message is everywhere')
  let exited = 0
  for (const thread of threads) thread.once('exit', () => exited++)
  await closeNodes()
  await until(() => exited === threads.length, 15_000, 'every thread has ended')
  await until(
    () => String(resources()) === String(before),
    15_000,
    () => `${resources()} as before: ${before}`
  )
})

test('a process ends by itself when its node has closed, neighbours or not', async () => {
  const entry = await startFlow(1, [])
  const other = await startFlow(1, [entry], { workers: 2 })
  await entry.linked(1)
  assert.is(await other.close(), 0)
  assert.is(await entry.close(), 0)
})

test('closing twice, and again when it is done, is one closing', async () => {
  const { network, all } = await startNode()
  await Promise.all([network.close(), network.close(), network[Symbol.asyncDispose]()])
  await network.close()
  await network.closed
  assert.is(all('close').length, 1)
})

test('a start that is aborted before or meanwhile leaves nothing running', async () => {
  const before = resources()
  const reason = new Error('no longer wanted')
  const early = await createNetwork({ listen: '127.0.0.1:0', signal: AbortSignal.abort(reason) }).catch(
    (error) => error
  )
  assert.is(early, reason)
  const abort = new AbortController()
  const starting = createNetwork({ listen: '127.0.0.1:0', signal: abort.signal })
  abort.abort(reason)
  const outcome = await starting.then(
    (network) => within(network.closed, 10_000, 'it closes'),
    (error) => error
  )
  assert.ok(outcome === undefined || outcome === reason, String(outcome))
  // A thread that is ended while it starts leaves two ports behind, now and then (2 in 100 on Node 20, with other work
  // beside it), though it has ended: seen, not explained. Everything else must be as it was.
  const others = (all: readonly string[]) => String(all.filter((kind) => kind !== 'MessagePort'))
  const ports = () => resources().filter((kind) => kind === 'MessagePort').length
  await until(
    () => threads.every(({ threadId }) => threadId === -1) && others(resources()) === others(before) && ports() <= 2,
    15_000,
    () => `${resources()} as before: ${before}`
  )
})

test('a node that is closed at once never dials, and refuses everything afterwards', async () => {
  const entry = await startNode()
  const node = await startNode({ join: entry.address })
  await node.network.close()
  assert.equal(node.all('dial'), [])
  assert.is(await codeOf(node.network.write('late')), CLOSED)
  assert.is(await codeOf(node.network.read()), CLOSED)
  assert.is(await codeOf(node.network.flush()), CLOSED)
  assert.throws(
    () => node.network.connect(entry.address),
    ({ code }: NodeJS.ErrnoException) => code === CLOSED
  )
})

test('writes and reads that wait when the node closes are refused', async () => {
  const { network } = await startNode()
  // Nobody is there: what is beyond the messages held waits.
  const writes = Array.from({ length: 3_000 }, () => codeOf(network.write(new Uint8Array(1_000))))
  const read = codeOf(network.read())
  const iterated = network[Symbol.asyncIterator]().next()
  await until(async () => (await network.stats()).queues.writeBytes > 0, 15_000, 'writes wait')
  await within(network.close(), 10_000, 'it closes')
  const codes = await Promise.all(writes)
  assert.ok(codes.includes(null) && codes.includes(CLOSED))
  assert.equal(codes.slice(codes.indexOf(CLOSED)), new Array(codes.length - codes.indexOf(CLOSED)).fill(CLOSED))
  assert.is(await read, CLOSED)
  assert.is((await iterated).done, true)
})

test('closing takes a few seconds at most when a peer takes nothing any more', async () => {
  const { network, address } = await startNode()
  const peer = await (await connectPeer(address, { security: 'tls' })).join()
  peer.socket.pause()
  for (let i = 0; i < 200; i++) void network.write(new Uint8Array(100_000)).catch(() => undefined)
  await until(async () => (await network.stats()).queues.linkBytes > 0, 10_000, 'something waits for the peer')
  await within(network.close(), 12_000, 'it closes')
  peer.destroy()
})

test('closing does not wait for ever for a thread that does not end', async () => {
  const born = threads.length
  const { network } = await startNode({ workers: 2 })
  const stuck = threads.slice(born)[0]!
  const end = stuck.terminate.bind(stuck)
  stuck.terminate = () => new Promise(() => {})
  await within(network.close(), 12_000, 'it closes')
  assert.is.not(stuck.threadId, -1)
  await within(end(), 20_000, 'it ends after all')
})

test('neighbours are told, and what was written before is still delivered', async () => {
  const [reader, writer] = [await startNode(), await startNode({ join: [] })]
  writer.network.connect(reader.address)
  await linked(reader, writer)
  const writes = Array.from({ length: 1_000 }, (_, i) => writer.network.write(String(i)))
  await Promise.all(writes)
  const read = readAll(reader.network, writes.length)
  await writer.network.close()
  assert.equal(
    await within(read, 10_000, 'all messages'),
    writes.map((_, i) => String(i))
  )
  await reader.event('peer-down', { id: writer.network.id, reason: 'leaving' })
})

async function readAll(network: Network, count: number): Promise<string[]> {
  const texts: string[] = []
  while (texts.length < count) texts.push(textOf(await network.read()))
  return texts
}

/** The code that a promise is rejected with; null when it is not. */
function codeOf(promise: Promise<unknown>): Promise<string | null> {
  return promise.then(
    () => null,
    (error: NodeJS.ErrnoException) => error.code ?? error.message
  )
}

/** What keeps the process alive, but for the timers of the waiting itself. */
function resources(): string[] {
  return process
    .getActiveResourcesInfo()
    .filter((name) => name !== 'Timeout' && name !== 'CloseReq')
    .sort()
}

test.run()
