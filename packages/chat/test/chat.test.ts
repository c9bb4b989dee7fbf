// The whole chat on a network in memory: what needs no process, no socket and no terminal.
import { PassThrough } from 'node:stream'
import { type Entry, entryAddresses } from '@floodnet/transport'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { runChat } from '../src/chat.ts'
import { pin } from '../src/people/address-book.ts'
import { readTyped } from '../src/screens/line-reader.ts'
import type { Screen, ScreenEvent, Spoken } from '../src/screens/screen.ts'
import { generateKeyPair } from '../src/sealed/hpke.ts'
import { isSealed } from '../src/sealed/sealed-message.ts'
import { MAX_SEARCHING } from '../src/session/pending.ts'
import { newSession, type Session } from '../src/session/session.ts'
import { decodeEnvelope, encodeEnvelope } from '../src/wire/envelope.ts'
import { FakeHub, type FakeNetwork } from './support/fake-network.ts'
import { waitFor } from './support/wait.ts'

interface Talker {
  readonly network: FakeNetwork
  readonly session: Session
  readonly events: ScreenEvent[]
  readonly prompts: string[]
  readonly logged: string[]
  readonly left: Promise<{ problem: string | null }>
  /** The texts that were said in the open. */
  readonly said: string[]
  readonly leave: AbortController
  type(line: string): void
  end(): void
  shows(kind: ScreenEvent['kind'], text: string): Promise<ScreenEvent>
}

interface Setting {
  readonly hub?: FakeHub
  readonly address?: string
  readonly entry?: string
  readonly interactive?: boolean
  readonly stem?: boolean
  readonly patient?: boolean
  readonly obeys?: boolean
  /** What the network knows of its entry when the chat begins. */
  readonly known?: Entry
}

let ids = 0

function talker(
  name: string | null,
  {
    hub = new FakeHub(),
    address,
    entry,
    interactive = true,
    stem = false,
    patient = false,
    obeys = true,
    known
  }: Setting = {}
): Talker {
  const network = hub.node(`${++ids}abcdef`, address)
  if (known !== undefined) network.entries.push(known)
  const typed = new PassThrough()
  const events: ScreenEvent[] = []
  const prompts: string[] = []
  const logged: string[] = []
  const put = (_details: object, text: string) => {
    logged.push(text)
  }
  const screen: Screen = {
    show: (event) => void events.push(event),
    setPrompt: (prompt) => void prompts.push(prompt),
    setCompleter: () => undefined,
    ready: async () => undefined,
    close: async () => undefined
  }
  const leave = new AbortController()
  const keys = generateKeyPair()
  const session = newSession({ id: network.id, name, key: keys.publicKey, startedAt: Date.now(), obeys })
  const left = runChat({
    network,
    screen,
    log: { debug: put, info: put, warn: put, error: put, close: () => undefined },
    keys,
    session,
    lines: readTyped(typed, 1024 * 1024),
    interactive,
    stem,
    patient,
    entries: entry === undefined ? [] : [entry],
    leave: leave.signal
  })
  return {
    network,
    session,
    events,
    prompts,
    logged,
    left,
    leave,
    get said() {
      return network.written.flatMap(textIn)
    },
    type: (line) => void typed.write(`${line}\n`),
    end: () => void typed.end(),
    shows: (kind, text) =>
      waitFor(
        `${kind} with ${text}`,
        () => events.find((event) => event.kind === kind && JSON.stringify(event).includes(text)),
        () => JSON.stringify(events)
      )
  }
}

function textIn(payload: Uint8Array): string[] {
  const decoded = decodeEnvelope(payload)
  return decoded.kind === 'envelope' ? [decoded.envelope.text] : []
}

async function quit(...talkers: Talker[]): Promise<void> {
  for (const { end } of talkers) end()
  await Promise.all(talkers.map(({ left }) => left))
}

test('what one says all others are shown', async () => {
  const hub = new FakeHub()
  const [alice, bob, carol] = ['alice', 'bob', 'carol'].map((name) => talker(name, { hub })) as [Talker, Talker, Talker]
  alice.type('hello all')
  for (const other of [bob, carol]) await other.shows('message', '"from":"alice"')
  await alice.shows('said', 'hello all')
  assert.not.ok(alice.events.some((event) => event.kind === 'message'))
  await quit(alice, bob, carol)
})

