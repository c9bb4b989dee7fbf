// A mesh of processes of which one stops: for three seconds, and for good. The others go on, and their memory stays
// bounded. FLOODNET_LOAD_S sets how long they write flat-out.
// time-limit: 180 s
// runs: alone
import { setTimeout as sleep } from 'node:timers/promises'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '../../../../test/support/wait.ts'
import { type FlowProcess, killFlows, startFlow } from '../support/flow-process.ts'
import type { FlowReport } from '../support/flow-protocol.ts'

const LOAD_S = Number(process.env.FLOODNET_LOAD_S ?? 5)
const STALL_MS = 3_000
const MESSAGE_BYTES = 100
const SETTLE_MS = 60_000
const MAX_RSS_MIB = 500
/** Threads that are never idle share the cores of this machine: a second without a turn is no dead program. */
const limits = { stallMs: 1_000, linkQueueBytes: 2 * 1_048_576 }
/** Within so many seconds every node must have heard something. */
const PROGRESS_SECONDS = 5

test.after.each(killFlows)

test('a node that stalls for three seconds misses nothing, and the others do not notice', async () => {
  const nodes = await startMesh(6, 3)
  const [writer, stalled] = [nodes[0]!, nodes.at(-1)!]
  await Promise.all(nodes.map((node) => node.read()))
  const writing = writer.write(MESSAGE_BYTES, { ms: 4 * STALL_MS, everyMs: 10 })
  await until(async () => (await received(stalled, writer)) > 100, SETTLE_MS, 'messages flow')
  const before = await Promise.all(nodes.map(async (node) => (await node.report()).events.length))
  stalled.child.kill('SIGSTOP')
  await sleep(STALL_MS)
  stalled.child.kill('SIGCONT')
  const { written } = await writing
  for (const [i, node] of nodes.entries()) {
    if (node === writer) continue
    await until(async () => (await received(node, writer)) === written, SETTLE_MS, `all ${written} messages`)
    const { streams, stats, events } = await node.report()
    const { missing, disordered, damaged } = streams[writer.id]!
    assert.equal({ missing, disordered, damaged }, { missing: 0, disordered: 0, damaged: 0 })
    assert.equal([stats.drops.gap, stats.drops['inbox-full']], [undefined, undefined])
    assert.equal(events.slice(before[i]).filter(isNoticed), [])
  }
})

for (const [count, links] of [
  [3, 3],
  [8, 5]
] as const) {
  test(`${count} nodes that write flat-out never stand still beside one that has stopped`, async () => {
    const nodes = await startMesh(count + 1, links)
    const [stopped, writers] = [nodes.at(-1)!, nodes.slice(0, -1)]
    await Promise.all(writers.map((node) => node.read()))
    stopped.child.kill('SIGSTOP')
    const written = await Promise.all(writers.map((node) => node.write(MESSAGE_BYTES, { ms: LOAD_S * 1_000 })))
    const reports = await Promise.all(writers.map((node) => node.report()))
    print(
      reports,
      written.map((one) => one.written)
    )
    for (const { streams, peakRssMiB } of reports) {
      assert.ok(longestPause(streams) < PROGRESS_SECONDS, JSON.stringify(streams))
      assert.ok(peakRssMiB < MAX_RSS_MIB, `${peakRssMiB} MiB`)
    }
  })
}

/** A link that makes room for another one is the network's own arranging, which goes on after it has formed. */
function isNoticed({ name, details }: FlowReport['events'][number]): boolean {
  return name === 'gap' || (name === 'peer-down' && (details as { reason: string }).reason !== 'replaced')
}

/** Each has `links` neighbours at least. */
async function startMesh(count: number, links: number): Promise<FlowProcess[]> {
  const nodes: FlowProcess[] = []
  for (let i = 0; i < count; i++) nodes.push(await startFlow(links, nodes.slice(-2), { maxLinks: links + 2, limits }))
  const isWhole = async (): Promise<boolean> => {
    const reports = await Promise.all(nodes.map((node) => node.report()))
    return reports.every(({ stats }) => stats.peers.length >= links)
  }
  await until(isWhole, SETTLE_MS, 'every node has its links')
  return nodes
}

async function received(reader: FlowProcess, writer: FlowProcess): Promise<number> {
  return (await reader.report()).streams[writer.id]?.received ?? 0
}

/** Seconds in a row in which nothing at all came, since the first message. */
function longestPause(streams: FlowReport['streams']): number {
  const sums = perSecond(streams)
  let [pause, longest] = [0, 0]
  for (const count of sums.slice(sums.findIndex((count) => count > 0))) {
    pause = count > 0 ? 0 : pause + 1
    longest = Math.max(longest, pause)
  }
  return longest
}

function perSecond(streams: FlowReport['streams']): number[] {
  const tallies = Object.values(streams).map((stream) => stream.perSecond)
  const seconds = Math.max(0, ...tallies.map(({ length }) => length))
  return Array.from({ length: seconds }, (_, i) => tallies.reduce((sum, counts) => sum + (counts[i] ?? 0), 0))
}

function print(reports: readonly FlowReport[], written: readonly number[]): void {
  console.log(`written: ${written.join(', ')}`)
  console.log(`least in a second: ${reports.map(({ streams }) => Math.min(...perSecond(streams).slice(1, LOAD_S)))}`)
  console.log(`lost: ${JSON.stringify(reports.map(({ stats }) => stats.drops))}`)
  console.log(`peak RSS: ${reports.map(({ peakRssMiB }) => Math.round(peakRssMiB)).join(', ')} MiB`)
}

test.run()
