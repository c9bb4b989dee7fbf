import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { FloodnetError } from '@floodnet/core'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Network, NetworkOptions } from '../../src/api.ts'
import { main } from '../../src/commands/main.ts'
import { FAKE_ID, type FakeNetwork, newFakeNetwork } from '../support/fake-network.ts'

const test = suite('main')

interface Run {
  /** Resolves with the network once the command has asked for it. */
  readonly started: Promise<FakeNetwork>
  readonly stdin: PassThrough
  readonly stdout: PassThrough & { isTTY?: boolean }
  readonly exit: Promise<number>
  leave(): void
  out(): string
  err(): string
}

interface Rig {
  /** Before the command gets its network. */
  prepare?: (fake: FakeNetwork) => void
  createNetwork?: (options: NetworkOptions) => Promise<Network>
  isTTY?: boolean
}

/** Runs a command line on a fake network. */
function run(line: string, { prepare, createNetwork, isTTY }: Rig = {}): Run {
  const leaving = new AbortController()
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
  if (isTTY) Object.assign(stdout, { isTTY })
  const [out, err] = [textOf(stdout), textOf(stderr)]
  let start: (fake: FakeNetwork) => void
  const started = new Promise<FakeNetwork>((resolve) => {
    start = resolve
  })
  async function create(options: NetworkOptions): Promise<Network> {
    const fake = newFakeNetwork(options)
    prepare?.(fake)
    start(fake)
    return fake.network
  }
  const surroundings = { stdout, stderr, openStdin: () => stdin, version: '1.2.3', leave: leaving.signal }
  const exit = main(line.split(' '), { ...surroundings, createNetwork: createNetwork ?? create })
  return { started, stdin, stdout, exit, leave: () => leaving.abort(), out, err }
}

function textOf(stream: PassThrough): () => string {
  const chunks: Buffer[] = []
  stream.on('data', (chunk) => chunks.push(chunk))
  return () => Buffer.concat(chunks).toString()
}

function linesOf(text: string): string[] {
  return text.split('\n').slice(0, -1)
}

test('help and version go to stdout', async () => {
  const help = run('help sub')
  assert.is(await help.exit, 0)
  assert.match(help.out(), /^Usage: floodnet sub/)
  const version = run('--version')
  assert.is(await version.exit, 0)
  assert.is(version.out(), '1.2.3\n')
})

test('bad usage is told on stderr with its code, and ends with 2', async () => {
  const bad = run('node --listen nowhere')
  assert.is(await bad.exit, 2)
  assert.is(bad.err(), "floodnet: ERR_FLOODNET_ADDRESS: --listen: 'nowhere' is no address; write host:port\n")
  assert.is(bad.out(), '')
})

test('with --json an error is told on both', async () => {
  const bad = run('node --json --wrong')
  assert.is(await bad.exit, 2)
  assert.is(bad.out(), `{"event":"error","code":"ERR_FLOODNET_OPTION","message":"Unknown option '--wrong'"}\n`)
  assert.is(bad.err(), "floodnet: ERR_FLOODNET_OPTION: Unknown option '--wrong'\n")
})

for (const [code, exit] of [
  ['ERR_FLOODNET_OPTION', 2],
  ['ERR_FLOODNET_ADDRESS', 2],
  ['ERR_FLOODNET_ADDRESS_IN_USE', 2],
  ['ERR_FLOODNET_IDENTITY', 2],
  ['ERR_FLOODNET_CERTIFICATE', 2],
  ['ERR_FLOODNET_INSECURE', 2],
  ['ERR_FLOODNET_START', 1],
  ['ERR_FLOODNET_FAILED', 1]
] as const) {
  test(`a start that fails with ${code} ends with ${exit}`, async () => {
    const failed = run('node', { createNetwork: () => Promise.reject(new FloodnetError(code, 'why')) })
    assert.is(await failed.exit, exit)
    assert.is(failed.err(), `floodnet: ${code}: why\n`)
  })
}

