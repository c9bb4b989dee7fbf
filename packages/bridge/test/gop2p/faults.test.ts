// Members and strangers at their worst: hanging, dying, answering garbage, listing thousands, sending without end. What
// decides is what the node did in the end, and that calls came back at all: each has a deadline far below the time
// limit of a test.
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '../../../../test/support/wait.ts'
import { Gop2pError, type Gop2pLimits, Gop2pNode, type Inbound, makePeer, type Peer } from '../../src/gop2p/index.ts'
import { openSocket, rawRequest, sendRaw } from '../support/raw-http.ts'
import { deadPort, member, startPeer, startTcpPeer } from '../support/scripted-peer.ts'

const WAIT_MS = 20_000
const closing: (() => Promise<void>)[] = []

test.after.each(async () => {
  await Promise.all(closing.splice(0).map((close) => close()))
})

test('three nodes are a full mesh: each message reaches both others once, a direct one only the one it is for', async () => {
  const [a, b, c] = await startMesh()
  const foreign = [a, b, c].map(listen)
  await a.outbox.send({ data: 'from a' })
  await c.outbox.send({ data: 'from c' })
  await b.outbox.send({ data: 'for c alone', to: [c.self] })
  await until(() => foreign.flat().length === 5, WAIT_MS, 'five messages')
  assert.equal(foreign.map(textsOf), [['from c'], ['from a', 'from c'], ['for c alone', 'from a']])
  assert.equal(foreign[2]?.find(({ direct }) => direct)?.to, [c.self])
})

test('who disconnects is forgotten by all, hears nothing, and may come back', async () => {
  const [a, b, c] = await startMesh()
  await b.disconnect()
  assert.equal(
    [a, b, c].map(({ members }) => members.length),
    [1, 0, 1]
  )
  const refusal = await b.outbox.send({ data: 'alone' })
  assert.ok(refusal instanceof Gop2pError && refusal.reason === 'not-connected')
  await b.connect(c.self)
  assert.equal(
    [a, b, c].map(({ members }) => members.length),
    [2, 2, 2]
  )
})

test('a node that stops ends its inbox and errors, and stops once', async () => {
  const [a, b] = await startMesh()
  const ended = collect(a.inbox)
  await b.outbox.send({ data: 'one' })
  await Promise.all([a.stop(), a.stop()])
  assert.equal((await ended).map(textOf), ['one'])
  assert.equal(b.members.length, 1)
})

test('newcomers at two entries at once find each other', async () => {
  const [a, b] = await startMesh()
  const [d, e] = [await startNode(), await startNode()]
  await Promise.all([d.connect(a.self), e.connect(b.self)])
  const has = (node: Gop2pNode, peer: Peer): boolean => node.members.some(({ port }) => port === peer.port)
  assert.ok(has(d, e.self) && has(e, d.self))
})

test('members that hang, die and answer garbage do not keep a message from the others', async () => {
  const node = await startNode({ requestTimeoutMs: 1_000, sendTimeoutMs: 20_000, maxParallel: 4 })
  const good = await startMember(node)
  await registerHanging(node, 8)
  await register(node, await deadPort())
  await register(node, (await garbagePeer()).port)
  const last = await startMember(node)
  const delivery = await node.outbox.send({ data: 'still here' })
  if (delivery instanceof Gop2pError) throw delivery
  const reached = delivery.reached.map(({ port }) => port)
  assert.equal(reached.sort(), [good.port, last.port].sort())
  assert.is(delivery.failed.length, 10)
  const reasons = new Set(delivery.failed.map(({ reason }) => reason))
  assert.equal([...reasons].sort(), ['garbage', 'refused', 'timeout'])
})

test('a broadcast ends at its deadline though every member hangs and only one is asked at a time', async () => {
  const node = await startNode({ requestTimeoutMs: 600_000, sendTimeoutMs: 500, maxParallel: 1 })
  await registerHanging(node, 5)
  const delivery = await node.outbox.send({ data: 'anyone?' })
  if (delivery instanceof Gop2pError) throw delivery
  assert.equal(
    delivery.failed.map(({ reason }) => reason === 'timeout' || reason === 'deadline'),
    Array(5).fill(true)
  )
})

