// What two nodes make of a wire between them that is slow, stands still, loses bytes or is cut: with a proxy on
// loopback.
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '../../../../test/support/wait.ts'
import { BadWire, closeWires } from '../support/bad-wire.ts'
import { closeNodes, type LocalNode, linked, startNode, textOf } from '../support/named-node.ts'

const WAIT_MS = 20_000
const MESSAGES = 300
const limits = {
  pingMs: 200,
  deadMs: 4_000,
  dialTimeoutMs: 2_000,
  handshakeTimeoutMs: 2_000,
  retryMinMs: 100,
  retryMaxMs: 500
}
const test = suite('bad wires')

test.after.each(async () => {
  await closeNodes()
  await closeWires()
})

test('over a wire with a second there and back, every awaited message arrives, once and in order', async () => {
  const { near, far, wire } = await startPair({ ...limits, pingMs: 1_500, deadMs: 15_000 })
  wire.delayMs = 500
  const expected = Array.from({ length: MESSAGES }, (_, i) => `message ${i}`)
  for (const text of expected) await near.network.write(text)
  await near.network.flush()
  for (const text of expected) assert.is(textOf(await far.network.read({ signal: AbortSignal.timeout(WAIT_MS) })), text)
  await until(() => (near.network.peers[0]?.rttMs ?? 0) >= 900, WAIT_MS, 'a round trip that was measured')
  assert.is(near.all('peer-down').length, 0)
})

test('a wire that is reset is dialled again, and what is written then arrives', async () => {
  const { near, far, wire } = await startPair()
  wire.reset()
  await Promise.all([upAgain(near), upAgain(far)])
  await heardAgain(near, far)
})

test('a wire that stands still ends as dead at both ends, and is dialled again when it goes on', async () => {
  const { near, far, wire } = await startPair()
  wire.stall()
  await Promise.all([near.event('peer-down', { reason: 'dead' }), far.event('peer-down', { reason: 'dead' })])
  await until(() => far.all('dial').some(({ phase }) => phase === 'failed'), WAIT_MS, 'a dial that gets nowhere')
  wire.resume()
  await Promise.all([upAgain(near), upAgain(far)])
  await heardAgain(near, far)
})

test('bytes that get lost on the wire end the link, and no message comes that was not written', async () => {
  const { near, far, wire } = await startPair()
  wire.dropChunks = 1
  await Promise.all([upAgain(near), upAgain(far)])
  await heardAgain(near, far)
})

/** `far` reaches `near` through a bad wire, and cannot be reached itself. */
async function startPair(given = limits): Promise<{ near: LocalNode; far: LocalNode; wire: BadWire }> {
  const near = await startNode({ limits: given })
  const wire = await BadWire.start(near.address)
  const far = await startNode({ listen: false, join: wire.address, limits: given })
  await linked(near, far)
  return { near, far, wire }
}

async function upAgain(node: LocalNode): Promise<void> {
  await until(() => node.all('peer-up').length > 1 && node.network.peers.length === 1, WAIT_MS, 'a second link')
}

async function heardAgain(near: LocalNode, far: LocalNode): Promise<void> {
  await near.network.write('to far')
  await far.network.write('to near')
  assert.is(textOf(await far.network.read({ signal: AbortSignal.timeout(WAIT_MS) })), 'to far')
  assert.is(textOf(await near.network.read({ signal: AbortSignal.timeout(WAIT_MS) })), 'to near')
}

test.run()
