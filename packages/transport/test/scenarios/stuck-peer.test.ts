// A peer that takes nothing any more, or says nothing: the others get everything, the loss is counted, the link ends.
// runs: alone
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '../../../../test/support/wait.ts'
import { newMessage } from '../support/content.ts'
import { type FlowProcess, killFlows, startFlow } from '../support/flow-process.ts'
import type { FlowReport } from '../support/flow-protocol.ts'
import { closeNodes, type LocalNode, startNode } from '../support/named-node.ts'
import { connectPeer } from '../support/raw-peer.ts'

const MESSAGE_BYTES = 1_000
const MAX_RSS_MIB = 400
/** A stall is longer than by default: a machine under load holds up a healthy process for as long. */
const limits = { pingMs: 500, deadMs: 60_000, stallMs: 500, stuckMs: 4_000 }
const patient = { limits: { stallMs: 1_500 } }

test.after.each(async () => {
  await closeNodes()
  await killFlows()
})

test('a stopped process costs its neighbours nothing, its link ends as stuck, and it comes back when it goes on', async () => {
  const hub = await startFlow(2, [], { limits })
  const good = await startFlow(1, [hub], patient)
  const stopped = await startFlow(1, [hub], { limits: { pingMs: 500, deadMs: 2_000, retryMinMs: 100 } })
  await hub.linked(2)
  await Promise.all([good.read(), stopped.read()])
  const writing = hub.write(MESSAGE_BYTES, { ms: 60_000 })
  await until(async () => ((await stopped.report()).streams[hub.id]?.received ?? 0) > 0, 10_000, 'it receives')
  stopped.child.kill('SIGSTOP')
  const down = (report: FlowReport): boolean =>
    report.events.some(({ name, details }) => name === 'peer-down' && 'reason' in details && details.reason === 'stuck')
  await until(async () => down(await hub.report()), 30_000, 'the link ends as stuck')
  const report = await hub.report()
  const lagging = report.events.filter(({ name }) => name === 'lagging').map(({ details }) => details)
  assert.ok(lagging.some((details) => JSON.stringify(details).includes(`"peer":"${stopped.id}","lagging":true`)))
  assert.ok((report.stats.drops.lagging ?? 0) > 0, JSON.stringify(report.stats.drops))
  assert.is(report.stats.closes.stuck, 1)
  stopped.child.kill('SIGCONT')
  await hub.linked(2)
  const before = (await stopped.report()).streams[hub.id]?.next ?? 0
  await until(async () => ((await stopped.report()).streams[hub.id]?.next ?? 0) > before, 10_000, 'it receives again')
  await hub.stop()
  const { written } = await writing
  await expectAll(good, hub.id, written)
  const { peakRssMiB } = await hub.report()
  console.log(
    `${written} messages; dropped for the stopped peer ${report.stats.drops.lagging} packets; RSS ${peakRssMiB}`
  )
  assert.ok(peakRssMiB < MAX_RSS_MIB, `${peakRssMiB} MiB`)
})

test('a peer that joins and then reads no more is lagging, then closed as stuck, and the others get everything', async () => {
  const { hub, good } = await startPair({ ...limits, linkQueueBytes: 2_097_152 })
  const peer = await (await connectPeer(hub.address, { security: 'tls' })).join()
  await hub.event('peer-up', { id: peer.identity.id })
  peer.socket.pause()
  await good.read()
  let written = 0
  while (hub.all('peer-down').length === 0 && written < 1_000_000)
    await hub.network.write(newMessage(written++, MESSAGE_BYTES))
  assert.equal(
    hub.all('peer-down').map(({ id, reason }) => [id, reason]),
    [[peer.identity.id, 'stuck']]
  )
  await hub.event('lagging', { peer: peer.identity.id, lagging: true })
  await until(
    () => hub.all('dropped').some(({ reason, peer: id }) => reason === 'lagging' && id === peer.identity.id),
    15_000,
    'its loss is told'
  )
  const stats = await hub.network.stats()
  assert.ok((stats.drops.lagging ?? 0) > 0)
  assert.is(stats.closes.stuck, 1)
  await expectAll(good, hub.network.id, written)
  peer.destroy()
})

test('a neighbour that says nothing any more is closed as dead', async () => {
  const { hub, good } = await startPair({ pingMs: 300, deadMs: 3_000 })
  const peer = await (await connectPeer(hub.address, { security: 'tls' })).join()
  peer.answersProbes = false
  await hub.event('peer-down', { id: peer.identity.id, reason: 'dead' })
  assert.is((await hub.network.stats()).closes.dead, 1)
  assert.equal(
    hub.network.peers.map(({ id }) => id),
    [good.id]
  )
  peer.destroy()
})

async function expectAll(reader: FlowProcess, author: string, written: number): Promise<void> {
  let report = await reader.report()
  const complete = async (): Promise<boolean> => {
    report = await reader.report()
    return report.streams[author]?.next === written
  }
  await until(complete, 30_000, () => `${written} messages: ${JSON.stringify([report.streams, report.stats.drops])}`)
  const { received, missing, disordered, damaged } = report.streams[author]!
  assert.equal({ received, missing, disordered, damaged }, { received: written, missing: 0, disordered: 0, damaged: 0 })
}

/** The good neighbour has a process of its own: its program and the hub's do not share a thread. */
async function startPair(limits: object): Promise<{ hub: LocalNode; good: FlowProcess }> {
  const hub = await startNode({ desiredLinks: 2, maxLinks: 2, limits })
  const good = await startFlow(1, [hub.address], patient)
  await hub.event('peer-up', { id: good.id })
  await good.linked(1)
  return { hub, good }
}

test.run()