test('only its reader is shown a direct line, which travels sealed', async () => {
  const hub = new FakeHub()
  const [alice, bob, carol] = ['alice', 'bob', 'carol'].map((name) => talker(name, { hub })) as [Talker, Talker, Talker]
  alice.type('@bob psst')
  alice.type('over')
  const { at, id, ...shown } = (await bob.shows('message', 'psst')) as Spoken
  assert.ok(Math.abs(Date.now() - at) < 600_000)
  assert.match(id, /^[0-9a-f]{32}$/)
  assert.equal(shown, {
    kind: 'message',
    from: 'alice',
    fingerprint: alice.network.id.slice(0, 8),
    text: 'psst',
    trust: 'new',
    direct: true,
    to: 'bob',
    sealed: true,
    conversation: `@${alice.network.id.slice(0, 16)}`,
    title: 'alice',
    mention: true
  })
  await carol.shows('message', 'over')
  assert.not.ok(JSON.stringify(carol.events).includes('psst'))
  assert.is(
    alice.network.sent.filter(({ payload, origin }) => isSealed(payload) && origin !== alice.network.id).length,
    1
  )
  await quit(alice, bob, carol)
})

test('the writer of a direct line is told that it was read', async () => {
  const hub = new FakeHub()
  const [alice, bob] = ['alice', 'bob'].map((name) => talker(name, { hub })) as [Talker, Talker]
  alice.type('@bob psst')
  const said = await alice.shows('said', '"state":"sent"')
  const read = await alice.shows('said', '"state":"read"')
  assert.equal(read, { ...said, state: 'read' })
  await quit(alice, bob)
})

test('--private sends all that its user writes over a stem before it floods, and nothing without it', async () => {
  const hub = new FakeHub()
  const alice = talker('alice', { hub, stem: true })
  const bob = talker('bob', { hub })
  alice.type('in the open')
  alice.type('@bob sealed')
  await bob.shows('message', '"sealed":true')
  await alice.shows('said', '"state":"read"')
  await quit(alice, bob)
  assert.equal([...new Set(alice.network.stemmed)], [true])
  assert.ok(alice.network.stemmed.length >= 3)
  assert.equal([...new Set(bob.network.stemmed)], [false])
})

test('a step of the clock makes nobody leave', async () => {
  const hub = new FakeHub()
  const [alice, bob] = ['alice', 'bob'].map((name) => talker(name, { hub })) as [Talker, Talker]
  await alice.shows('presence', 'bob')
  const { now } = Date
  try {
    for (const hours of [3, -3]) {
      Date.now = () => now() + hours * 3_600_000
      const seen = alice.events.filter(({ kind }) => kind === 'status').length
      await waitFor('a status', () => alice.events.filter(({ kind }) => kind === 'status').length > seen)
      alice.type(`@bob ${hours}`)
      await bob.shows('message', `"text":"${hours}"`)
    }
  } finally {
    Date.now = now
  }
  assert.not.ok(JSON.stringify([...alice.events, ...bob.events]).includes('"change":"left"'))
  await quit(alice, bob)
})

test('a line to nobody is told to be unsaid, and makes a pipe fail', async () => {
  const alice = talker('alice', { interactive: false })
  alice.network.addPeer('cd'.repeat(32))
  alice.type('@nobody psst')
  alice.end()
  assert.equal(await alice.left, { problem: '1 of 1 line was not said: nobody named nobody is here' })
  assert.ok(JSON.stringify(alice.events).includes('"state":"nobody"'))
  assert.is(alice.network.written.filter(isSealed).length, 0)
})

test('what a pipe could not say is counted, and the last reason is given', async () => {
  const alice = talker('alice', { interactive: false })
  alice.network.addPeer('cd'.repeat(32))
  for (const line of ['said', '@nobody psst', '', 'x'.repeat(2 * 1024 * 1024), '/bogus', 'said too']) alice.type(line)
  alice.end()
  assert.match((await alice.left).problem ?? '', /^3 of 5 lines were not said: ./)
})

test('what was said while nobody was there counts as not said when nobody comes', async () => {
  const alice = talker('alice', { interactive: false })
  alice.type('one')
  alice.type('two')
  await alice.shows('said', 'two')
  alice.leave.abort()
  assert.match((await alice.left).problem ?? '', /^2 of 2 lines .*nobody was there/)
  assert.ok(JSON.stringify(alice.events).includes('is lost'))
  alice.end()
})

