// A flooder in a network of real nodes: what it brings beyond the limits is dropped before it is passed on, counted and
// told.
import { randomBytes } from 'node:crypto'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '../../../../test/support/wait.ts'
import { closeNodes, type LocalNode, linked, startNode, textOf } from '../support/named-node.ts'
import { connectPeer } from '../support/raw-peer.ts'

const DEADLINE_MS = 15_000
const PACKETS = 300
const ONE_TIME = 8
const test = suite('rate limits')

test.after.each(closeNodes)

async function dropsOf({ network }: LocalNode, reason: string): Promise<number> {
  return (await network.stats()).drops[reason] ?? 0
}

test('an author that floods is suppressed at the first relay, told of by its key, and drowns nobody else', async () => {
  const relay = await startNode({ limits: { maxOriginPacketsPerSecond: 10, rateBurstMs: 1_000 } })
  const reader = await startNode({ join: relay.address, inboxLimit: 10_000 })
  await linked(relay, reader)
  const [flooder, author] = [
    await connectPeer(relay.address, { security: 'tls' }),
    await connectPeer(relay.address, { security: 'tls' })
  ]
  await Promise.all([flooder.join(), author.join()])
  for (let i = 0; i < PACKETS; i++) flooder.send(flooder.dataFrame(Buffer.from(`spam ${i}`)))
  author.send(author.dataFrame(Buffer.from('heard')))
  const delivered = async (node: LocalNode): Promise<number> => (await node.network.stats()).messages.delivered
  await until(
    async () => (await dropsOf(relay, 'origin-rate')) + (await delivered(relay)) === PACKETS + 1,
    DEADLINE_MS,
    'every packet is counted'
  )
  assert.ok((await dropsOf(relay, 'origin-rate')) > PACKETS / 2)
  const suppressed = (): number => relay.all('suppressed').reduce((sum, { count }) => sum + count, 0)
  await until(async () => suppressed() === (await dropsOf(relay, 'origin-rate')), DEADLINE_MS, 'all of it is told')
  assert.ok(relay.all('suppressed').every(({ origin }) => origin === flooder.identity.id))
  for (;;) {
    const message = await reader.network.read({ signal: AbortSignal.timeout(DEADLINE_MS) })
    if (textOf(message) === 'heard') break
  }
  assert.ok((await delivered(reader)) < PACKETS / 2)
  assert.not.ok(flooder.closed)
  flooder.destroy()
  author.destroy()
})

test('a neighbour that takes a new key for each packet is held to a few a second, and named', async () => {
  const target = await startNode({ security: 'none', limits: { maxNeighbourOriginsPerSecond: 5, rateBurstMs: 1_000 } })
  const flooder = await connectPeer(target.address, { security: 'none' })
  await flooder.join()
  for (let i = 0; i < PACKETS; i++) {
    flooder.author.origin = randomBytes(32)
    flooder.send(flooder.dataFrame(Buffer.from('spam'), { flags: i % 2 === 0 ? ONE_TIME : 0 }))
  }
  await until(
    async () => {
      const { messages, drops } = await target.network.stats()
      return messages.delivered + (drops['neighbour-rate'] ?? 0) === PACKETS
    },
    DEADLINE_MS,
    'every packet is counted'
  )
  assert.ok((await dropsOf(target, 'neighbour-rate')) > PACKETS / 2)
  const { origins, oneTimeOrigins } = await target.network.stats()
  assert.ok(origins + oneTimeOrigins < PACKETS / 2)
  await target.event('dropped', { reason: 'neighbour-rate', peer: flooder.identity.id })
  flooder.destroy()
})

test('without the options nothing is limited', async () => {
  const target = await startNode({ inboxLimit: 10_000 })
  const peer = await connectPeer(target.address, { security: 'tls' })
  await peer.join()
  for (let i = 0; i < PACKETS; i++) peer.send(peer.dataFrame(Buffer.from('much')))
  await until(async () => (await target.network.stats()).messages.delivered === PACKETS, DEADLINE_MS, 'all of it')
  assert.equal(target.all('suppressed'), [])
  peer.destroy()
})

test.run()