test('a message ends at its deadline though a sign of life is awaited from its member for longer', async () => {
  const node = await startNode({ probeMs: 40, requestTimeoutMs: 600_000, sendTimeoutMs: 500 })
  let dials = 0
  const hanging = await startTcpPeer(() => dials++)
  closing.push(hanging.close)
  await register(node, hanging.port)
  await until(() => dials > 0, WAIT_MS, 'the question for a sign of life')
  const delivery = await node.outbox.send({ data: 'anyone?' })
  assert.equal(!(delivery instanceof Gop2pError) && delivery.failed.map(({ reason }) => reason), ['deadline'])
})

test('a member that fails several times in a row is taken for dead, and newcomers are not told of it', async () => {
  const node = await startNode({ maxFailures: 3 })
  await startMember(node)
  const dead = await deadPort()
  await register(node, dead)
  const changes: string[] = []
  node.changes$.subscribe(({ kind, peer }) => changes.push(`${kind} ${peer.port}`))
  for (let sent = 0; sent < 3; sent++) await node.outbox.send({ data: 'hello' })
  assert.equal(changes, [`dead ${dead}`])
  assert.is(node.members.length, 1)
  assert.not.match((await connectAs(node, 6001)).body, String(dead))
})

test('a dead member is noticed by itself when nobody says anything', async () => {
  const node = await startNode({ probeMs: 100 })
  const alive = await startMember(node)
  await register(node, await deadPort())
  await until(() => node.members.length === 1, WAIT_MS, 'the dead one removed')
  assert.is(node.members[0]?.port, alive.port)
})

test('a member that was taken for dead and speaks is a member again', async () => {
  const node = await startNode({ maxFailures: 1 })
  const inbox = listen(node)
  const port = await deadPort()
  await register(node, port)
  await node.outbox.send({ data: 'hello' })
  assert.is(node.members.length, 0)
  assert.match((await sendAs(node, port, 'I was slow')).statusLine, '200')
  assert.is(node.members.length, 1)
  assert.equal(inbox.map(textOf), ['I was slow'])
})

test('a member that has forgotten us is told again who we are, and gets the message', async () => {
  const node = await startNode()
  let knows = false
  const texts: string[] = []
  const peer = await startPeer(({ body }, outgoing) => {
    const { type, data } = JSON.parse(body)
    outgoing.statusCode = type === 0 || knows ? 200 : 403
    if (type === 0) knows = true
    if (outgoing.statusCode === 200 && type === 2) texts.push(Buffer.from(data, 'base64').toString())
    outgoing.end(type === 0 ? '[]' : '')
  })
  closing.push(peer.close)
  await register(node, peer.port)
  const delivery = await node.outbox.send({ data: 'remember me' })
  assert.ok(!(delivery instanceof Gop2pError) && delivery.failed.length === 0)
  assert.equal(texts, ['remember me'])
})

test('a dead member in the list of an entry stops no newcomer', async () => {
  const dead = await deadPort()
  const alive = await startPeer(member())
  const entry = await startPeer(member([here(dead), here(alive.port)]))
  closing.push(alive.close, entry.close)
  const node = await startNode()
  const joined = await node.connect(here(entry.port))
  if (joined instanceof Gop2pError) throw joined
  assert.equal(joined.members.map(({ port }) => port).sort(), [entry.port, alive.port].sort())
  assert.equal(
    joined.failed.map(({ reason, peer }) => [reason, peer?.port]),
    [['refused', dead]]
  )
})

test('an entry that lists a thousand peers makes us dial no more than the limit, and join all the same', async () => {
  let dials = 0
  const hanging = await startTcpPeer(() => dials++)
  const list = Array.from({ length: 1_000 }, (_, index) => ({ port: hanging.port, address: `127.0.1.${index % 250}` }))
  const entry = await startPeer(member(list))
  closing.push(entry.close, hanging.close)
  const node = await startNode({ maxMembers: 20, requestTimeoutMs: 1_000 })
  const joined = await node.connect(here(entry.port))
  assert.ok(!(joined instanceof Gop2pError))
  assert.ok(dials <= 20, `${dials} dials`)
  assert.is(node.members.length, 1)
  const delivery = await node.outbox.send({ data: 'hello' })
  assert.ok(!(delivery instanceof Gop2pError) && delivery.reached.length === 1)
})