test('says nothing elsewhere while the address that it was given does not answer', async () => {
  const alice = talker('alice', { interactive: false, patient: true, entry: '10.0.0.7:1' })
  alice.network.addPeer('cd'.repeat(32), '10.0.0.9:1')
  alice.network.dialFailed('10.0.0.7:1', 'refused')
  alice.type('for 10.0.0.7')
  alice.end()
  assert.match((await alice.left).problem ?? '', '1 of 1 line was not said: 10.0.0.7:1 did not answer')
  assert.equal(alice.said, [])
})

test('says it as soon as that address has answered', async () => {
  const alice = talker('alice', { interactive: false, patient: true, entry: '10.0.0.7:1' })
  alice.type('for 10.0.0.7')
  alice.end()
  alice.network.dialFailed('10.0.0.7:1', 'refused')
  alice.network.happen('dial', { phase: 'opened', address: '10.0.0.7:1', attempt: 2 })
  alice.network.addPeer('cd'.repeat(32), '10.0.0.9:1')
  assert.equal(await alice.left, { problem: null })
  assert.equal(alice.said, ['for 10.0.0.7'])
})

test('a pipe whose address never answered is no success, whoever else heard it', async () => {
  const alice = talker('alice', { interactive: false, entry: '10.0.0.7:1' })
  alice.network.addPeer('cd'.repeat(32), '10.0.0.9:1')
  alice.network.dialFailed('10.0.0.7:1', 'refused')
  alice.type('hello')
  alice.end()
  assert.match((await alice.left).problem ?? '', '10.0.0.7:1 did not answer')
})

for (const spelling of ['10.0.0.7:1', '[0:0::1]:1', 'localhost:1'])
  test(`an entry named ${spelling} that links to us itself has heard what is said`, async () => {
    const alice = talker('alice', { interactive: false, entry: spelling })
    const [named = ''] = entryAddresses(spelling)
    alice.network.happen('dial', { phase: 'start', address: named, attempt: 1 })
    alice.network.addPeer('cd'.repeat(32))
    alice.network.settle(named, 'joined')
    alice.network.dialFailed(named, 'timeout')
    alice.type('hello')
    alice.end()
    assert.equal(await alice.left, { problem: null })
  })

test('the end of a pipe waits for a dial of its address that is under way', async () => {
  const alice = talker('alice', { interactive: false, entry: '10.0.0.7:1' })
  alice.network.addPeer('cd'.repeat(32), '10.0.0.9:1')
  alice.network.happen('dial', { phase: 'start', address: '10.0.0.7:1', attempt: 1 })
  alice.type('hello')
  await alice.shows('said', 'hello')
  alice.network.flush = async () =>
    void setImmediate(() => alice.network.happen('dial', { phase: 'opened', address: '10.0.0.7:1', attempt: 1 }))
  alice.end()
  assert.equal(await alice.left, { problem: null })
})

for (const command of ['quit', '/who', 'connect 10.0.0.7:1', ''])
  test(`"${command}" is no line to be said: it does not count as unheard`, async () => {
    const alice = talker('alice', { interactive: false, entry: '10.0.0.7:1' })
    alice.network.addPeer('cd'.repeat(32), '10.0.0.9:1')
    alice.network.dialFailed('10.0.0.7:1', 'refused')
    alice.type(command)
    alice.end()
    assert.equal(await alice.left, { problem: null })
  })

test('of what is typed for an address that never answers, only what is said counts', async () => {
  const alice = talker('alice', { interactive: false, entry: '10.0.0.7:1' })
  alice.network.addPeer('cd'.repeat(32), '10.0.0.9:1')
  alice.network.dialFailed('10.0.0.7:1', 'refused')
  for (const line of ['hello', '/who', '/bogus', 'again', 'quit']) alice.type(line)
  assert.match((await alice.left).problem ?? '', '3 of 3 lines were not said: 10.0.0.7:1 did not answer')
  alice.end()
})

