// Authors whom the program knows, at a node whose table strangers have filled.
import { randomBytes } from 'node:crypto'
import type { Worker } from 'node:worker_threads'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '../../../../test/support/wait.ts'
import { closeNodes, type LocalNode, startNode, textOf } from '../support/named-node.ts'
import { connectPeer, type RawPeer } from '../support/raw-peer.ts'

const DEADLINE_MS = 15_000
const STRANGERS = 200
const LIMITS = { maxOrigins: 64, maxNeighbourOriginsPerSecond: 100, rateBurstMs: 1_000 }
const test = suite('known authors')

/** All threads ever started in this process, the newest last. */
const threads: Worker[] = []
process.on('worker', (thread) => threads.push(thread))

test.after.each(closeNodes)

/** A peer that has brought so many authors that the next one is refused. */
async function flooder(target: LocalNode): Promise<RawPeer> {
  const peer = await connectPeer(target.address, { security: 'none' })
  await peer.join()
  for (let i = 0; i < STRANGERS; i++) say(peer, randomBytes(32), 'spam')
  await until(async () => (await refused(target)) > 0, DEADLINE_MS, 'strangers are refused')
  return peer
}

async function refused({ network }: LocalNode): Promise<number> {
  const { drops } = await network.stats()
  return (drops['origins-full'] ?? 0) + (drops['neighbour-rate'] ?? 0)
}

function say(peer: RawPeer, origin: Uint8Array, text: string): void {
  peer.author.origin = origin
  peer.send(peer.dataFrame(Buffer.from(text)))
}

/** Says a line of each over the link, the last one of an author that must be heard; the lines that were. */
async function heard(node: LocalNode, peer: RawPeer, authors: readonly Uint8Array[]): Promise<string[]> {
  for (const [n, author] of authors.entries()) say(peer, author, `line ${n}`)
  const lines: string[] = []
  while (lines.at(-1) !== `line ${authors.length - 1}`) {
    const text = textOf(await node.network.read({ signal: AbortSignal.timeout(DEADLINE_MS) }))
    if (text.startsWith('line')) lines.push(text)
  }
  return lines
}

test('a friend is heard over the link that floods, where a stranger is not', async () => {
  const node = await startNode({ security: 'none', limits: LIMITS, inboxLimit: 10_000 })
  const [friend, other] = [randomBytes(32), randomBytes(32)]
  node.network.know([friend.toString('hex'), other.toString('hex')])
  const peer = await flooder(node)
  assert.equal(await heard(node, peer, [friend, randomBytes(32), other]), ['line 0', 'line 2'])
  peer.destroy()
})

test('friends stay so in the next network', async () => {
  const node = await startNode({ security: 'none', limits: LIMITS, inboxLimit: 10_000 })
  const friend = randomBytes(32)
  await node.network.leave()
  node.network.know([friend.toString('hex')])
  await node.network.join()
  assert.ok(node.network.address)
  const peer = await flooder({ ...node, address: node.network.address } as LocalNode)
  assert.equal(await heard(node, peer, [randomBytes(32), friend]), ['line 1'])
  peer.destroy()
})

test('and with a worker that takes the place of one that died', async () => {
  const node = await startNode({ security: 'none', limits: LIMITS, inboxLimit: 10_000 })
  const friend = randomBytes(32)
  node.network.know([friend.toString('hex')])
  await threads.at(-1)?.terminate()
  await node.event('worker-restart')
  await until(async () => (await node.network.stats()).workers.running === 1, DEADLINE_MS, 'it is back')
  const peer = await until(() => flooder(node).catch(() => null), DEADLINE_MS, 'it listens')
  assert.equal(await heard(node, peer, [randomBytes(32), friend]), ['line 1'])
  peer.destroy()
})

test('what is no id, or too many, is refused, and nothing changes', async () => {
  const { network } = await startNode({ limits: { maxOrigins: 64 } })
  const ids = Array.from({ length: 17 }, () => randomBytes(32).toString('hex'))
  for (const bad of [ids, ['alice'], [ids[0]?.toUpperCase() ?? ''], [7 as unknown as string]]) {
    assert.throws(
      () => network.know(bad),
      ({ code }: NodeJS.ErrnoException) => code === 'ERR_FLOODNET_OPTION'
    )
  }
  network.know(ids.slice(1))
  network.know([...ids.slice(1), ...ids.slice(1)])
  network.know([])
})

test.run()
