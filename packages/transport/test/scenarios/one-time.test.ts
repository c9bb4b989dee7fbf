// One-time messages between real nodes: read by all but their writer, and nothing in their packets says who that is.
import { setTimeout as pause } from 'node:timers/promises'
import { type FloodnetError, newOneTimeOrigin, type OneTimeOrigin, type WriteOptions } from '@floodnet/transport'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until, within } from '../../../../test/support/wait.ts'
import { closeNodes, type LocalNode, linked, startNode, textOf } from '../support/named-node.ts'
import { connectPeer, type RawPeer } from '../support/raw-peer.ts'

const DEADLINE_MS = 15_000
const FLAGS_OFFSET = 5
const HOPS_OFFSET = 6
const [SIGNED, ONE_TIME] = [4, 8]
const test = suite('one-time messages')

test.after.each(closeNodes)

async function startTriangle(): Promise<[LocalNode, LocalNode, LocalNode]> {
  const a = await startNode()
  const b = await startNode({ join: a.address })
  await linked(a, b)
  const c = await startNode({ join: [a.address, b.address] })
  await Promise.all([linked(a, c), linked(b, c)])
  return [a, b, c]
}

async function read({ network }: LocalNode) {
  return await network.read({ signal: AbortSignal.timeout(DEADLINE_MS) })
}

/** A neighbour made by hand that keeps the packets it gets. */
async function startListener(node: LocalNode): Promise<RawPeer> {
  const peer = await connectPeer(node.address, { security: 'tls' })
  peer.keepsData = true
  return await peer.join()
}

test("a one-time message reaches every node once under a key that is nobody's, and not its writer", async () => {
  const [a, b, c] = await startTriangle()
  const receipt = await a.network.write('psst', { oneTime: true })
  for (const node of [b, c]) {
    const message = await read(node)
    assert.is(textOf(message), 'psst')
    const { origin, incarnation, seq, index } = message
    assert.equal({ origin, incarnation, seq, index, links: receipt.links }, receipt)
    assert.is(message.hops, 0)
  }
  assert.not.ok([a, b, c].some(({ network }) => network.id === receipt.origin))
  const { origins, oneTimeOrigins } = await a.network.stats()
  assert.equal([origins, oneTimeOrigins], [0, 1])
})

test('a one-time message that comes back to its writer is a duplicate, and not read', async () => {
  const a = await startNode()
  const peer = await startListener(a)
  await a.network.write('psst', { oneTime: true })
  await until(() => peer.data.length === 1, DEADLINE_MS, 'the packet')
  peer.send(peer.data[0] as Buffer).send(peer.dataFrame(Buffer.from('after')))
  assert.is(textOf(await read(a)), 'after')
  assert.is((await a.network.stats()).duplicates, 1)
  peer.destroy()
})

test('each message has a key of its own, unless an origin was made for several', async () => {
  const [a, b] = await startTriangle()
  const origin = newOneTimeOrigin()
  const uses: (true | OneTimeOrigin)[] = [true, true, origin, origin]
  for (const oneTime of uses) await a.network.write('x', { oneTime })
  const messages = [await read(b), await read(b), await read(b), await read(b)]
  const keys = messages.map((message) => message.origin)
  assert.is(new Set(keys).size, 3)
  assert.equal(keys.slice(2), [origin.id, origin.id])
  assert.equal(
    messages.map(({ seq }) => seq),
    [1, 1, 1, 2]
  )
})

test('a large one-time message travels in fragments under one key', async () => {
  const [a, b, c] = await startTriangle()
  const payload = new Uint8Array(1_000_000).map((_, i) => i * 7)
  const { origin } = await a.network.write(payload, { oneTime: true })
  for (const node of [b, c]) {
    const message = await read(node)
    assert.equal([message.origin, message.seq, Buffer.compare(message.payload, payload)], [origin, 1, 0])
  }
})

test('the packets that a neighbour gets hold nothing of the writer, share nothing with its own, and tell no hops', async () => {
  const a = await startNode()
  const peer = await startListener(a)
  const node = await a.network.write('mine')
  const written = [
    a.network.write('before'),
    a.network.write('psst', { oneTime: true }),
    a.network.write('psst', { oneTime: true }),
    a.network.write('after')
  ]
  await Promise.all(written)
  await until(() => peer.data.some((frame) => frame.includes('after')), DEADLINE_MS, 'all packets')
  const once = peer.data.filter((frame) => ((frame[FLAGS_OFFSET] ?? 0) & ONE_TIME) !== 0)
  assert.is(once.length, 2)
  for (const frame of once) {
    assert.is(frame[FLAGS_OFFSET], SIGNED | ONE_TIME)
    assert.is(frame[HOPS_OFFSET], 0)
    assert.is(frame.subarray(48, -64).toString(), 'psst')
    assert.is(frame.indexOf(Buffer.from(a.network.id, 'hex')), -1)
    assert.is(frame.readUInt32BE(44), 1)
    const age = Date.now() / 1000 - frame.readUInt32BE(40)
    assert.ok(age >= 0 && age < 300, `${age}`)
  }
  assert.is.not(once[0]?.toString('hex', 8, 40), once[1]?.toString('hex', 8, 40))
  const own = peer.data.filter((frame) => !once.includes(frame))
  assert.ok(own.every((frame) => frame.toString('hex', 8, 40) === node.origin))
  assert.not.ok(own.some((frame) => frame.includes('psst')))
  peer.destroy()
})