test('of a pipe that brings more direct lines than may wait none is lost', async () => {
  const hub = new FakeHub()
  const alice = talker('alice', { hub, interactive: false, obeys: false })
  for (let n = 0; n < MAX_SEARCHING + 200; n++) alice.type(`@bob line ${n}`)
  alice.end()
  await waitFor('lines that wait', () => alice.session.pending.searches.length === MAX_SEARCHING)
  const bob = talker('bob', { hub })
  assert.equal(await alice.left, { problem: null })
  await bob.shows('message', `line ${MAX_SEARCHING + 199}"`)
  await quit(bob)
})

test('the prompt follows the name', async () => {
  const alice = talker('alice')
  for (const line of ['set username', 'al', '/nick ali']) alice.type(line)
  await alice.shows('notice', 'you are now ali"')
  assert.equal(alice.prompts, ['alice: ', 'new name: ', 'al: ', 'ali: '])
  await quit(alice)
})

test('joins the default entry when told no other, unless it is that entry itself', async () => {
  const alone = talker('a', { address: '127.0.0.1:55556' })
  assert.equal(alone.network.connected, ['127.0.0.1:55555'])
  const entry = talker('b', { address: '[::]:55555' })
  assert.equal(entry.network.connected, [])
  const told = talker('c', { entry: '10.0.0.7:1' })
  assert.equal(told.network.connected, [])
  await quit(alone, entry, told)
})

test('connect joins another entry and tells how it went', async () => {
  const alice = talker('alice', { address: '127.0.0.1:55555' })
  alice.type('connect')
  await alice.shows('notice', 'this node itself')
  alice.type('connect 10.0.0.7:1')
  await alice.shows('notice', 'joining 10.0.0.7:1')
  assert.equal(alice.network.connected, ['10.0.0.7:1'])
  alice.network.dialFailed('10.0.0.7:1', 'refused')
  await alice.shows('notice', 'no link to 10.0.0.7:1 yet (refused)')
  alice.network.dialFailed('10.0.0.7:1', 'refused')
  alice.type('connect 10.0.0.8:1')
  await alice.shows('notice', 'joining 10.0.0.8:1')
  alice.network.settle('10.0.0.8:1', 'joined', 'connected')
  await alice.shows('notice', '10.0.0.8:1 is a neighbour already')
  alice.type('connect nonsense')
  await alice.shows('error', 'ERR_FLOODNET_ADDRESS')
  assert.is(alice.events.filter((event) => JSON.stringify(event).includes('no link to')).length, 1)
  await quit(alice)
})

const OUTCOMES = [
  ['joined', undefined, 'joined 10.0.0.8:1'],
  ['passed-on', 'answered', '10.0.0.8:1 leaves the link to others of its network'],
  ['passed-on', 'full', '10.0.0.8:1 has no place for us now, and may know who has'],
  ['network-joined', undefined, 'joined the network of 10.0.0.8:1'],
  ['not-needed', undefined, '10.0.0.8:1 is there; there are links enough without it'],
  ['self', undefined, '10.0.0.8:1 is this node itself'],
  ['refused', 'wrong-network', 'no link to 10.0.0.8:1 yet (wrong-network); trying on'],
  ['refused', 'wrong-identity', '10.0.0.8:1 is answered by somebody else than the ticket names: not joined'],
  ['pending', 'dialling', '10.0.0.8:1 is being dialled already'],
  ['pending', 'dial-limit', '10.0.0.8:1 is not dialled now (dial-limit)']
] as const

for (const [outcome, reason, words] of OUTCOMES)
  test(`an entry that is ${outcome} (${reason}) is told in words, and others are not told`, async () => {
    const alice = talker('alice')
    alice.network.settle('10.0.0.8:1', outcome, reason)
    alice.type('connect 10.0.0.8:1')
    await alice.shows('notice', 'joining 10.0.0.8:1')
    assert.is(alice.events.filter(({ kind }) => kind === 'notice').length, 1)
    alice.network.settle('10.0.0.8:1', outcome, reason)
    await alice.shows('notice', words)
    await quit(alice)
  })