test('an error without a code of ours ends with 1 and a code that says so', async () => {
  const failed = run('node', {
    createNetwork: () => Promise.reject(Object.assign(new Error('no memory'), { code: 'ENOMEM' }))
  })
  assert.is(await failed.exit, 1)
  assert.is(failed.err(), 'floodnet: ERR_FLOODNET_FAILED: no memory\n')
})

test('a node tells people on stderr what happens, and leaves when told', async () => {
  const node = run('node')
  const fake = await node.started
  node.leave()
  assert.is(await node.exit, 0)
  assert.equal(fake.calls, ['close'])
  assert.is(fake.options.inboxLimit, 0)
  assert.equal(linesOf(node.err()), [
    `listening on 127.0.0.1:55555, id ${FAKE_ID}`,
    'leaving; the next signal ends at once'
  ])
  assert.is(node.out(), '')
})

test('a node tells programs on stdout what happens, peers there before it could listen included', async () => {
  const node = run('node --json', { prepare: (fake) => fake.addPeer() })
  const fake = await node.started
  await once(node.stdout, 'data')
  fake.emit('peer-down', { id: 'ef', address: 'a:1', reason: 'dead' })
  node.leave()
  assert.is(await node.exit, 0)
  assert.equal(linesOf(node.out()), [
    `{"event":"listening","address":"127.0.0.1:55555","id":"${FAKE_ID}"}`,
    `{"event":"peer-up","id":"${'cd'.repeat(32)}","address":"127.0.0.1:7"}`,
    '{"event":"peer-down","id":"ef","reason":"dead"}'
  ])
  assert.is(node.err(), '')
})

test('told to leave while it starts, a command ends with 0', async () => {
  const createNetwork = async ({ signal }: NetworkOptions) => {
    if (signal !== undefined) await once(signal, 'abort')
    throw new FloodnetError('ERR_FLOODNET_CLOSED', 'aborted')
  }
  const node = run('node', { createNetwork })
  node.leave()
  assert.is(await node.exit, 0)
  assert.is(node.err(), '')
})

for (const name of ['node', 'pub', 'sub']) {
  test(`a network that fails ends ${name} with 1, closed`, async () => {
    const command = run(name)
    const fake = await command.started
    fake.fail(new FloodnetError('ERR_FLOODNET_FAILED', 'the actor threw'))
    assert.is(await command.exit, 1)
    assert.match(command.err(), 'floodnet: ERR_FLOODNET_FAILED: the actor threw\n')
    assert.equal(fake.calls, ['close'])
  })
}

test('metrics that cannot be served end the command with 2, closed', async () => {
  const node = run('node --metrics 192.0.2.1:0')
  const fake = await node.started
  assert.is(await node.exit, 2)
  assert.match(node.err(), 'ERR_FLOODNET_ADDRESS: metrics address 192.0.2.1:0')
  assert.equal(fake.calls, ['close'])
})

test('pub sends each line after the first neighbour is there, flushes and ends', async () => {
  const pub = run('pub')
  const fake = await pub.started
  pub.stdin.end('one\n\nthree')
  while (!pub.err().includes('waiting for a neighbour')) await new Promise((resolve) => setImmediate(resolve))
  assert.equal(fake.written, [])
  fake.addPeer()
  assert.is(await pub.exit, 0)
  assert.equal(fake.written, ['one', '', 'three'])
  assert.equal(fake.calls, ['flush', 'close'])
  assert.match(pub.err(), 'messages sent: 3\n')
})

test('pub waits again when it has lost its neighbours', async () => {
  const pub = run('pub', { prepare: (fake) => fake.addPeer() })
  const fake = await pub.started
  const first = fake.called('write')
  pub.stdin.write('one\n')
  await first
  fake.removePeers()
  pub.stdin.end('two\nthree\n')
  while (!pub.err().includes('waiting for a neighbour')) await new Promise((resolve) => setImmediate(resolve))
  assert.equal(fake.written, ['one', 'two'])
  fake.addPeer()
  assert.is(await pub.exit, 0)
  assert.equal(fake.written, ['one', 'two', 'three'])
})

