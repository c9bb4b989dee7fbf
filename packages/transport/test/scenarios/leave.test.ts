// A node that leaves its network and joins another in the running program: what stays with the program, and what of
// the network of before does not come along.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join as pathOf } from 'node:path'
import { firstValueFrom } from 'rxjs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '../../../../test/support/wait.ts'
import type { JoinOptions } from '../../src/api.ts'
import { prometheusText } from '../../src/telemetry/metrics.ts'
import { closeNodes, type LocalNode, linked, startNode, textOf } from '../support/local-node.ts'
import { NETWORK_NAME } from '../support/network-name.ts'

const test = suite('leave and join')
const [RED, BLUE] = [`${NETWORK_NAME} red`, `${NETWORK_NAME} blue`]
const WAIT_MS = 60_000

test.after.each(closeNodes)

/** A node with a neighbour in red, and another network, blue. */
async function inRed(options: Parameters<typeof startNode>[0] = {}) {
  const [red, blue] = [await startNode({ name: RED }), await startNode({ name: BLUE })]
  const node = await startNode({ name: RED, join: red.address, ...options })
  await linked(node, red)
  return { node, red, blue }
}

/** Resolves when the two are linked now, whatever was before. */
function meet(a: LocalNode, b: LocalNode): Promise<unknown> {
  const has = (one: LocalNode, other: LocalNode) => one.network.peers.some(({ id }) => id === other.network.id)
  return until(() => has(a, b) && has(b, a), WAIT_MS, 'the two are neighbours')
}

async function refusal(action: () => unknown): Promise<string> {
  try {
    await action()
    return 'done'
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error)
  }
}

test('the neighbours are told, and until it joins nothing is there but what has come', async () => {
  const { node, red } = await inRed()
  const { network } = node
  await red.network.write('before')
  await until(async () => (await network.stats()).messages.delivered === 1, WAIT_MS, 'the message has come')
  await network.write('last words')
  await Promise.all([network.leave(), network.leave()])
  assert.is((await red.event('peer-down', { id: network.id })).reason, 'leaving')
  assert.is(textOf(await red.network.read()), 'last words')
  assert.is(node.all('left').length, 1)
  assert.is(node.all('peer-down').length, 1)
  assert.equal([network.peers, network.entries, network.address], [[], [], null])
  for (const action of [
    () => network.write('gone'),
    () => network.flush(),
    () => network.connect('127.0.0.1:1'),
    () => network.ticket(),
    () => network.openPacketLink(() => undefined)
  ])
    assert.is(await refusal(action), 'ERR_FLOODNET_AWAY')
  const stats = await network.stats()
  assert.equal([stats.joined, stats.links.dialled, stats.workers.running], [false, 0, 0])
  assert.equal([stats.messages, stats.drops.left], [{ written: 1, delivered: 1 }, 1])
  assert.match(prometheusText(stats), /^floodnet_joined 0$/m)
  assert.is(textOf(await network.read()), 'before')
})

test('readers, subscribers and listeners go on in the next network, under the same id', async () => {
  const { node, red, blue } = await inRed()
  const { network } = node
  const id = network.id
  const read: string[] = []
  const seen: string[] = []
  const loop = (async () => {
    for await (const message of network) read.push(textOf(message))
  })()
  const waiting = firstValueFrom(network.messages$)
  network.messages$.subscribe((message) => seen.push(textOf(message)))
  await red.network.write('in red')
  assert.is(textOf(await waiting), 'in red')
  await network.leave()
  await network.join(blue.address, { name: BLUE })
  await meet(node, blue)
  await blue.network.write('in blue')
  await network.write('from the newcomer')
  const heard = await blue.network.read()
  assert.equal([textOf(heard), heard.origin, network.id], ['from the newcomer', id, id])
  await until(() => read.length === 2 && seen.length === 2, WAIT_MS, 'both messages')
  assert.equal(
    [read, seen],
    [
      ['in red', 'in blue'],
      ['in red', 'in blue']
    ]
  )
  assert.equal(
    node.all('listening').map((details) => details.id),
    [id, id]
  )
  const { joined, messages, drops } = await network.stats()
  assert.equal([joined, messages, drops.left ?? 0], [true, { written: 1, delivered: 2 }, 0])
  await network.close()
  await loop
})

test('what nobody has read is dropped and counted when the next network is joined, and never read there', async () => {
  const { node, red, blue } = await inRed({ inboxLimit: 4 })
  const { network } = node
  // In packets of their own, so that some wait in front of the full queue.
  for (let n = 0; n < 20; n++) await red.network.write(`red ${n}`, { oneTime: true })
  await red.network.flush()
  const taken = async () => (await network.stats()).queues.inboxMessages >= 4
  await until(taken, WAIT_MS, 'the queue is full')
  await until(async () => (await network.stats()).packets.in >= 20, WAIT_MS, 'all packets have come')
  await network.leave()
  await network.join(blue.address, { name: BLUE })
  await meet(node, blue)
  await blue.network.write('blue')
  assert.is(textOf(await network.read()), 'blue')
  assert.is((await network.stats()).drops.left, 20)
  assert.is((await node.event('dropped', { reason: 'left' })).count, 20)
})