test('an entry that is passed on and then brings a neighbour is told twice, one that fails again and again once', async () => {
  const alice = talker('alice')
  alice.type('connect 10.0.0.8:1')
  await alice.shows('notice', 'joining 10.0.0.8:1')
  for (let n = 0; n < 3; n++) alice.network.settle('10.0.0.8:1', 'unreachable', `reason ${n}`)
  alice.network.settle('10.0.0.8:1', 'passed-on', 'answered')
  alice.network.settle('10.0.0.8:1', 'network-joined')
  alice.network.settle('10.0.0.8:1', 'unreachable', 'timeout')
  await alice.shows('notice', 'joined the network of')
  assert.is(alice.events.filter((event) => JSON.stringify(event).includes('10.0.0.8:1')).length, 4)
  await quit(alice)
})

test('what the entry came to before the chat began is told', async () => {
  const hub = new FakeHub()
  const alice = talker('alice', {
    hub,
    entry: '10.0.0.7:1',
    known: { address: '10.0.0.7:1', outcome: 'joined', id: null }
  })
  await alice.shows('notice', 'joined 10.0.0.7:1')
  await quit(alice)
})

test('who leaves the network says goodbye, sees nobody, says nothing, and comes back to those who are there', async () => {
  const hub = new FakeHub()
  const [alice, bob] = ['alice', 'bob'].map((name) => talker(name, { hub })) as [Talker, Talker]
  alice.type('hello')
  await bob.shows('presence', 'alice')
  await alice.shows('presence', 'bob')
  alice.type('disconnect')
  await alice.shows('notice', 'not said: /disconnect leaves this network')
  alice.type('/disconnect')
  await alice.shows('left', '')
  await bob.shows('presence', '"change":"left"')
  await alice.shows('presence', '"change":"left"')
  // Said before alice had left, and come late.
  alice.network.receive(encodeEnvelope({ text: 'late', from: 'carol', to: '', via: '' }))
  for (const line of ['/who', 'to nobody', '@bob psst', '/dm bob', '/send bob file', '/invite', '/disconnect'])
    alice.type(line)
  await alice.shows('notice', 'nobody else is known to be here')
  const refused = () => alice.events.filter((event) => JSON.stringify(event).includes('you are in no network'))
  await waitFor('what cannot be done', () => (refused().length === 6 ? true : undefined))
  assert.not.ok(JSON.stringify(alice.events).includes('carol'))
  assert.not.ok(alice.said.includes('to nobody'))
  alice.type('/connect 10.0.0.7:1 blue')
  await alice.shows('notice', 'joining 10.0.0.7:1')
  assert.equal([alice.network.rejoined, alice.network.connected.at(-1)], [1, '10.0.0.7:1'])
  assert.is(alice.events.filter(({ kind }) => kind === 'listening').length, 2)
  alice.network.addPeer(bob.network.id)
  alice.type('back again')
  await alice.shows('said', 'back again')
  await bob.shows('message', 'back again')
  alice.type('/connect 10.0.0.8:1 red')
  await alice.shows('notice', 'not joined: you are in a network; /disconnect leaves it')
  await quit(alice, bob)
})

test('a network that cannot be joined is told, and the next is tried', async () => {
  const alice = talker('alice')
  alice.type('/disconnect')
  alice.type('/connect nonsense')
  await alice.shows('error', 'ERR_FLOODNET_ADDRESS')
  alice.type('hello?')
  await alice.shows('notice', 'not done: you are in no network')
  alice.type('/connect')
  await waitFor('the default entry', () => (alice.network.connected.includes('127.0.0.1:55555') ? true : undefined))
  await quit(alice)
})

test('people see nothing of the network but what they asked for', async () => {
  const alice = talker('alice')
  alice.network.happen('worker-restart', { worker: 0, delayMs: 100, error: new Error('crash') })
  alice.network.happen('refused', { address: 'a:1', id: null, reason: 'wrong-network', by: 'peer' })
  alice.network.dialFailed('127.0.0.1:55555', 'refused')
  await quit(alice)
  const kinds = alice.events.map(({ kind }) => kind).filter((kind) => kind !== 'status')
  assert.equal(kinds, ['listening'])
})

test('messages that this program lost are told, those of a neighbour are not', async () => {
  const alice = talker('alice')
  alice.network.happen('dropped', { reason: 'inbox-full', count: 7, peer: null })
  alice.network.happen('dropped', { reason: 'lagging', count: 9, peer: 'cd'.repeat(32) })
  await alice.shows('notice', '7 messages lost (inbox-full)')
  assert.not.ok(JSON.stringify(alice.events).includes('9 messages'))
  await quit(alice)
})

