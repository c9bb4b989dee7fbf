// A node among the tutorial's, on real sockets: with others of its kind, and with peers that are broken or worse.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { type Address, parseAddress } from '@floodnet/core'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until, within } from '../../../../test/support/wait.ts'
import { encodePacket, PACKET_TYPES, type TutorialPacket } from '../../src/gob/packet.ts'
import { Sink } from '../../src/gob/sink.ts'
import { TutorialNode, type TutorialNodeOptions } from '../../src/tutorial/tutorial-node.ts'
import { tutorialSide } from '../../src/tutorial/tutorial-side.ts'
import { message, request } from '../support/peer-rig.ts'

const DEADLINE_MS = 20_000
const LOCAL = { host: '127.0.0.1', port: 0 }

const test = suite('tutorial node')
const nodes: TutorialNode[] = []
const sockets: Socket[] = []

test.after.each(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await Promise.all(nodes.splice(0).map((node) => node.close()))
})

test('nodes join by one entry, and what one says each of the others hears once', async () => {
  const first = await start()
  const all = [first, await start(first), await start(first), await start(first)]
  const foreign = all.map(textsOf)
  await until(() => all.every(({ neighbours }) => neighbours.length > 0), DEADLINE_MS, 'neighbours for all')
  for (let index = 0; index < 20; index++) all[index % 4]?.say(bytes(`${index}`))
  await until(
    () => foreign.every(({ length }) => length >= 15),
    DEADLINE_MS,
    () => JSON.stringify(foreign)
  )
  for (const texts of foreign) assert.is(new Set(texts).size, texts.length)
})

test('without an address it takes port 55555, or the next one that is free', async () => {
  const ports = [await startAt(null), await startAt(null)].map(({ address }) => parseAddress(address)?.port ?? 0)
  assert.ok(ports.every((port) => port >= 55_555))
  assert.not.equal(ports[0], ports[1])
})

test('an address that is taken is an error that names it', async () => {
  const { address } = await start()
  try {
    await TutorialNode.start({ listen: addressOf(address) })
    assert.unreachable('it listened')
  } catch (error) {
    assert.is((error as NodeJS.ErrnoException).code, 'ERR_FLOODNET_ADDRESS_IN_USE')
  }
})

for (const [name, garbage] of [
  ['HTTP', bytes('GET / HTTP/1.1\r\n\r\n')],
  ['a message of gigabytes', new Sink().unsigned(1n << 32n).finish()],
  ['a message before it has joined', encodePacket(message('hello'))],
  ['an ack that nobody asked for', encodePacket({ ...request('5'), type: PACKET_TYPES.joinAck })]
] as const) {
  test(`a connection that brings ${name} is closed, and nothing else suffers`, async () => {
    const node = await start()
    const socket = await dial(node)
    socket.write(garbage)
    await within(once(socket, 'close'), DEADLINE_MS, 'the end of the connection')
    const other = await start(node)
    await until(() => other.neighbours.length === 1, DEADLINE_MS, 'a neighbour')
  })
}

test('connections that say nothing are closed, and of many at once most are not taken at all', async () => {
  const node = await start(null, { peer: { maxStrangers: 4, strangerMs: 300 } })
  const silent = await Promise.all(Array.from({ length: 40 }, () => dial(node)))
  let closed = 0
  for (const socket of silent) socket.on('close', () => closed++)
  await until(
    () => silent.every(({ destroyed }) => destroyed),
    DEADLINE_MS,
    () => `40 closed, not ${closed}`
  )
})

test('a neighbour that reads nothing costs a bounded queue, and the others hear everything', async () => {
  const node = await start(null, { pace: { maxQueued: 10, paceMs: 1 } })
  const deaf = await joinRaw(node)
  deaf.pause()
  const other = await start(node)
  const foreign = textsOf(other)
  await until(() => node.neighbours.length === 2, DEADLINE_MS, 'two neighbours')
  const large = 'x'.repeat(100_000)
  for (let index = 0; index < 60; index++) {
    node.say(bytes(`${index} ${large}`))
    await until(
      () => foreign.length > index,
      DEADLINE_MS,
      () => `message ${index} at the other; heard ${foreign.length}`
    )
  }
  await until(() => (node.drops['link-full'] ?? 0) > 0, DEADLINE_MS, 'drops that are counted')
})

test('what comes back as an echo, or came by another way, is not waited for and not sent', async () => {
  const node = await start(null, { pace: { paceMs: 60_000, ackPaceMs: 1 }, peer: { desiredLinks: 1 } })
  const peer = await joinRaw(node)
  const sent = packetsOf(peer)
  await until(() => sent() > 0, DEADLINE_MS, 'the ack')
  const packets = [message('one'), message('two'), message('three')]
  for (const { payload, uniqueId } of packets) node.say(payload, uniqueId)
  await until(() => sent() === 2, DEADLINE_MS, 'the first message')
  peer.write(encodePacket(packets[1] as TutorialPacket))
  peer.write(encodePacket(packets[0] as TutorialPacket))
  await until(() => sent() === 3, DEADLINE_MS, 'the third message, without a pause of a minute')
})

test('a word that no neighbour is there to hear is refused in words', async () => {
  const node = await start()
  const refusal = await tutorialSide(node, { name: 'gob' }).say({ id: 1n, from: 'alice@floodnet', text: 'hi', to: '' })
  assert.equal(refusal, { refused: 'no node of gob is a neighbour', onlyHere: true })
})

test.run()

function start(entry: TutorialNode | null = null, options: TutorialNodeOptions = {}): Promise<TutorialNode> {
  const join = entry === null ? [] : [addressOf(entry.address)]
  return startAt(LOCAL, { ...options, join })
}

async function startAt(listen: Address | null, options: TutorialNodeOptions = {}): Promise<TutorialNode> {
  const node = await TutorialNode.start({ ...options, listen })
  nodes.push(node)
  return node
}

async function dial(node: TutorialNode): Promise<Socket> {
  const { host, port } = addressOf(node.address)
  const socket = connect(port, host)
  sockets.push(socket)
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}

/** Joins as a bare peer: asks for a link, and is the far end of the one that comes. */
async function joinRaw(node: TutorialNode): Promise<Socket> {
  const { createServer } = await import('node:net')
  const server = createServer()
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  const socket = await dial(node)
  socket.end(encodePacket(request(`raw${port}`, { address: `127.0.0.1:${port}` })))
  const link = await within(accepted, DEADLINE_MS, 'a link')
  sockets.push(link)
  server.close()
  link.on('error', () => {})
  return link
}

/** How many packets have come, by their definitions of the type. */
function packetsOf(socket: Socket): () => number {
  const chunks: Buffer[] = []
  socket.on('data', (chunk) => chunks.push(chunk))
  return () => Buffer.concat(chunks).toString('latin1').split('UniqueID').length - 1
}

function textsOf(node: TutorialNode): string[] {
  const texts: string[] = []
  node.foreign$.subscribe(({ payload }) => texts.push(new TextDecoder().decode(payload)))
  return texts
}

function addressOf(text: string): Address {
  return parseAddress(text) ?? LOCAL
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
