// A way that is slower than the writer: awaited writes wait for it, and nothing is lost, not at the end either.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '../../../../test/support/wait.ts'
import { newMessage, newTally, noteMessage, type StreamTally } from '../support/content.ts'
import { closeNodes, type LocalNode, linked, startNode } from '../support/named-node.ts'
import { closeProxies, startSlowProxy } from '../support/slow-proxy.ts'

const BYTES_PER_SECOND = 400_000
const MESSAGE_BYTES = 1_000
/** More than the 4.3 MB that the system takes in for a slow reader, and what the node's own queues hold. */
const COUNT = 6_500
/** For what the way needs seconds for. */
const DELIVERY_MS = 40_000

test.after.each(async () => {
  await closeNodes()
  await closeProxies()
})

test('awaited writes wait for a way of 400 KB a second, nothing is dropped, and all arrives though the writer leaves', async () => {
  const { reader, writer, tally } = await startPair()
  for (let place = 0; place < COUNT; place++) await writer.network.write(newMessage(place, MESSAGE_BYTES))
  // The rest is with the system by now: some seconds on the way are left.
  assert.ok(tally.received < COUNT, 'the way is slower than the writer')
  assert.equal((await writer.network.stats()).drops, {})
  await writer.network.close()
  assert.equal([...writer.all('lagging'), ...writer.all('dropped')], [])
  await expectAll(tally, COUNT)
  await reader.event('peer-down', { id: writer.network.id, reason: 'leaving' })
  assert.equal((await reader.network.stats()).drops, {})
})

async function startPair(): Promise<{ reader: LocalNode; writer: LocalNode; tally: StreamTally }> {
  const reader = await startNode({ desiredLinks: 1, maxLinks: 1 })
  const address = await startSlowProxy(reader.address, BYTES_PER_SECOND)
  const writer = await startNode({ listen: false, join: address, desiredLinks: 1, maxLinks: 1 })
  await linked(reader, writer)
  const tally = newTally()
  reader.network.messages$.subscribe(({ payload }) => noteMessage(tally, payload, 0))
  return { reader, writer, tally }
}

async function expectAll(tally: StreamTally, count: number): Promise<void> {
  const complete = (): boolean => tally.received + tally.missing >= count
  await until(complete, DELIVERY_MS, () => `${count} messages: ${JSON.stringify(tally)}`)
  const { received, missing, disordered, damaged } = tally
  assert.equal({ received, missing, disordered, damaged }, { received: count, missing: 0, disordered: 0, damaged: 0 })
}

test.run()