test('one lost message is told in the singular', async () => {
  const alice = talker('alice')
  alice.network.happen('dropped', { reason: 'closed', count: 1, peer: null })
  await alice.shows('notice', '1 message lost (closed)')
  await quit(alice)
})

test('an invalid message is neither shown nor fatal, and reported in the log', async () => {
  const alice = talker('alice')
  for (const invalid of ['', 'hello', '{"Text":1}', '[]']) alice.network.receive(invalid)
  alice.network.receive(encodeEnvelope({ text: 'after', from: 'bob', to: '', via: '' }))
  await alice.shows('message', 'after')
  await quit(alice)
  // The first at once, the other three at the end.
  assert.is(alice.logged.filter((text) => text.includes('not chat')).length, 2)
  const kinds = alice.events.map(({ kind }) => kind).filter((kind) => kind !== 'status')
  assert.equal(kinds, ['listening', 'presence', 'message'])
})

test('a flood of messages does not keep typed lines waiting', async () => {
  const alice = talker('alice')
  const payload = encodeEnvelope({ text: 'flood', from: 'bob', to: '', via: '' })
  for (let n = 0; n < 20_000; n++) alice.network.receive(payload)
  alice.type('me too')
  await waitFor('the write', () => alice.said.length > 0)
  assert.ok(alice.events.length < 20_000, 'written before the flood was over')
  await quit(alice)
})

test('tells once that nobody is there, and again after the last one left', async () => {
  const alice = talker('alice')
  alice.type('one')
  alice.type('two')
  await alice.shows('said', 'two')
  assert.is(alice.events.filter((event) => JSON.stringify(event).includes('nobody is here')).length, 1)
  alice.network.addPeer('cd'.repeat(32))
  alice.network.peers.pop()
  alice.type('three')
  await alice.shows('said', 'three')
  await waitFor(
    'the second notice',
    () => alice.events.filter((event) => JSON.stringify(event).includes('nobody is here')).length === 2
  )
  await quit(alice)
})

test('a pipe that ends before anyone is there waits for the first neighbour', async () => {
  const alice = talker('alice', { interactive: false })
  alice.type('hello')
  alice.end()
  await alice.shows('notice', 'nobody is here')
  await new Promise(setImmediate)
  let left = false
  alice.left.then(() => {
    left = true
  })
  await new Promise(setImmediate)
  assert.not.ok(left)
  alice.network.addPeer('cd'.repeat(32))
  await alice.left
  assert.not.ok(JSON.stringify(alice.events).includes('is lost'))
})

test('exit, quit, the end of input and a signal all leave the network', async () => {
  const [exit, quits, end, signal] = [talker('a'), talker('b'), talker('c'), talker('d')]
  exit.type('exit')
  quits.type('quit')
  end.end()
  signal.leave.abort()
  for (const { left, network, logged } of [exit, quits, end, signal]) {
    await left
    await network.closed
    assert.is(logged.at(-1), 'left')
  }
  signal.end()
})

test('a line that could not be sent is said to be unsent, with the code', async () => {
  const alice = talker('alice')
  alice.network.write = async () => {
    throw Object.assign(new Error('the queue is full'), { code: 'ERR_FLOODNET_QUEUE_FULL' })
  }
  alice.type('hello')
  await alice.shows('error', 'ERR_FLOODNET_QUEUE_FULL')
  assert.not.ok(alice.events.some((event) => event.kind === 'said'))
  await quit(alice)
})

test('the failure of the network ends the chat with its reason', async () => {
  const alice = talker('alice')
  alice.network.fail(Object.assign(new Error('every worker died'), { code: 'ERR_FLOODNET_WORKER' }))
  const error = await alice.left.then(
    () => null,
    (reason: Error) => reason
  )
  assert.match(error?.message ?? '', 'every worker died')
  alice.end()
})

test('the network is told whom the user knows, at the start and when that changes', async () => {
  const alice = talker('alice')
  const id = 'ab'.repeat(32)
  assert.equal(alice.network.known, [])
  pin(alice.session.book, id, 'carol', 0)
  await waitFor(
    'the network knows',
    () => alice.network.known.includes(id),
    () => JSON.stringify(alice.network.known)
  )
  await quit(alice)
})

test.run()