test('back in the same network it is heard again at once, and hears all', async () => {
  const { node, red } = await inRed()
  const { network } = node
  const incarnations: number[] = []
  for (let round = 0; round < 3; round++) {
    await network.write(`round ${round}`)
    const { payload, incarnation } = await red.network.read()
    assert.is(new TextDecoder().decode(payload), `round ${round}`)
    incarnations.push(incarnation)
    await red.network.write(`answer ${round}`, { to: network.id })
    assert.is(textOf(await network.read()), `answer ${round}`)
    await network.leave()
    // Neither name nor entries of before are asked for again; the entry is.
    await network.join(red.address)
    await meet(node, red)
  }
  assert.ok(incarnations.every((each, at) => at === 0 || each > (incarnations[at - 1] ?? 0)))
  const { drops } = await red.network.stats()
  assert.equal([drops['old-incarnation'] ?? 0, drops.stale ?? 0, drops.gap ?? 0], [0, 0, 0])
})

test('peers and signatures of one network are none of the next', async () => {
  const folder = await mkdtemp(pathOf(tmpdir(), 'floodnet-leave-'))
  try {
    const identity = pathOf(folder, 'node.pem')
    const { node, red, blue } = await inRed({ identity })
    const { network } = node
    const bytes = new TextEncoder().encode('signed')
    const inRedSigned = network.sign('a test', bytes)
    await network.leave()
    // What has come from red is still checked by its name.
    assert.ok(network.verify(network.id, 'a test', bytes, inRedSigned))
    assert.match(await readFile(`${identity}.peers`, 'utf8'), red.network.id)
    const dials = node.all('dial').length
    await network.join(blue.address, { name: BLUE })
    await meet(node, blue)
    assert.not.ok(network.verify(network.id, 'a test', bytes, inRedSigned))
    assert.ok(blue.network.verify(network.id, 'a test', bytes, network.sign('a test', bytes)))
    const dialled = node.all('dial').slice(dials)
    assert.not.ok(dialled.some(({ address }) => address === red.address))
    assert.equal(
      network.entries.map(({ address, outcome }) => [address, outcome]),
      [[blue.address, 'joined']]
    )
    await network.close()
    assert.match(await readFile(`${identity}.peers`, 'utf8'), red.network.id)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

test('a ticket leads into its own network, key and all', async () => {
  const { node } = await inRed()
  const secret = await startNode({ name: BLUE, key: 'a secret of the test' })
  await node.network.leave()
  await node.network.join(secret.network.ticket({ key: true }))
  await meet(node, secret)
  await node.network.leave()
  // The same network as before, so the key need not be told again.
  await node.network.join(secret.address)
  await meet(node, secret)
})

test('a join that fails leaves the node where it was, and is tried again', async () => {
  const { node, red, blue } = await inRed()
  const { network } = node
  assert.is(await refusal(() => network.join(blue.address)), 'ERR_FLOODNET_OPTION')
  await network.leave()
  for (const [entries, options, code] of [
    ['no where', {}, 'ERR_FLOODNET_ADDRESS'],
    [blue.address, { maxLinks: 3 }, 'ERR_FLOODNET_OPTION'],
    [blue.address, { name: '' }, 'ERR_FLOODNET_OPTION'],
    [blue.address, { name: BLUE, listen: blue.address }, 'ERR_FLOODNET_ADDRESS_IN_USE']
  ] as const) {
    assert.is(await refusal(() => network.join(entries, options as JoinOptions)), code)
    assert.is(await refusal(() => network.write('still away')), 'ERR_FLOODNET_AWAY')
  }
  await network.join(red.address)
  await meet(node, red)
})

test('a network that is closed while it is away, or on its way, ends like any other', async () => {
  const { node, blue } = await inRed()
  const { network } = node
  const reading = refusal(() => network.read())
  await network.leave()
  await network.close()
  assert.is(await reading, 'ERR_FLOODNET_CLOSED')
  assert.is(node.all('close').length, 1)
  for (const action of [() => network.leave(), () => network.join(), () => network.write('late')])
    assert.is(await refusal(action), 'ERR_FLOODNET_CLOSED')
  const other = await startNode({ name: RED })
  const leaving = other.network.leave()
  const joining = refusal(() => other.network.join(blue.address, { name: BLUE }))
  await Promise.all([other.network.close(), leaving, joining])
  assert.is((await other.network.stats()).workers.running, 0)
})

test.run()