for (const [what, list, reason] of [
  ['no JSON', 'hello', 'garbage'],
  ['no list', '{"port":1}', 'garbage'],
  ['more than the limit', `[${' '.repeat(200_000)}]`, 'too-large']
] as const) {
  test(`an entry that answers ${what} gives an error, and no member`, async () => {
    const entry = await startPeer((_, outgoing) => void outgoing.end(list))
    closing.push(entry.close)
    const node = await startNode({ maxBodyBytes: 100_000 })
    const joined = await node.connect(here(entry.port))
    assert.is(joined instanceof Gop2pError && joined.reason, reason)
    assert.equal(node.members, [])
  })
}

test('an entry that hangs, that is dead, or that is ourselves gives an error', async () => {
  const node = await startNode({ requestTimeoutMs: 1_000 })
  const hanging = await startTcpPeer(() => undefined)
  closing.push(hanging.close)
  const reasons: unknown[] = []
  for (const entry of [here(hanging.port), here(await deadPort()), node.self, 'nonsense']) {
    const joined = await node.connect(entry)
    reasons.push(joined instanceof Gop2pError && joined.reason)
  }
  assert.equal(reasons, ['timeout', 'refused', 'rejected', 'bad-address'])
})

test('a sender is believed only for the machine it speaks from', async () => {
  const node = await startNode()
  const answer = await sendRaw(node.self.port, connectRequest('10.1.2.3', 6001))
  assert.match(answer.statusLine, '403')
  assert.equal(node.members, [])
  assert.match((await sendRaw(node.self.port, connectRequest('localhost', 6001))).statusLine, '200')
})

test('a body longer than the limit is refused when all of it has come, announced or not, and its sender is named', async () => {
  const node = await startNode({ maxBodyBytes: 1_000 })
  const errors = collect(node.errors)
  await register(node, 6001)
  const long = JSON.stringify({ type: 2, data: 'a'.repeat(2_000), from: { port: 6001, address: '127.0.0.1' } })
  const announced = await sendRaw(node.self.port, rawRequest('POST', '/', 'x', long))
  const head = 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n'
  const chunk = `${long.length.toString(16)}\r\n${long}\r\n`
  const chunked = await sendRaw(node.self.port, `${head}${chunk}0\r\n\r\n`)
  assert.equal(
    [announced, chunked].map(({ statusLine }) => statusLine.split(' ')[1]),
    ['413', '413']
  )
  await node.stop()
  assert.equal(
    (await errors).filter(({ reason }) => reason === 'oversized').map(({ peer, message }) => [peer?.port, message]),
    [
      [6001, `127.0.0.1:6001 sent a message of ${long.length} bytes; 1000 are taken`],
      [6001, `127.0.0.1:6001 sent a message of ${long.length} bytes; 1000 are taken`]
    ]
  )
})

test('nobody is named as the sender of a large message who is no member, or speaks for another machine', async () => {
  const node = await startNode({ maxBodyBytes: 1_000 })
  const errors = collect(node.errors)
  await register(node, 6001)
  for (const from of ['{"port":6002,"address":"127.0.0.1"}', '{"port":6001,"address":"10.1.2.3"}', '{}', 'null']) {
    const long = `{"type":2,"data":"${'a'.repeat(2_000)}","from":${from}}`
    assert.match((await sendRaw(node.self.port, rawRequest('POST', '/', 'x', long))).statusLine, '413')
  }
  await node.stop()
  const named = (await errors).filter(({ reason }) => reason === 'oversized').map(({ peer }) => peer)
  assert.equal(named, [null, null, null, null])
})

