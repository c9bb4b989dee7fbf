// time-limit: 120 s
// Many nodes in one process, and what is left of them when they close.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import net from 'node:net'
import { createNetwork, type Network } from '@floodnet/transport'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { closeNodes, type LocalNode, linked, startNode, textOf } from './support/local-node.ts'
import { until, within } from './support/wait.ts'

const DEADLINE_MS = 20_000
const test = suite('closing')

test.after.each(closeNodes)

test('ten nodes in one process are one network, and leave no thread, socket or timer behind', async () => {
  const before = resources()
  const nodes = await tenNodes()
  for (const [from, { network }] of nodes.entries()) await network.write(`from ${from}`)
  for (const [at, { network }] of nodes.entries()) {
    const texts = new Set<string>()
    const signal = AbortSignal.timeout(DEADLINE_MS)
    for (let i = 1; i < nodes.length; i++) texts.add(textOf(await network.read({ signal })))
    assert.is(texts.size, nodes.length - 1)
    assert.not(texts.has(`from ${at}`))
  }
  await Promise.all(nodes.map(({ network }) => network.close()))
  await until(
    () => resources().length <= before.length,
    DEADLINE_MS,
    () => `no more than ${before}, still ${resources()}`
  )
})

test('a process whose networks are closed ends by itself', async () => {
  const transport = JSON.stringify(import.meta.resolve('@floodnet/transport'))
  const program = `
    import { createNetwork } from ${transport}
    const a = await createNetwork({ listen: '127.0.0.1:0' })
    const b = await createNetwork({ listen: '127.0.0.1:0', join: a.address, workers: 2 })
    await new Promise((resolve) => b.once('peer-up', resolve))
    await b.write('bye')
    await b.close()
    await a.close()`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'ignore', 'inherit']
  })
  const [code] = await within(once(child, 'exit'), DEADLINE_MS, 'the end of the process').finally(() => kill(child))
  assert.is(code, 0)
})

test('close may be called again, and while it is under way', async () => {
  const { network } = await startNode()
  const [first, second] = [network.close(), network.close()]
  await Promise.all([first, second, network.closed])
  await network.close()
})

test('writes that wait when the network closes reject, and later ones too', async () => {
  const { network } = await startNode({ limits: { holdBytes: 262_144 } })
  const waiting: Promise<unknown>[] = []
  for (let i = 0; i < 40; i++) waiting.push(network.write(new Uint8Array(65_536)))
  const codes = Promise.allSettled(waiting).then((results) =>
    results.flatMap((result) => (result.status === 'rejected' ? [result.reason.code] : []))
  )
  await network.close()
  assert.ok((await codes).length > 0)
  assert.equal(new Set(await codes), new Set(['ERR_FLOODNET_CLOSED']))
  const error = await network.write('late').catch((reason: unknown) => reason)
  assert.is((error as { code: string }).code, 'ERR_FLOODNET_CLOSED')
})

test('what was held for a first neighbour that never came is counted when the network closes', async () => {
  const node = await startNode()
  for (const text of ['one', 'two', 'three']) await node.network.write(text)
  await node.network.close()
  assert.equal(node.all('dropped'), [{ reason: 'closed', count: 3, peer: null }])
})

test('everything written before close reaches the neighbour', async () => {
  const [a, b] = [await startNode(), await startNode()]
  b.network.connect(a.address)
  await linked(a, b)
  const texts = Array.from({ length: 5_000 }, (_, i) => `${i}`)
  const read = readTexts(a.network, texts.length)
  for (const text of texts) await b.network.write(text)
  await b.network.close()
  assert.equal(await read, texts)
  assert.is((await a.event('peer-down', { id: b.network.id })).reason, 'leaving')
})

test('a peer that never finishes the handshake does not keep a network from closing', async () => {
  const { network, address } = await startNode()
  const socket = net.connect(Number(address.split(':').at(-1)), '127.0.0.1').on('error', () => undefined)
  await once(socket, 'connect')
  await within(network.close(), DEADLINE_MS, 'the close')
  socket.destroy()
})

test('a signal that is aborted closes the network; one aborted before keeps it from starting', async () => {
  const stop = new AbortController()
  const { network } = await startNode({ signal: stop.signal })
  stop.abort()
  await within(network.closed, DEADLINE_MS, 'the close')
  const error = await createNetwork({ signal: stop.signal }).catch((reason: unknown) => reason)
  assert.is(error, stop.signal.reason)
})

async function tenNodes(): Promise<LocalNode[]> {
  const entry = await startNode()
  const others = await Promise.all(Array.from({ length: 9 }, () => startNode({ join: entry.address })))
  const nodes = [entry, ...others]
  await until(() => nodes.every(({ network }) => network.peers.length >= 5), DEADLINE_MS, 'five neighbours each')
  return nodes
}

async function readTexts(network: Network, count: number): Promise<string[]> {
  const texts: string[] = []
  const signal = AbortSignal.timeout(DEADLINE_MS)
  while (texts.length < count) texts.push(textOf(await network.read({ signal })))
  return texts
}

/** What keeps this process alive, by kind. */
function resources(): readonly string[] {
  return process.getActiveResourcesInfo().sort()
}

function kill(child: ChildProcess): void {
  if (child.exitCode === null) child.kill('SIGKILL')
}

test.run()
