// Programs that are no nodes of part 4 or later, told by what they send.
import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer, type Server, type Socket } from 'node:net'
import { createNetwork } from '@floodnet/transport'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '../../../../test/support/wait.ts'
import { GobReader } from '../../src/gob/gob-reader.ts'
import { Gop2pNode } from '../../src/gop2p/index.ts'
import type { PeerEvent } from '../../src/tutorial/messages.ts'
import { speechOf, structOf } from '../../src/tutorial/recognise.ts'
import { TutorialNode } from '../../src/tutorial/tutorial-node.ts'
import { tutorialSide } from '../../src/tutorial/tutorial-side.ts'
import { openSocket } from '../support/raw-http.ts'

const DEADLINE_MS = 60_000
/** Written by Go: the structs of parts 2 and 3, and one of another program. */
const PART2 =
  '2bff81030101074d65737361676501ff82000102010454657874010c000108556e69717565494401040000000cff82010568656c6c6f015400'
const PART2_EMPTY =
  '2bff81030101074d65737361676501ff82000102010454657874010c000108556e697175654944010400000005ff82025400'
const PART3_DEFINITION =
  '41ff83030101065061636b657401ff8400010401045479706501060001074d657373616765010c0001064f726967696e010c000108556e6971756549440104000000'
const PART3 = `${PART3_DEFINITION}18ff84020568656c6c6f010a5b3a3a5d3a3535353535015400`
const PART3_ACK = `${PART3_DEFINITION}07ff840102035800`
const OTHER = '1fff8503010105506f696e7401ff86000102010158010400010159010400000007ff860102010400'

const test = suite('recognise')
const closing: (() => Promise<unknown>)[] = []

test.after.each(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

for (const [text, speech] of [
  ['hello\n', /plain text, as part 1/],
  ['\n\n', /plain text, as part 1/],
  ['GET / HTTP/1.1\r\n', /HTTP/],
  ['HTTP/1.1 400 Bad Request', /HTTP, as members of gop2p/],
  ['SSH-2.0-OpenSSH_9.9\r\n', /SSH/],
  ['\x16\x03\x01', /TLS, as nodes of floodnet/],
  ['\x15\x03\x03', /TLS/]
] as const) {
  test(`${JSON.stringify(text)} is told to be ${speech.source}`, () => {
    assert.match(speechOf(Buffer.from(text, 'latin1')) ?? '', speech)
  })
}

for (const [hex, struct] of [
  [PART2, /part 2/],
  [PART2_EMPTY, /part 2/],
  [PART3, /part 3/],
  [PART3_ACK, /part 3/],
  [OTHER, /gob, but of 'Point'/]
] as const) {
  test(`the struct in ${hex.slice(-12)} is told to be ${struct.source}`, () => {
    const [record] = new GobReader().push(Buffer.from(hex, 'hex')).records
    assert.ok(record)
    assert.is(speechOf(Buffer.from(hex, 'hex')), null)
    assert.match(structOf(record) ?? '', struct)
  })
}

test('no packet of part 4 is taken for anything else', () => {
  const vectors: { hex: string }[] = JSON.parse(readFileSync('packages/bridge/test/vectors/gob-vectors.json', 'utf8'))
  assert.ok(vectors.length > 0)
  for (const { hex } of vectors) {
    const bytes = Buffer.from(hex, 'hex')
    assert.is(speechOf(bytes), null)
    for (const record of new GobReader().push(bytes).records) assert.is(structOf(record), null)
  }
})

for (const [what, answer, speech] of [
  ['a program that types at us', 'hello there\n', /plain text, as part 1/],
  ['part 2, which sends our request back', PART2_EMPTY, /part 2/],
  ['an SSH server', 'SSH-2.0-OpenSSH_9.9\r\n', /SSH/]
] as const) {
  test(`--gob at ${what}: it is told in one line, once`, async () => {
    const server = await startServer((socket) =>
      socket.end(/^[0-9a-f]+$/.test(answer) ? Buffer.from(answer, 'hex') : answer)
    )
    const { told, attempts } = await joinAt(server)
    await until(() => attempts() >= 4 && told.length > 0, DEADLINE_MS, 'four attempts')
    assert.is(told.length, 1)
    assert.match(told[0] ?? '', /^127\.0\.0\.1:\d+ is not a node of the tutorial's parts 4 to 6: it speaks /)
    assert.match(told[0] ?? '', speech)
  })
}

test('--gob at a gop2p member: it is told which flag is meant', async () => {
  const member = new Gop2pNode({ self: '127.0.0.1:0' })
  assert.is(await member.start(), null)
  closing.push(() => member.stop())
  const told = await joinPort(member.self.port)
  await until(() => told.length > 0, DEADLINE_MS, 'a line')
  assert.match(told[0] ?? '', /it speaks HTTP, as members of gop2p do \(--gop2p\)/)
})

test('--gob at a node of floodnet: it is told in one line', async () => {
  const network = await createNetwork({ listen: '127.0.0.1:0', name: 'recognise' })
  closing.push(() => network.close())
  const told = await joinPort(Number(network.address?.split(':').at(-1)))
  await until(() => told.length > 0, DEADLINE_MS, 'a line')
  assert.match(told[0] ?? '', /it speaks TLS, as nodes of floodnet do|took our request and nobody answered/)
})

for (const [what, first, speech] of [
  ['part 1', 'hello\n', /part 1/],
  ['part 2', PART2, /part 2/],
  ['part 3', PART3_ACK, /part 3/],
  ['a web browser', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n', /HTTP/]
] as const) {
  test(`${what} connects to the bridge: it is told in one line, and the connection ends`, async () => {
    const { node, told } = await startNode()
    for (let attempt = 0; attempt < 3; attempt++) {
      const socket = await openSocket(Number(node.address.split(':').at(-1)))
      const ended = new Promise<void>((resolve) => socket.on('close', () => resolve()).on('error', () => resolve()))
      socket.on('end', () => socket.destroy()).resume()
      socket.write(/^[0-9a-f]+$/.test(first) ? Buffer.from(first, 'hex') : first)
      await ended
    }
    assert.is(told.length, 1)
    assert.match(told[0] ?? '', /^127\.0\.0\.1 is not a node of the tutorial's parts 4 to 6: /)
    assert.match(told[0] ?? '', speech)
  })
}

test.run()

async function startNode(join: readonly { host: string; port: number }[] = []) {
  const peer = { retryMinMs: 20, retryMaxMs: 20, unansweredMs: 2_000 }
  const node = await TutorialNode.start({ listen: { host: '127.0.0.1', port: 0 }, join, peer })
  const told: string[] = []
  const events: PeerEvent[] = []
  node.events$.subscribe((event) => events.push(event))
  tutorialSide(node, { name: 'gob' }).notices$.subscribe((text) => {
    if (/not a node|nobody answered/.test(text)) told.push(text)
  })
  closing.push(() => node.close())
  return { node, told, events }
}

async function joinPort(port: number): Promise<string[]> {
  return (await startNode([{ host: '127.0.0.1', port }])).told
}

async function joinAt(server: { port: number; attempts: () => number }) {
  return { told: await joinPort(server.port), attempts: server.attempts }
}

async function startServer(onSocket: (socket: Socket) => void): Promise<{ port: number; attempts: () => number }> {
  let attempts = 0
  const server: Server = createServer((socket) => {
    attempts++
    socket.on('error', () => {}).resume()
    onSocket(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => new Promise((resolve) => server.close(resolve)))
  return { port: (server.address() as AddressInfo).port, attempts: () => attempts }
}