test("the time in one-time packets is not the writer's clock to the second", async () => {
  const a = await startNode()
  const peer = await startListener(a)
  for (let i = 0; i < 40; i++) await a.network.write('x', { oneTime: true })
  await until(() => peer.data.length >= 40, DEADLINE_MS, 'all packets')
  const times = new Set(peer.data.map((frame) => frame.readUInt32BE(40)))
  // Of 60 seconds, 40 draws hit some 29; the clock itself would show one or two.
  assert.ok(times.size > 10, `${times.size} different times`)
  peer.destroy()
})

test('a relay passes a one-time packet on without a count of hops, whatever the author put there', async () => {
  const relay = await startNode()
  const [author, listener] = [await connectPeer(relay.address, { security: 'tls' }), await startListener(relay)]
  await author.join()
  author.send(author.dataFrame(Buffer.from('psst'), { flags: ONE_TIME, hops: 3 }))
  await until(() => listener.data.length === 1, DEADLINE_MS, 'the packet')
  assert.is(listener.data[0]?.[HOPS_OFFSET], 0)
  author.destroy()
  listener.destroy()
})

test('a replayed one-time packet is a duplicate, and one of another time is refused and counted; the link stays', async () => {
  const target = await startNode()
  const peer = await connectPeer(target.address, { security: 'tls' })
  await peer.join()
  const frame = peer.dataFrame(Buffer.from('x'), { flags: ONE_TIME })
  peer.send(frame).send(frame)
  peer.author.incarnation -= 400
  peer.send(peer.dataFrame(Buffer.from('old'), { flags: ONE_TIME }))
  await until(async () => (await target.network.stats()).drops['one-time-age'] === 1, DEADLINE_MS, 'a drop')
  const { duplicates, messages } = await target.network.stats()
  assert.equal([duplicates, messages.delivered], [1, 1])
  assert.not.ok(peer.closed)
  peer.destroy()
})

test('without a neighbour a one-time message waits for one, and holds up no other', async () => {
  const a = await startNode()
  const written = a.network.write('psst', { oneTime: true })
  const { links } = await a.network.write('mine')
  assert.is(links, 0)
  assert.is(await Promise.race([written.then(() => 'written'), pause(50, 'waits')]), 'waits')
  const b = await startNode({ join: a.address })
  assert.is((await within(written, DEADLINE_MS, 'the first neighbour')).links, 1)
  const texts = [textOf(await read(b)), textOf(await read(b))]
  assert.equal(texts.sort(), ['mine', 'psst'])
})

test('a write that waits is given up by its signal, and nothing of it goes out', async () => {
  const a = await startNode()
  const reason = new Error('changed my mind')
  const aborter = new AbortController()
  const given = a.network.write('never', { oneTime: true, signal: aborter.signal })
  aborter.abort(reason)
  assert.is(await rejection(given), reason)
  assert.is(await rejection(a.network.write('never', { signal: aborter.signal })), reason)
  const b = await startNode({ join: a.address })
  await linked(a, b)
  await a.network.write('this', { oneTime: true })
  assert.is(textOf(await read(b)), 'this')
})

test('a network without signatures has one-time messages too', async () => {
  const a = await startNode({ security: 'none' })
  const b = await startNode({ security: 'none', join: a.address })
  await linked(a, b)
  const { origin } = await a.network.write('psst', { oneTime: true })
  const message = await read(b)
  assert.equal([textOf(message), message.origin, message.hops], ['psst', origin, 0])
  assert.is.not(origin, a.network.id)
})

test('an origin that was not made by newOneTimeOrigin is refused', async () => {
  const a = await startNode()
  for (const oneTime of [false, 'x', { id: '00' }])
    assert.is(
      ((await rejection(a.network.write('x', { oneTime } as unknown as WriteOptions))) as FloodnetError).code,
      'ERR_FLOODNET_OPTION'
    )
})

async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await within(promise, DEADLINE_MS, 'a rejection')
  } catch (error) {
    return error
  }
  throw new Error('it resolved')
}

test.run()
