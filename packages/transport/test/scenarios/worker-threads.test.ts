// Several I/O workers in one node, and workers that die: links spread over them, and the node outlives any of them.
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Worker } from 'node:worker_threads'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '../../../../test/support/wait.ts'
import type { NetworkOptions, NetworkStats } from '../../src/api.ts'
import { newMessage, newTally, noteMessage, type StreamTally } from '../support/content.ts'
import { closeNodes, type LocalNode, linked, startNode } from '../support/named-node.ts'
import { connectPeer } from '../support/raw-peer.ts'

/** Few enough to wait for a reader whose thread is busy with four other nodes. */
const MESSAGES = 2_000
const MESSAGE_BYTES = 100
/** The first ones are written in a turn of their own each. More than there are places for short runs. */
const SHORT_RUNS = 100
/** Links are numbered so that the remainder is their worker's index. */
const MAX_WORKERS = 16
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
const sharesPorts = process.platform === 'linux' && (major > 22 || (major === 22 && minor >= 12))

/** All threads ever started in this process, the newest last. */
const threads: Worker[] = []
process.on('worker', (thread) => threads.push(thread))

test.after.each(closeNodes)

for (const workers of [2, 3]) {
  test(`${workers} workers share the links that the node dials, and everything arrives exactly once`, async () => {
    const rim = await Promise.all(Array.from({ length: 4 }, () => startNode({ desiredLinks: 1, maxLinks: 1 })))
    const hub = await startNode({
      workers,
      join: rim.map(({ address }) => address),
      desiredLinks: rim.length,
      maxLinks: rim.length
    })
    await Promise.all(rim.map((node) => linked(hub, node)))
    assert.is(workersOf(hub).size, workers)
    await expectExactlyOnce([hub, ...rim])
  })
}

test(`${sharesPorts ? 'all of 3 workers accept' : 'the first of 3 workers accepts'} links`, async () => {
  const hub = await startNode({ workers: 3 })
  const peers = await Promise.all(Array.from({ length: 40 }, () => connectPeer(hub.address, { security: 'tls' })))
  await Promise.all(peers.map((peer) => peer.open()))
  await until(() => guestsOf(hub).length >= peers.length, 10_000, 'all links are open')
  assert.is(workersOf(hub).size, sharesPorts ? 3 : 1)
  for (const peer of peers) peer.destroy()
})

test('a worker that dies comes back: links are told lost, the port is bound again, neighbours and messages return', async () => {
  const { nodes, threads } = await startLine()
  const [a, b, c] = nodes
  await threads[0]?.terminate()
  const { worker, delayMs } = await b.event('worker-restart')
  assert.is(worker, 0)
  assert.is(delayMs, 100)
  for (const { network } of [a, c]) await b.event('peer-down', { id: network.id, reason: 'worker-crash' })
  await expectHealed(nodes)
  assert.is((await b.network.stats()).workers.restarts, 1)
  assert.is((await b.network.stats()).workers.running, 1)
})

test('no total falls when a worker dies, and the links that died with it are counted as closed', async () => {
  const { nodes, threads } = await startLine()
  const [a, b, c] = nodes
  await a.network.write('through b')
  for (const { network } of [b, c]) await network.read({ signal: AbortSignal.timeout(10_000) })
  const before = totalsOf(await b.network.stats())
  await threads[0]?.terminate()
  await b.event('worker-restart')
  const after = totalsOf(await b.network.stats())
  for (const [name, total] of Object.entries(before))
    assert.ok((after[name] ?? 0) >= total, `${name} fell from ${total}`)
  assert.is((await b.network.stats()).closes['worker-crash'], 2)
  await expectHealed(nodes)
  const later = totalsOf(await b.network.stats())
  for (const [name, total] of Object.entries(after))
    assert.ok((later[name] ?? 0) >= total, `${name} fell from ${total}`)
})

test('workers that die again and again come back after pauses that double', async () => {
  const { nodes, threads: own } = await startLine()
  const [, b] = nodes
  let thread = own[0]
  for (let death = 1; death <= 3; death++) {
    const born = threads.length
    await thread?.terminate()
    await until(() => b.all('worker-restart').length === death, 10_000, 'the restart is told')
    await until(async () => (await b.network.stats()).workers.restarts === death, 10_000, 'the worker starts again')
    await until(() => threads.length > born, 10_000, 'there is a new thread')
    thread = threads.at(-1)
  }
  assert.equal(
    b.all('worker-restart').map(({ delayMs }) => delayMs),
    [100, 200, 400]
  )
  await expectHealed(nodes)
})

