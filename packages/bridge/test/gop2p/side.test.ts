// A gop2p network as a side of the bridge: what is heard and said there, and how the side stays in.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '../../../../test/support/wait.ts'
import {
  createGop2pSide,
  formatMessage,
  Gop2pNode,
  type Gop2pSide,
  type Inbound,
  isSamePeer,
  makePeer,
  ownPeer,
  type Peer,
  peerUrl
} from '../../src/gop2p/index.ts'
import { addressTowards } from '../../src/gop2p/side/own-address.ts'
import { memberNamed } from '../../src/gop2p/side/text-format.ts'
import type { BridgedMessage, ForeignMessage } from '../../src/side.ts'
import { startTcpPeer } from '../support/scripted-peer.ts'

const WAIT_MS = 20_000
const closing: (() => Promise<void>)[] = []

test.after.each(async () => {
  await Promise.all(closing.splice(0).map((close) => close()))
})

test('a word goes to every member as a line with its name, and its id beside it', async () => {
  const { side, node } = await startPair()
  const inbox = listen(node)
  assert.is(await side.say(word({ id: 77n, text: 'good morning' })), null)
  assert.equal(inbox.map(textOf), ['<alice@floodnet> good morning'])
  assert.equal(
    inbox.map(({ mark, label }) => [mark, label]),
    [['77', 'bridge-1']]
  )
})

test('a word for one member goes to that member alone, and says that it is direct', async () => {
  const { side, node } = await startPair()
  const other = await startNode()
  await other.connect(node.self)
  const [named, others] = [listen(node), listen(other)]
  assert.is(await side.say(word({ to: `127.0.0.1:${node.self.port}`, text: 'by address' })), null)
  assert.is(await side.say(word({ to: String(node.self.port), text: ' by port' })), null)
  assert.equal(named.map(textOf), ['(direct) <alice@floodnet> by address', '(direct) <alice@floodnet> by port'])
  assert.equal(others, [])
})

test('a word for nobody there, or with nobody there, is refused in words', async () => {
  const { side, node } = await startPair()
  assert.match((await side.say(word({ to: 'bob' })))?.refused ?? '', 'no member of gop2p is called bob')
  assert.match((await side.say(word({ to: '127.0.0.1:1' })))?.refused ?? '', 'is called 127.0.0.1:1')
  await node.stop()
  assert.match((await side.say(word({})))?.refused ?? '', 'not connected')
})

test('what a member says is heard under its address', async () => {
  const { node, foreign } = await startPair()
  await node.outbox.send({ data: 'hello there' })
  const from = `127.0.0.1:${node.self.port}`
  assert.equal(foreign, [{ key: from, bridgedId: null, from, text: 'hello there', to: '' }])
})

test('a direct message to the bridge is for the one it names, and one that names nobody is answered', async () => {
  const { side, node, foreign } = await startPair()
  const inbox = listen(node)
  const to = [peerOf(side)]
  await node.outbox.send({ data: '@alice psst', to })
  await node.outbox.send({ data: '@bob@floodnet psst', to })
  await node.outbox.send({ data: 'psst', to })
  assert.equal(
    foreign.map(({ to, text }) => [to, text]),
    [
      ['alice@floodnet', 'psst'],
      ['bob@floodnet', 'psst']
    ]
  )
  await until(() => inbox.length === 1, WAIT_MS, 'an answer')
  assert.match(textOf(inbox[0]), '@NAME')
})

test('a member that answers every answer is answered a few times only', async () => {
  const { side, node } = await startPair()
  const to = [peerOf(side)]
  const inbox: Inbound[] = []
  const echoed = new Promise<void>((resolve) => {
    node.inbox.subscribe((message) => {
      if (inbox.push(message) > 20) resolve()
      else void node.outbox.send({ data: 'thank you', to })
    })
  })
  for (let sent = 0; sent < 10; sent++) await node.outbox.send({ data: 'psst', to })
  // Every message sent has its answer, or none, before the next broadcast of the side is there.
  await side.say(word({ text: 'the end' }))
  await Promise.race([echoed, until(() => inbox.some((one) => textOf(one).includes('the end')), WAIT_MS, 'the end')])
  assert.ok(inbox.filter((one) => textOf(one).includes('@NAME')).length <= 3, `${inbox.length} answers`)
})

test('a word that another bridge said is heard under its name and id', async () => {
  const { node, foreign } = await startPair()
  const { side: other } = await startSide([addressOf(node)], 'bridge-2')
  await until(() => node.members.length === 2 && other.members.length === 2, WAIT_MS, 'the second bridge')
  assert.is(await other.say(word({ id: 5n, text: 'once' })), null)
  assert.equal(
    foreign.map(({ bridgedId, from, text }) => [bridgedId, from, text]),
    [[5n, 'alice@floodnet', 'once']]
  )
})

test('a member that is no bridge and writes like one is heard as itself', async () => {
  const { node, foreign } = await startPair()
  await node.outbox.send({ data: '<alice@floodnet> believe me', mark: '5' })
  assert.equal(
    foreign.map(({ bridgedId, from, text }) => [bridgedId, from, text]),
    [[null, addressOf(node), '<alice@floodnet> believe me']]
  )
})

