import { once } from 'node:events'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { FloodnetError, LIMITS } from '@floodnet/core'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Network, NetworkOptions } from '../../src/api.ts'
import { main } from '../../src/commands/main.ts'
import { FAKE_ID, type FakeNetwork, newFakeNetwork } from '../support/fake-network.ts'
import { inFolder } from '../support/folder.ts'

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
  env?: NodeJS.ProcessEnv
  /** Whether standard output takes nothing. */
  fullDisk?: boolean
  onReopen?: (reopen: () => void) => () => void
}

/** Runs a command line on a fake network. */
function run(line: string, { prepare, createNetwork, isTTY, env = {}, fullDisk, onReopen }: Rig = {}): Run {
  const leaving = new AbortController()
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
  if (isTTY) Object.assign(stdout, { isTTY })
  if (fullDisk)
    stdout._write = (_chunk, _encoding, done) => done(Object.assign(new Error('no space left'), { code: 'ENOSPC' }))
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
  const surroundings = {
    stdout,
    stderr,
    openStdin: () => stdin,
    version: '1.2.3',
    leave: leaving.signal,
    env,
    ...(onReopen && { onReopen })
  }
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
  assert.is(bad.err(), "floodnet: ERR_FLOODNET_ADDRESS: --listen: 'nowhere' is not an address; write host:port\n")
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

test('a dashboard that cannot be shown ends the command with 2, before there is a network where others could see', async () => {
  const node = run('node --dashboard 192.0.2.1:0')
  assert.is(await node.exit, 2)
  assert.match(node.err(), 'ERR_FLOODNET_INSECURE: --dashboard: others can reach 192.0.2.1:0')
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

test('pub told to leave with lines unsent ends with 1 and says how many', async () => {
  const pub = run('pub')
  const fake = await pub.started
  pub.stdin.write('one\ntwo\nthr')
  while (!pub.err().includes('waiting for a neighbour')) await new Promise((resolve) => setImmediate(resolve))
  pub.leave()
  assert.is(await pub.exit, 1)
  assert.match(pub.err(), 'not everything was handed to a neighbour: 3 of 3 messages read not sent\n')
  assert.equal(fake.written, [])
})

for (const [reason, peers, exit] of [
  ['no-link', 2, 1],
  ['closed', 0, 1],
  ['worker-crash', 2, 1],
  ['lagging', 1, 1],
  ['lagging', 2, 0],
  ['link-down', 1, 1]
] as const) {
  test(`pub of ${peers} neighbours whose node drops packets (${reason}) ends with ${exit}`, async () => {
    const pub = run('pub', {
      prepare: (fake) => {
        fake.addPeer()
        for (let i = 1; i < peers; i++) fake.addPeer()
      }
    })
    const fake = await pub.started
    pub.stdin.write('one\n')
    await fake.called('write')
    fake.emit('dropped', { reason, count: 2, peer: null })
    pub.stdin.end()
    assert.is(await pub.exit, exit)
    assert.is(pub.err().includes(`not everything was handed to a neighbour: 2 dropped (${reason})`), exit === 1)
  })
}

for (const [line, isDone] of [
  ['node', true],
  ['sub', true],
  ['sub --count 2', false],
  ['pub', false]
] as const) {
  test(`${line} told to leave while it starts ${isDone ? 'has done all' : 'has not done what it was asked'}`, async () => {
    const createNetwork = async ({ signal }: NetworkOptions) => {
      if (signal !== undefined) await once(signal, 'abort')
      throw new FloodnetError('ERR_FLOODNET_CLOSED', 'aborted')
    }
    const command = run(line, { createNetwork })
    command.leave()
    assert.is(await command.exit, isDone ? 0 : 1)
  })
}

test('pub TEXT sends the text and reads no input', async () => {
  const pub = run('pub -- -5', { prepare: (fake) => fake.addPeer() })
  assert.is(await pub.exit, 0)
  assert.equal((await pub.started).written, ['-5'])
})

test('pub --whole sends all of the input as one message', async () => {
  const pub = run('pub --whole', { prepare: (fake) => fake.addPeer() })
  pub.stdin.end('one\ntwo\n')
  assert.is(await pub.exit, 0)
  assert.equal((await pub.started).written, ['one\ntwo\n'])
})

test('pub --file sends a file as one message, and one that cannot be read is bad usage', () =>
  inFolder(async (folder) => {
    await writeFile(join(folder, 'letter'), 'dear\nreader')
    const pub = run(`pub --file ${folder}/letter`, { prepare: (fake) => fake.addPeer() })
    assert.is(await pub.exit, 0)
    assert.equal((await pub.started).written, ['dear\nreader'])
    const bad = run(`pub --file ${folder}/no`, { prepare: (fake) => fake.addPeer() })
    assert.is(await bad.exit, 2)
    assert.match(bad.err(), /--file .* cannot be read: ENOENT/)
  }))

test('a file beyond the largest message is refused before anything is sent', () =>
  inFolder(async (folder) => {
    await writeFile(join(folder, 'film'), Buffer.alloc(LIMITS.maxMessageBytes.value + 1))
    const pub = run(`pub --file ${folder}/film`, { prepare: (fake) => fake.addPeer() })
    assert.is(await pub.exit, 1)
    assert.match(pub.err(), 'ERR_FLOODNET_MESSAGE_TOO_LARGE: the message has more than maxMessageBytes')
    assert.equal((await pub.started).written, [])
  }))

test('lines before one that is too long are sent', async () => {
  const pub = run('pub', { prepare: (fake) => fake.addPeer() })
  pub.stdin.end(`one\n${'x'.repeat(LIMITS.maxMessageBytes.value + 1)}\n`)
  assert.is(await pub.exit, 1)
  assert.match(pub.err(), 'line 2 has more than maxMessageBytes')
  assert.match(pub.err(), 'messages sent: 1\n')
  assert.equal((await pub.started).written, ['one'])
})

test('flags come from the environment and a file, and what is given comes first', () =>
  inFolder(async (folder) => {
    await writeFile(
      join(folder, 'conf'),
      '# ours\nname = file\ncount = 3\nidentity = file.pem\njoin = a:1, b:2\njson\n'
    )
    const env = {
      FLOODNET_CONFIG: join(folder, 'conf'),
      FLOODNET_NAME: 'env',
      FLOODNET_IDENTITY: 'env.pem',
      FLOODNET_X: '1'
    }
    const node = run('node --name given', { env })
    const { options } = await node.started
    node.leave()
    assert.is(await node.exit, 0)
    assert.equal([options.name, options.identity, options.join], ['given', 'env.pem', ['a:1', 'b:2']])
    assert.match(node.out(), '{"event":"listening"')
  }))

test('with --log the network is told of in a file, with the time, that can be moved away', () =>
  inFolder(async (folder) => {
    const path = join(folder, 'node.log')
    let reopen = () => {}
    const onReopen = (act: () => void) => {
      reopen = act
      return () => {}
    }
    const node = run(`node --log ${path}`, { onReopen })
    const fake = await node.started
    // Now it has been told where the node listens, and hears what comes.
    await new Promise((resolve) => setImmediate(resolve))
    fake.emit('peer-up', { id: 'ef'.repeat(32), address: 'a:1', direction: 'accepted' })
    await rename(path, `${path}.1`)
    reopen()
    node.leave()
    assert.is(await node.exit, 0)
    assert.match(await readFile(`${path}.1`, 'utf8'), /^\d{4}-\d\d-\d\dT[\d:.]+Z listening on .*\n.*Z peer up efefefef/)
    assert.match(await readFile(path, 'utf8'), /^\d{4}-\d\d-\d\dT[\d:.]+Z leaving/)
    assert.is(node.err(), '')
  }))

test('a log that cannot be opened is bad usage', async () => {
  const node = run('node --log /nowhere/node.log')
  assert.is(await node.exit, 2)
  assert.match(node.err(), '--log /nowhere/node.log cannot be written')
})

test('with --timestamps each line on standard error begins with the time', async () => {
  const node = run('node --timestamps')
  await node.started
  node.leave()
  assert.is(await node.exit, 0)
  for (const line of linesOf(node.err())) assert.match(line, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z \S/)
})

for (const line of ['help sub', '--version', 'completion bash', 'sim --nodes 5']) {
  test(`${line} into a full disk ends with 1 and says so`, async () => {
    const command = run(line, { fullDisk: true })
    assert.is(await command.exit, 1)
    assert.match(command.err(), 'floodnet: ERR_FLOODNET_FAILED: no space left\n')
  })
}

test('sub into a full disk ends with 1, though its last message came', async () => {
  const sub = run('sub --count 1', { fullDisk: true, prepare: (fake) => fake.deliver('one') })
  assert.is(await sub.exit, 1)
  assert.match(sub.err(), 'no space left')
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
  const [first, second = ''] = linesOf(sub.out())
  assert.is(first, `{"event":"listening","address":"127.0.0.1:55555","id":"${FAKE_ID}"}`)
  const { time, ...message } = JSON.parse(second)
  assert.equal(message, { event: 'message', origin: FAKE_ID, seq: 1, payload: 'hello', hops: 1 })
  assert.is(new Date(time).toISOString(), time)
})

test('sub told to leave before it has --count messages ends with 1 and says how many came', async () => {
  const sub = run('sub --count 5', { prepare: (fake) => fake.deliver('one') })
  const fake = await sub.started
  await fake.called('read')
  while (!sub.out().includes('one')) await new Promise((resolve) => setImmediate(resolve))
  sub.leave()
  assert.is(await sub.exit, 1)
  assert.match(sub.err(), 'floodnet: ERR_FLOODNET_FAILED: only 1 of 5 messages came\n')
})

test('sub whose reader goes before it has --count messages ends with 1', async () => {
  const sub = run('sub --count 5')
  await (await sub.started).called('read')
  sub.stdout.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
  assert.is(await sub.exit, 1)
  assert.match(sub.err(), 'only 0 of 5 messages came')
})

test('sub prints only the authors of --from', async () => {
  const sub = run(`sub --from cdcdcdcd --from ${FAKE_ID.slice(0, 8).toUpperCase()} --count 1`, {
    prepare: (fake) => {
      fake.deliver('of another', { origin: 'ee'.repeat(32) })
      fake.deliver('of ours')
    }
  })
  assert.is(await sub.exit, 0)
  assert.is(sub.out(), 'of ours\n')
})

test('sub --raw prints the bytes and nothing else, on a terminal too', async () => {
  const prepare = (fake: FakeNetwork) => ['a\u001b', 'b'].map((text) => fake.deliver(text))
  const sub = run('sub --raw --count 2', { isTTY: true, prepare: (fake) => void prepare(fake) })
  assert.is(await sub.exit, 0)
  assert.is(sub.out(), 'a\u001bb')
})

test('sub --format fills in what a message has', async () => {
  const sub = run('sub --count 1 --format %h\\t%l\\t%p', { prepare: (fake) => fake.deliver('hello') })
  assert.is(await sub.exit, 0)
  assert.is(sub.out(), '1\t5\thello\n')
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