test('pub without input waits for nobody', async () => {
  const pub = run('pub')
  pub.stdin.end()
  assert.is(await pub.exit, 0)
  assert.equal((await pub.started).calls, ['close'])
})

test('pub gives up at its deadline and says what was not sent', async () => {
  const lonely = run('pub --timeout 1')
  lonely.stdin.end('one\n')
  assert.is(await lonely.exit, 1)
  assert.match(
    lonely.err(),
    'ERR_FLOODNET_FAILED: not done after 1 ms (waiting for a neighbour): no line of the input was sent\n'
  )
  assert.equal((await lonely.started).calls, ['close'])
})

test('pub whose input stays open gives up at its deadline too', async () => {
  const open = run('pub --timeout 1', { prepare: (fake) => fake.addPeer() })
  open.stdin.write('one\ntwo\nthr')
  assert.is(await open.exit, 1)
  assert.match(
    open.err(),
    /not done after 1 ms \(reading input\): (no line of the input was sent|lines 1 to 2 were sent, what follows was not)\n/
  )
})

test('pub leaves when told, though its input goes on', async () => {
  const pub = run('pub', { prepare: (fake) => fake.addPeer() })
  const fake = await pub.started
  const written = fake.called('write')
  pub.stdin.write('one\n')
  await written
  pub.leave()
  assert.is(await pub.exit, 0)
  assert.equal(fake.written, ['one'])
})

test('sub prints the bytes of each message and a line feed', async () => {
  const sub = run('sub --count 2')
  const fake = await sub.started
  const chunks: Buffer[] = []
  sub.stdout.on('data', (chunk) => chunks.push(chunk))
  fake.deliver(new Uint8Array([0xff, 0x00, 0x1b]))
  fake.deliver('two')
  assert.is(await sub.exit, 0)
  assert.equal(Buffer.concat(chunks), Buffer.from('\xff\x00\x1b\ntwo\n', 'latin1'))
  assert.equal(fake.calls, ['close'])
})

test('sub spells out control characters on a terminal', async () => {
  const sub = run('sub --count 1', { isTTY: true, prepare: (fake) => fake.deliver('a\u001b[2J\tb\nc') })
  assert.is(await sub.exit, 0)
  assert.is(sub.out(), 'a\\u{1b}[2J\tb\\u{a}c\n')
})

test('sub prints objects with --json, in order with the events', async () => {
  const sub = run('sub --json --count 1', { prepare: (fake) => fake.deliver('hello') })
  assert.is(await sub.exit, 0)
  assert.equal(linesOf(sub.out()), [
    `{"event":"listening","address":"127.0.0.1:55555","id":"${FAKE_ID}"}`,
    `{"event":"message","origin":"${FAKE_ID}","seq":1,"payload":"hello"}`
  ])
})

test('sub leaves when told, while it waits for a message', async () => {
  const sub = run('sub')
  await (await sub.started).called('read')
  sub.leave()
  assert.is(await sub.exit, 0)
})

test('sub ends quietly with 0 when nobody reads it any more', async () => {
  const sub = run('sub')
  const fake = await sub.started
  await fake.called('read')
  const told = sub.err()
  sub.stdout.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
  assert.is(await sub.exit, 0)
  assert.equal(fake.calls, ['close'])
  assert.is(sub.err(), told)
})

test('sub ends with 1 when its output fails otherwise', async () => {
  const sub = run('sub')
  await (await sub.started).called('read')
  sub.stdout.destroy(Object.assign(new Error('write ENOSPC'), { code: 'ENOSPC' }))
  assert.is(await sub.exit, 1)
  assert.match(sub.err(), 'floodnet: ERR_FLOODNET_FAILED: write ENOSPC\n')
})

test('pub goes on sending when nobody reads its events any more', async () => {
  const pub = run('pub --json', { prepare: (fake) => fake.addPeer() })
  const fake = await pub.started
  pub.stdout.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
  await new Promise((resolve) => pub.stdout.once('close', resolve))
  pub.stdin.end('one\n')
  assert.is(await pub.exit, 0)
  assert.equal([fake.written, fake.calls], [['one'], ['flush', 'close']])
})

test.run()