test('an entry that is not up yet is joined when it is, and again after a restart', async () => {
  const first = await startNode()
  const address = addressOf(first)
  await first.stop()
  const { side, notices } = await startSide([address], 'bridge-1')
  await until(
    () => notices.some((text) => text.includes('could not') || text.includes('not a member')),
    WAIT_MS,
    'a notice'
  )
  const second = await startNode(address)
  await until(() => side.members.length === 1, WAIT_MS, 'the entry joined')
  await second.stop()
  await until(() => side.members.length === 0, WAIT_MS, 'the entry gone')
  const third = await startNode(address)
  await until(() => side.members.length === 1 && third.members.length === 1, WAIT_MS, 'the entry joined again')
})

test('an entry that is no member of gop2p is told so, with what it may be', async () => {
  const shell = await startTcpPeer((socket) => void socket.end('SSH-2.0-OpenSSH_9.9\r\n'))
  closing.push(shell.close)
  const { notices } = await startSide([`127.0.0.1:${shell.port}`], 'bridge-1')
  await until(() => notices.length > 0, WAIT_MS, 'a notice')
  assert.match(notices[0] ?? '', /^127\.0\.0\.1:\d+ is not a member: garbage: it does not speak as gop2p .*--gob/)
})

test('this machine has no address towards an entry that cannot be reached', async () => {
  assert.is(await addressTowards(peer('255.255.255.255', 5000)), null)
  assert.is(await addressTowards(peer('127.0.0.1', 5000)), '127.0.0.1')
})

test('peers and messages have the helpers that programs on gop2p know', async () => {
  assert.equal(ownPeer(5001), { port: 5001, address: 'localhost' })
  assert.equal(ownPeer(5001, { remote: true }), { port: 5001, address: '0.0.0.0' })
  assert.is(ownPeer(70_000), null)
  assert.is(peerUrl(peer('::1', 5001)), 'http://[::1]:5001')
  assert.ok(isSamePeer(peer('localhost', 5001), peer('127.0.0.1', 5001)))
  assert.not.ok(isSamePeer(peer('localhost', 5001), peer('localhost', 5002)))
  const { side, node } = await startPair()
  const inbox = listen(node)
  await side.say(word({ text: 'good morning' }))
  assert.equal(inbox.map(formatMessage), [`[${side.self}] <alice@floodnet> good morning`])
})

test('a port alone names a member only when no other has it', () => {
  const peers = [peer('10.0.0.1', 5000), peer('10.0.0.2', 5000), peer('10.0.0.3', 5001)]
  assert.is(memberNamed('5000', peers), null)
  assert.equal(memberNamed('5001', peers), peers[2])
  assert.equal(memberNamed('10.0.0.2:5000', peers), peers[1])
  assert.is(memberNamed('bob', peers), null)
})

test.run()

async function startPair(): Promise<{
  side: Gop2pSide
  node: Gop2pNode
  foreign: ForeignMessage[]
  notices: string[]
}> {
  const node = await startNode()
  const started = await startSide([addressOf(node)], 'bridge-1')
  await until(() => started.side.members.length === 1 && node.members.length === 1, WAIT_MS, 'both members')
  return { node, ...started }
}

async function startSide(
  entries: string[],
  id: string
): Promise<{ side: Gop2pSide; foreign: ForeignMessage[]; notices: string[] }> {
  const times = { retryMinMs: 50, retryMaxMs: 100 }
  const side = await createGop2pSide({ hub: 'floodnet', id, entries, self: '127.0.0.1:0', ...times })
  const foreign: ForeignMessage[] = []
  const notices: string[] = []
  side.foreign$.subscribe((one) => foreign.push(one))
  side.notices$.subscribe((text) => notices.push(text))
  closing.push(() => side.close())
  return { side, foreign, notices }
}

async function startNode(self = '127.0.0.1:0'): Promise<Gop2pNode> {
  const node = new Gop2pNode({ self })
  assert.is(await node.start(), null)
  closing.push(() => node.stop())
  return node
}

function listen(node: Gop2pNode): Inbound[] {
  const foreign: Inbound[] = []
  node.inbox.subscribe((message) => foreign.push(message))
  return foreign
}

function word(fields: Partial<BridgedMessage>): BridgedMessage {
  return { id: 1n, from: 'alice@floodnet', text: 'hello', to: '', ...fields }
}

function textOf(message: Inbound | undefined): string {
  return Buffer.from(message?.data ?? '').toString()
}

function addressOf({ self }: Gop2pNode): string {
  return `${self.address}:${self.port}`
}

function peerOf(side: Gop2pSide): Peer {
  const [address = '', port] = side.self.split(':')
  return peer(address, Number(port))
}

function peer(address: string, port: number): Peer {
  const made = makePeer(address, port)
  if (made === null) throw new Error(`${address}:${port}`)
  return made
}
