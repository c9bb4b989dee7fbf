// One member under several names, among members that compare addresses as text.
import { hostname } from 'node:os'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '../../../../test/support/wait.ts'
import { SelfCheck } from '../../src/gop2p/http/self-check.ts'
import { formatPeer, type Gop2pLimits, Gop2pNode, type Inbound, type Peer, parsePeer } from '../../src/gop2p/index.ts'
import { mayMeanUs } from '../../src/gop2p/membership/spellings.ts'
import { OriginalMember } from '../support/original-member.ts'

const WAIT_MS = 60_000
/** Names are compared all the time. */
const LIMITS = { probeMs: 200, auditMs: 100 }
const closing: (() => Promise<void>)[] = []

test.after.each(async () => {
  await Promise.all(closing.splice(0).map((close) => close()))
})

for (const [self, dialled] of [
  ['127.0.0.1', 'localhost'],
  ['127.0.0.1', '0.0.0.0'],
  ['0.0.0.0', 'localhost'],
  ['0.0.0.0', '127.0.0.1'],
  ['[::]', '[::1]'],
  ['localhost', '127.0.0.1']
] as const) {
  test(`a member that dials ${self} as ${dialled} says everything once when names have been compared`, async () => {
    const node = await startNode(self)
    const inbox = listen(node)
    const member = await startOriginal()
    await member.connect({ address: dialled, port: node.self.port })
    await until(
      () => isCalled(member, [nameOf(node)]),
      WAIT_MS,
      () => `one name, not ${member.members}`
    )
    // It is told apart by its name, so what we say arrives too, and changes nothing.
    await node.outbox.send({ data: 'good morning' })
    await member.say('good evening')
    assert.equal([member.heard, texts(inbox), member.members], [['good morning'], ['good evening'], [nameOf(node)]])
  })
}

test('by whatever name it dials us again and again, it knows us by one in the end', async () => {
  const node = await startNode('127.0.0.1')
  const member = await startOriginal()
  for (const dialled of ['localhost', '0.0.0.0', '127.0.0.1', 'localhost']) {
    await member.connect({ address: dialled, port: node.self.port })
    await until(
      () => isCalled(member, [nameOf(node)]),
      WAIT_MS,
      () => `one name, not ${member.members}`
    )
  }
})

test('who heard of us from such a member knows us by one name too', async () => {
  const node = await startNode('127.0.0.1', { probeMs: 3_600_000, auditMs: 3_600_000 })
  const [first, second] = [await startOriginal(), await startOriginal()]
  await first.connect({ address: 'localhost', port: node.self.port })
  await second.connect(first.self)
  assert.ok(second.members.includes(`localhost:${node.self.port}`))
  // Nobody looks after names by the clock here: a message that is refused does it as well.
  await node.outbox.send({ data: 'good morning' })
  const names = [first, second].map(({ members }) => members.filter((name) => name.endsWith(`:${node.self.port}`)))
  assert.equal(names, [[nameOf(node)], [nameOf(node)]])
  assert.equal([first.heard, second.heard], [['good morning'], ['good morning']])
})

test('a member of the same port that is not us keeps its name', async () => {
  const node = await startNode('127.0.0.1')
  // Another program has the port on another address of this machine, as it may.
  const other = new Gop2pNode({ self: `127.0.0.2:${node.self.port}`, limits: LIMITS })
  assert.is(await other.start(), null)
  closing.push(() => other.stop())
  const member = await startOriginal()
  await member.connect(node.self)
  await member.connect(other.self)
  await until(
    () => member.members.length === 2,
    WAIT_MS,
    () => `two members, not ${member.members}`
  )
  const before = [...member.members].sort()
  await node.outbox.send({ data: 'one' })
  await other.outbox.send({ data: 'two' })
  assert.equal([...member.members].sort(), before)
})

test('a member dialled under another name than it uses is listed by its own, so that others hear it', async () => {
  const node = await startNode('127.0.0.1')
  const [silent, newcomer] = [await startOriginal('0.0.0.0'), await startOriginal()]
  await node.connect(`127.0.0.1:${silent.self.port}`)
  await until(
    () => node.members.some(({ address }) => address === '0.0.0.0'),
    WAIT_MS,
    () => JSON.stringify(node.members)
  )
  await newcomer.connect(node.self)
  await silent.say('good morning')
  assert.equal([newcomer.heard, silent.errors], [['good morning'], []])
})

test('two nodes of ours keep each other as members while they compare names', async () => {
  const [node, other] = [await startNode('127.0.0.1'), await startNode('0.0.0.0')]
  const changes: string[] = []
  for (const one of [node, other]) one.changes$.subscribe(({ kind }) => changes.push(kind))
  await node.connect(`localhost:${other.self.port}`)
  const asked = [listen(node), listen(other)]
  for (let round = 0; round < 20; round++) {
    await node.outbox.send({ data: `${round}` })
    await other.outbox.send({ data: `${round}` })
    await new Promise((resolve) => setTimeout(resolve, LIMITS.auditMs / 4))
  }
  assert.equal(
    asked.map(({ length }) => length),
    [20, 20]
  )
  assert.equal(changes, ['joined', 'joined'])
})