test('of two workers one may die, and the links of the other stay up', async () => {
  const rim = await Promise.all(Array.from({ length: 2 }, () => startNode({ desiredLinks: 1, maxLinks: 1 })))
  const { node: hub, threads } = await withThreads({
    workers: 2,
    join: rim.map(({ address }) => address),
    desiredLinks: 2,
    maxLinks: 2
  })
  await Promise.all(rim.map((node) => linked(hub, node)))
  assert.is(threads.length, 2)
  await threads[1]?.terminate()
  const { worker } = await hub.event('worker-restart')
  const down = await hub.event('peer-down', { reason: 'worker-crash' })
  assert.is(worker, 1)
  await until(() => hub.all('peer-up').filter(({ id }) => id === down.id).length === 2, 15_000, 'the link comes back')
  assert.is(hub.all('peer-down').length, 1)
  await expectExactlyOnce([hub, ...rim])
})

type Line = readonly [LocalNode, LocalNode, LocalNode]

async function startLine(): Promise<{ nodes: Line; threads: Worker[] }> {
  const { node: b, threads } = await withThreads({ desiredLinks: 2, maxLinks: 2 })
  // Nobody can dial the ends: while B is away they must not find each other and be full when it comes back.
  const ends = { listen: false, join: b.address, desiredLinks: 1, maxLinks: 1, limits: { retryMinMs: 100 } } as const
  const [a, c] = [await startNode(ends), await startNode(ends)]
  await Promise.all([linked(a, b), linked(c, b)])
  return { nodes: [a, b, c], threads }
}

/** A node and the threads that it has started with, by worker. */
async function withThreads(options: NetworkOptions): Promise<{ node: LocalNode; threads: Worker[] }> {
  const before = threads.length
  const node = await startNode(options)
  return { node, threads: threads.slice(before) }
}

/** B has both neighbours again, and a message gets from one end to the other, and from B to both. */
async function expectHealed([a, b, c]: Line): Promise<void> {
  await until(
    () => b.network.peers.length === 2,
    20_000,
    () => `neighbours again: ${JSON.stringify(b.events)}`
  )
  await until(() => a.network.peers.length === 1 && c.network.peers.length === 1, 20_000, 'the ends know it')
  await expectExactlyOnce([a, b, c])
}

/** Each writes, and each reads all that the others wrote, in order and once. */
async function expectExactlyOnce(nodes: readonly LocalNode[]): Promise<void> {
  const tallies = nodes.map(() => new Map<string, StreamTally>())
  const readers = nodes.map(({ network }, i) => {
    const abort = new AbortController()
    return { abort, done: readInto(network, tallies[i]!, abort.signal) }
  })
  await Promise.all(nodes.map(({ network }) => writeAll(network)))
  const complete = (): boolean =>
    tallies.every(
      (tally) => [...tally.values()].reduce((sum, { received }) => sum + received, 0) >= (nodes.length - 1) * MESSAGES
    )
  await until(complete, 20_000, () => `all messages everywhere: ${JSON.stringify(tallies.map((tally) => [...tally]))}`)
  for (const { abort } of readers) abort.abort()
  await Promise.all(readers.map(({ done }) => done))
  for (const tally of tallies) {
    assert.is(tally.size, nodes.length - 1)
    for (const { received, missing, disordered, damaged } of tally.values())
      assert.equal(
        { received, missing, disordered, damaged },
        { received: MESSAGES, missing: 0, disordered: 0, damaged: 0 }
      )
  }
}

async function writeAll(network: LocalNode['network']): Promise<void> {
  for (let place = 0; place < MESSAGES; place++) {
    // Few in a turn go to the worker as short runs.
    if (place < SHORT_RUNS) await nextTurn()
    await network.write(newMessage(place, MESSAGE_BYTES))
  }
}

async function readInto(
  network: LocalNode['network'],
  streams: Map<string, StreamTally>,
  signal: AbortSignal
): Promise<void> {
  try {
    for (;;) {
      const { origin, payload } = await network.read({ signal })
      const tally = streams.get(origin) ?? newTally()
      streams.set(origin, tally)
      noteMessage(tally, payload, 0)
    }
  } catch (error) {
    if (!signal.aborted && (error as NodeJS.ErrnoException).code !== 'ERR_FLOODNET_CLOSED') throw error
  }
}

function totalsOf({ packets, bytes, duplicates, drops, closes, messages }: NetworkStats): Record<string, number> {
  const flat = { duplicates, packetsIn: packets.in, packetsOut: packets.out, bytesIn: bytes.in, bytesOut: bytes.out }
  return { ...flat, ...drops, ...closes, ...messages }
}

function guestsOf(node: LocalNode): { link: number }[] {
  return node.joins.filter(({ kind }) => kind === 'guest-up') as unknown as { link: number }[]
}

function workersOf(node: LocalNode): Set<number> {
  return new Set(guestsOf(node).map(({ link }) => link % MAX_WORKERS))
}

test.run()