test('a body is read to be thrown away up to a limit, and cut off beyond it', async () => {
  const node = await startNode({ maxBodyBytes: 1_000, maxDiscardedBytes: 100_000 })
  const endless = await openSocket(node.self.port)
  closing.push(async () => void endless.destroy())
  const ended = new Promise<void>((resolve) => endless.on('close', () => resolve()).on('error', () => resolve()))
  endless.resume()
  endless.write('POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n')
  const chunk = `2710\r\n${'a'.repeat(10_000)}\r\n`
  for (let sent = 0; sent < 1_000 && endless.writable; sent++) endless.write(chunk)
  await ended
  const announced = await sendRaw(node.self.port, 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100001\r\n\r\n')
  assert.match(announced.statusLine, '413')
})

test('bodies that come all at once are held only up to a common limit', async () => {
  const node = await startNode({ maxBodyBytes: 100_000, maxReceivingBytes: 150_000 })
  const holding = await openSocket(node.self.port)
  closing.push(async () => void holding.destroy())
  holding.write(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99000\r\n\r\n${'a'.repeat(98_000)}`)
  const whole = rawRequest('POST', '/', 'x', 'a'.repeat(99_000))
  // As soon as the first one is there, a second has no room.
  for (let status = ''; !status.includes('503'); ) {
    status = (await sendRaw(node.self.port, whole)).statusLine
    assert.match(status, /400|503/)
  }
})

test('a body of single bytes costs memory for its bytes, not for their number', async () => {
  const node = await startNode({ receiveTimeoutMs: 600_000 })
  const before = process.memoryUsage().heapUsed
  const head = 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n'
  const socket = await openSocket(node.self.port)
  closing.push(async () => void socket.destroy())
  socket.write(head + '1\r\na\r\n'.repeat(1_000_000))
  let answer = ''
  socket.on('data', (chunk) => {
    answer += chunk
  })
  await until(() => socket.writableLength === 0, 5 * WAIT_MS, 'all of it taken')
  const grown = process.memoryUsage().heapUsed - before
  assert.ok(grown < 64 * 1024 * 1024, `${grown} bytes for a body of 1,000,000`)
  assert.is(answer, '')
})

test('a request that never ends is cut off', async () => {
  const node = await startNode({ receiveTimeoutMs: 300 })
  const silent = await answerTo(node.self.port, '')
  const slow = await answerTo(node.self.port, 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc')
  assert.not.match(silent + slow, '200')
})

test('any bytes on a connection change nothing, and the next one is served', async () => {
  const node = await startNode({ receiveTimeoutMs: 1_000 })
  const valid = connectRequest('0.0.0.0', 0)
  const anything = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.tuple(fc.nat(valid.length), fc.string()).map(([at, text]) => Buffer.from(valid.slice(0, at) + text)),
    fc.string().map((body) => Buffer.from(rawRequest('POST', '/', 'x', body)))
  )
  for (const bytes of fc.sample(anything, { seed: Number(process.env.FLOODNET_SEED ?? 1), numRuns: 150 })) {
    await sendRaw(node.self.port, bytes)
  }
  assert.equal(node.members, [])
  await register(node, 6001)
})

test('an inbox that nobody reads keeps so many messages, counts the rest, and blocks no sender', async () => {
  const node = await startNode({ inboxLimit: 3 })
  await register(node, 6001)
  for (let sent = 0; sent < 5; sent++) assert.match((await sendAs(node, 6001, `${sent}`)).statusLine, '200')
  assert.is(node.inbox.dropped, 2)
  const kept: string[] = []
  for await (const message of node.inbox) if (kept.push(textOf(message)) === 3) break
  assert.equal(kept, ['0', '1', '2'])
})

for (const header of ['Origin: https://evil.example', 'Origin: null', 'Referer: http://x/', 'Sec-Fetch-Site: none']) {
  test(`a browser that says '${header}' joins nothing and says nothing, whatever it sends`, async () => {
    const node = await startNode()
    await register(node, 6001)
    const inbox = listen(node)
    for (const type of [0, 1, 2, 3, 4]) {
      for (const method of ['POST', 'GET', 'PUT', 'OPTIONS']) {
        const body = JSON.stringify({
          type,
          data: 'aGk=',
          from: { port: type === 0 ? 6002 : 6001, address: '127.0.0.1' }
        })
        const answer = await sendRaw(node.self.port, rawRequest(method, '/', 'localhost:1', body, [header]))
        assert.match(answer.statusLine, '403')
        assert.not.ok(
          answer.headers.some((line) => /^access-control/i.test(line)),
          'the page is not let read it'
        )
      }
    }
    assert.equal([inbox.length, node.members.map(({ port }) => port)], [0, [6001]])
  })
}

test('a program that uses fetch is no web page', async () => {
  const node = await startNode()
  const body = JSON.stringify({ type: 0, data: null, from: { port: 6001, address: '127.0.0.1' } })
  assert.is((await fetch(`http://localhost:${node.self.port}/`, { method: 'POST', body })).status, 200)
})

test('no more members than the limit, and none of them is lost for it', async () => {
  const node = await startNode({ maxMembers: 3 })
  for (const port of [6001, 6002, 6003]) await register(node, port)
  assert.match((await connectAs(node, 6004)).statusLine, '503')
  assert.equal(
    node.members.map(({ port }) => port),
    [6001, 6002, 6003]
  )
})

test.run()

async function startNode(limits: Partial<Gop2pLimits> = {}): Promise<Gop2pNode> {
  // Nobody is probed unless a test is about it.
  const node = new Gop2pNode({ self: '127.0.0.1:0', limits: { probeMs: 3_600_000, ...limits } })
  assert.is(await node.start(), null)
  closing.push(() => node.stop())
  return node
}

async function startMesh(): Promise<[Gop2pNode, Gop2pNode, Gop2pNode]> {
  const [a, b, c] = [await startNode(), await startNode(), await startNode()]
  await b.connect(a.self)
  await c.connect(a.self)
  return [a, b, c]
}

async function startMember(node: Gop2pNode): Promise<{ port: number }> {
  const peer = await startPeer(member())
  closing.push(peer.close)
  await register(node, peer.port)
  return peer
}

/** Members that take connections and never answer. */
async function registerHanging(node: Gop2pNode, count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    const { port, close } = await startTcpPeer(() => undefined)
    closing.push(close)
    await register(node, port)
  }
}

async function garbagePeer(): Promise<{ port: number }> {
  const peer = await startTcpPeer((socket) => void socket.end('SSH-2.0-OpenSSH_9.9\r\n'))
  closing.push(peer.close)
  return peer
}

async function register(node: Gop2pNode, port: number): Promise<void> {
  assert.match((await connectAs(node, port)).statusLine, '200')
}

function connectAs(node: Gop2pNode, port: number): ReturnType<typeof sendRaw> {
  return sendRaw(node.self.port, connectRequest('127.0.0.1', port))
}

function connectRequest(address: string, port: number): string {
  return rawRequest('POST', '/', 'x', JSON.stringify({ type: 0, data: null, from: { port, address } }))
}

function sendAs(node: Gop2pNode, port: number, text: string): ReturnType<typeof sendRaw> {
  const data = Buffer.from(text).toString('base64')
  const body = JSON.stringify({ type: 2, data, from: { port, address: '127.0.0.1' } })
  return sendRaw(node.self.port, rawRequest('POST', '/', 'x', body))
}

/** What comes back on a connection that stays open on our side, until the other end closes it. */
async function answerTo(port: number, text: string): Promise<string> {
  const socket = await openSocket(port)
  closing.push(async () => void socket.destroy())
  socket.write(text)
  let answer = ''
  return new Promise((resolve) => {
    socket.on('data', (chunk) => {
      answer += chunk
    })
    socket.on('error', () => resolve(answer))
    socket.on('end', () => resolve(answer))
  })
}

function listen(node: Gop2pNode): Inbound[] {
  const foreign: Inbound[] = []
  node.inbox.subscribe((message) => foreign.push(message))
  return foreign
}

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const value of source) all.push(value)
  return all
}

function textOf({ data }: Inbound): string {
  return Buffer.from(data).toString()
}

function textsOf(foreign: readonly Inbound[]): string[] {
  return foreign.map(textOf).sort()
}

function here(port: number): Peer {
  const peer = makePeer('127.0.0.1', port)
  if (peer === null) throw new Error(`port ${port}`)
  return peer
}
