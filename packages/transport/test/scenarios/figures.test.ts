// The figures of a node agree with those of its neighbours and with what was written.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '../../../../test/support/wait.ts'
import type { NetworkStats } from '../../src/api.ts'
import { LOOP_PERIOD_MS, readDelay } from '../../src/stats.ts'
import { closeNodes, type LocalNode, linked, startNode } from '../support/named-node.ts'

const MESSAGES = 2_000
/** No probe but the first falls into the test, so that what is on the way can come to rest. */
const limits = { pingMs: 600_000, deadMs: 1_200_000 }

test.after.each(closeNodes)

test('the delay of the event loop is what a look came too late, and nothing before the first', () => {
  const looks = { count: 3, max: (LOOP_PERIOD_MS + 250) * 1e6, percentile: () => (LOOP_PERIOD_MS + 1) * 1e6 }
  assert.equal(readDelay(looks), { p99: 1, max: 250 })
  assert.equal(readDelay({ ...looks, max: 99e6, percentile: () => 99e6 }), { p99: 0, max: 0 })
  assert.equal(readDelay({ ...looks, count: 0 }), { p99: 0, max: 0 })
})

test('in a triangle the figures of all three nodes agree', async () => {
  const corners = await startTriangle()
  for (const { network } of corners) network.messages$.subscribe()
  await Promise.all(corners.map(({ network }) => writeAll(network)))
  const figures = await until(() => settledFigures(corners), 20_000, 'everything sent has come')
  for (const stats of figures) {
    assert.equal(stats.messages, { written: MESSAGES, delivered: 2 * MESSAGES })
    assert.equal(stats.drops, {})
    assert.equal(stats.closes, {})
    assert.is(stats.origins, 3)
    assert.is(stats.links.dialled + stats.links.accepted, 2)
    const { inboxMessages, inboxBytes, ...empty } = stats.queues
    assert.ok(inboxMessages > 0 && inboxBytes > inboxMessages)
    assert.equal(empty, { writeBytes: 0, linkBytes: 0 })
    assertLinksAddUp(stats)
    assert.ok(stats.busyMs.program > 0 && stats.busyMs.workers.every((ms) => ms > 0))
    assert.is(stats.busyMs.workers.length, 1)
    assert.ok(stats.uptimeMs > 0 && stats.eventLoopDelayMs.max >= stats.eventLoopDelayMs.p99)
    assert.equal(stats.workers, { running: 1, restarts: 0 })
    for (const { rttMs, upMs, lagging } of stats.peers) {
      assert.ok(rttMs !== null && rttMs > 0 && rttMs < 10_000, `${rttMs}`)
      assert.ok(upMs > 0 && !lagging)
    }
  }
  assert.is(
    sum(figures, ({ links }) => links.dialled),
    3
  )
  assert.is(
    sum(figures, ({ links }) => links.accepted),
    3
  )
  assert.is(
    sum(figures, ({ dials }) => dials.opened),
    sum(figures, ({ dials }) => dials.started)
  )
  // Each packet of one corner reaches the two others, and each of those passes it on to the third: one copy too many
  // each.
  assert.is(
    sum(figures, ({ duplicates }) => duplicates),
    sum(figures, ({ packets }) => packets.in) / 2
  )
})

test('a node without neighbours counts what it holds and delivers nothing', async () => {
  const { network } = await startNode()
  await network.write('nobody is there')
  const stats = await network.stats()
  assert.equal(stats.messages, { written: 1, delivered: 0 })
  assert.equal(stats.packets, { in: 0, out: 0 })
  assert.equal(stats.bytes, { in: 0, out: 0 })
  assert.equal(stats.peers, [])
})

/** No link has ended, so what crossed all of them is what crossed those of the neighbours. */
function assertLinksAddUp({ peers, packets, bytes, fresh, duplicates }: NetworkStats): void {
  const all = (pick: (peer: NetworkStats['peers'][number]) => number): number =>
    peers.reduce((total, peer) => total + pick(peer), 0)
  assert.equal({ in: all((peer) => peer.packets.in), out: all((peer) => peer.packets.out) }, packets)
  assert.equal({ in: all((peer) => peer.bytes.in), out: all((peer) => peer.bytes.out) }, bytes)
  assert.equal([all((peer) => peer.fresh), all((peer) => peer.duplicates)], [fresh, duplicates])
  assert.is(fresh + duplicates, packets.in)
  for (const peer of peers) {
    assert.is(peer.fresh + peer.duplicates, peer.packets.in)
    assert.is(peer.queuedBytes, 0)
  }
}

async function startTriangle(): Promise<LocalNode[]> {
  // Of a flood it is known how many copies there are.
  const links = { desiredLinks: 2, maxLinks: 2, parents: 0, limits }
  const a = await startNode(links)
  const b = await startNode({ ...links, join: a.address })
  await linked(a, b)
  const c = await startNode({ ...links, join: [a.address, b.address] })
  await Promise.all([linked(a, c), linked(b, c)])
  return [a, b, c]
}

async function writeAll(network: LocalNode['network']): Promise<void> {
  for (let i = 0; i < MESSAGES; i++) await network.write(`message ${i}`)
}

/** Figures of a moment in which nothing is on its way; null: something is. */
async function settledFigures(nodes: readonly LocalNode[]): Promise<NetworkStats[] | null> {
  const figures = await Promise.all(nodes.map(({ network }) => network.stats()))
  const delivered = figures.every(({ messages }) => messages.delivered === 2 * MESSAGES)
  const packets = sum(figures, ({ packets }) => packets.in - packets.out)
  const bytes = sum(figures, ({ bytes }) => bytes.in - bytes.out)
  return delivered && packets === 0 && bytes === 0 ? figures : null
}

function sum(figures: readonly NetworkStats[], pick: (stats: NetworkStats) => number): number {
  return figures.reduce((total, stats) => total + pick(stats), 0)
}

test.run()