for (const [name, teller, may] of [
  ['localhost', '127.0.0.1', true],
  ['0.0.0.0', '10.0.0.5', true],
  // On another machine these are that machine.
  ['localhost', '10.0.0.7', false],
  ['0.0.0.0', '10.0.0.7', false],
  ['10.0.0.5', '10.0.0.7', true],
  ['10.0.0.6', '10.0.0.7', false],
  ['box', '10.0.0.7', true],
  ['box.example.org', '10.0.0.7', true],
  ['other.example.org', '127.0.0.1', false]
] as const) {
  test(`${name} told from ${teller} ${may ? 'may be us' : 'is never us'}`, () => {
    const peer = parsePeer(`${name}:1`) ?? { address: '', port: 0 }
    assert.is(mayMeanUs(peer, teller, new Set(['10.0.0.5', '127.0.0.1']), 'Box.lan'), may)
  })
}

for (const [self, candidate, teller, knocks] of [
  ['10.0.0.5', '127.0.0.1', '127.0.0.1', 1],
  ['10.0.0.5', '127.0.0.1', '10.0.0.7', 0],
  // There '0.0.0.0' is the other machine itself: the name that leads here must stay.
  ['0.0.0.0', '10.0.0.5', '10.0.0.7', 0],
  ['0.0.0.0', '10.0.0.5', '10.0.0.5', 1],
  ['10.0.0.6', '10.0.0.5', '10.0.0.7', 1]
] as const) {
  const does = knocks === 0 ? 'is not looked at' : 'is asked whether it is us'
  test(`${candidate}, used by a member at ${teller}, ${does} when we call ourselves ${self}`, async () => {
    const check = new SelfCheck()
    const asked: string[] = []
    const client = { knock: async (peer: Peer, _: Peer, word: string) => void asked.push(formatPeer(peer), word) }
    const host = { client, self: peerOf(self), own: new Set(['10.0.0.5', '127.0.0.1']), timeoutMs: 1_000 }
    // Nobody's server gets the word.
    assert.is(await check.isUs(peerOf(candidate), teller, host), false)
    assert.is(asked.length / 2, knocks)
    const echo = { knock: async (_: Peer, __: Peer, word: string) => check.onKnock(word) }
    assert.is(await check.isUs(peerOf(candidate), teller, { ...host, client: echo }), knocks === 1)
  })
}

test('a member that has said what it calls itself is not asked again', async () => {
  const node = await startNode('127.0.0.1')
  const other = await startNode('0.0.0.0')
  const refusals: string[] = []
  other.errors.subscribe(({ message }) => refusals.push(message))
  await other.connect(node.self)
  const inbox = listen(node)
  // Names are compared several times while these are sent.
  for (let round = 0; round < 10; round++) {
    await other.outbox.send({ data: `${round}` })
    await new Promise((resolve) => setTimeout(resolve, LIMITS.auditMs / 2))
  }
  assert.equal([inbox.length, refusals], [10, []])
})

test(`this machine's own name is found to be us where it leads here`, async () => {
  const node = await startNode('0.0.0.0')
  const member = await startOriginal()
  const dialled = { address: hostname().toLowerCase(), port: node.self.port }
  const isReached = await member.connect(dialled).then(
    () => true,
    () => false
  )
  if (!isReached) return console.log(`skipped: this machine cannot be dialled as ${dialled.address}`)
  await until(
    () => isCalled(member, [nameOf(node)]),
    WAIT_MS,
    () => `one name, not ${member.members}`
  )
})

test.run()

async function startNode(address: string, limits: Partial<Gop2pLimits> = LIMITS): Promise<Gop2pNode> {
  const node = new Gop2pNode({ self: `${address}:0`, limits })
  assert.is(await node.start(), null)
  closing.push(() => node.stop())
  return node
}

async function startOriginal(address?: string): Promise<OriginalMember> {
  const member = await OriginalMember.start(address)
  closing.push(() => member.close())
  return member
}

function peerOf(host: string): Peer {
  return parsePeer(`${host}:5002`) ?? { address: '', port: 0 }
}

function isCalled({ members }: OriginalMember, names: readonly string[]): boolean {
  return members.join() === names.join()
}

function nameOf({ self }: Gop2pNode): string {
  return `${self.address}:${self.port}`
}

function listen(node: Gop2pNode): Inbound[] {
  const heard: Inbound[] = []
  node.inbox.subscribe((message) => heard.push(message))
  return heard
}

function texts(inbox: readonly Inbound[]): string[] {
  return inbox.map(({ data }) => Buffer.from(data).toString())
}
