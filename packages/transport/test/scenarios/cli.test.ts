// The floodnet command as others script it: processes, flags, NDJSON, exit codes, signals.
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '../../../../test/support/wait.ts'
import { COMMAND_FILE, type CommandProcess, killCommands, startCommand } from '../support/command.ts'

const test = suite('floodnet command')
const LOOPBACK = ['--listen', '127.0.0.1:0']

async function addressOf(command: CommandProcess): Promise<string> {
  return String((await command.event('listening')).address)
}

/** Runs `act` in a folder of its own. */
async function inFolder(act: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'floodnet-cli-'))
  try {
    await act(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

test.after.each(killCommands)

test('help and version are printed', async () => {
  const help = startCommand(['help', 'pub'])
  assert.is(await help.exit, 0)
  assert.match(help.stdout().toString(), /^Usage: floodnet pub/)
  const version = startCommand(['--version'])
  assert.is(await version.exit, 0)
  const manifest: { version: string } = JSON.parse(await readFile(join(COMMAND_FILE, '../../package.json'), 'utf8'))
  assert.is(version.stdout().toString(), `${manifest.version}\n`)
})

test('what pub reads line by line comes out of sub, and both end with 0', async () => {
  const sub = startCommand(['sub', ...LOOPBACK, '--json', '--count', '3'])
  const listening = await sub.event('listening')
  assert.match(String(listening.id), /^[0-9a-f]{64}$/)
  assert.match(String(listening.address), /^127\.0\.0\.1:[1-9]\d*$/)
  const pub = startCommand(['pub', ...LOOPBACK, '--join', String(listening.address), '--json'])
  pub.child.stdin.end('one\n\nGrüße')
  const { id } = await pub.event('listening')
  await pub.event('peer-up', { id: listening.id })
  await sub.event('peer-up', { id })
  assert.is(await pub.exit, 0, pub.stderr())
  assert.is(await sub.exit, 0, sub.stderr())
  const lines = sub
    .stdout()
    .toString()
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line))
  const messages = lines.filter(({ event }) => event === 'message')
  assert.equal(
    messages.map(({ payload }) => payload),
    ['one', '', 'Grüße']
  )
  assert.ok(
    messages.every(
      (message) =>
        message.origin === id &&
        Number.isInteger(message.seq) &&
        Object.keys(message).join() === 'event,origin,seq,payload,hops,time'
    )
  )
})

test('bytes come out of sub as they went into pub, through a node that relays', async () => {
  const relay = startCommand(['node', ...LOOPBACK, '--json'])
  const entry = await addressOf(relay)
  const sub = startCommand(['sub', ...LOOPBACK, '--join', entry, '--count', '2'])
  await sub.notice(/^peer up /)
  const pub = startCommand(['pub', ...LOOPBACK, '--join', entry])
  const bytes = Buffer.from('\xff\x00\x1b[2J\r\n\xfe\n', 'latin1')
  pub.child.stdin.end(bytes)
  assert.is(await pub.exit, 0, pub.stderr())
  assert.is(await sub.exit, 0, sub.stderr())
  assert.equal(sub.stdout(), bytes)
})

test('100,000 lines pass through a relay, each once and in order', async () => {
  const relay = startCommand(['node', ...LOOPBACK, '--json'])
  const entry = await addressOf(relay)
  const sub = startCommand(['sub', ...LOOPBACK, '--join', entry, '--count', '100000'])
  await sub.notice(/^peer up /)
  const pub = startCommand(['pub', ...LOOPBACK, '--join', entry])
  // All three are neighbours: a link that comes in the middle of the lines might bring later ones first.
  const links = (command: typeof sub): number => command.stderr().split('peer up ').length - 1
  await until(() => links(sub) >= 2 && links(pub) >= 2, 20_000, 'all links')
  const text = Array.from({ length: 100_000 }, (_, index) => `line ${index}\n`).join('')
  pub.child.stdin.end(text)
  assert.is(await pub.exit, 0, pub.stderr())
  assert.is(await sub.exit, 0, sub.stderr())
  assert.ok(sub.stdout().toString() === text)
})

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`a node leaves the network on ${signal}: its neighbour is told, and the exit code is 0`, async () => {
    const stays = startCommand(['node', ...LOOPBACK, '--json'])
    const leaves = startCommand(['node', ...LOOPBACK, '--join', await addressOf(stays), '--json'])
    const { id } = await leaves.event('listening')
    await stays.event('peer-up', { id })
    await leaves.event('peer-up')
    leaves.child.kill(signal)
    assert.is(await leaves.exit, 0, leaves.stderr())
    await stays.event('peer-down', { id, reason: 'leaving' })
  })
}

test('a second signal ends the command at once with 1', async () => {
  const node = startCommand(['node', ...LOOPBACK])
  const entry = /^listening on ([^,]+),/.exec(await node.notice(/^listening/))?.[1] ?? ''
  const neighbour = startCommand(['node', ...LOOPBACK, '--join', entry])
  await node.notice(/^peer up/)
  // A neighbour that does not answer is waited for.
  neighbour.child.kill('SIGSTOP')
  node.child.kill('SIGINT')
  await node.notice(/^leaving/)
  node.child.kill('SIGTERM')
  assert.is(await node.exit, 1)
})

test('pub leaves on a signal though its input stays open', async () => {
  const pub = startCommand(['pub', ...LOOPBACK, '--json'])
  await pub.event('listening')
  pub.child.kill('SIGTERM')
  assert.is(await pub.exit, 0, pub.stderr())
})

test('sub ends quietly when nobody reads it any more', async () => {
  const sub = startCommand(['sub', ...LOOPBACK, '--json'])
  const entry = await addressOf(sub)
  sub.child.stdout.destroy()
  // The word of this neighbour's coming is what finds nobody to read it.
  startCommand(['node', ...LOOPBACK, '--join', entry])
  assert.is(await sub.exit, 0)
  assert.is(sub.stderr(), '')
})

test('pub without a neighbour gives up at its deadline', async () => {
  const pub = startCommand(['pub', ...LOOPBACK, '--timeout', '300', '--json'])
  pub.child.stdin.end('one\n')
  assert.is(await pub.exit, 1)
  assert.match(pub.stderr(), /^floodnet: ERR_FLOODNET_FAILED: not done after 300 ms/)
  await pub.event('error', { code: 'ERR_FLOODNET_FAILED' })
})

test('an entry that nobody listens at is told about, and the node goes on', async () => {
  const taken = createServer()
  await once(taken.listen(0, '127.0.0.1'), 'listening')
  const { port } = taken.address() as { port: number }
  await new Promise((resolve) => taken.close(resolve))
  const node = startCommand(['node', ...LOOPBACK, '--join', `127.0.0.1:${port}`, '--json'])
  const { reason } = await node.event('dial', { phase: 'failed', address: `127.0.0.1:${port}` })
  assert.type(reason, 'string')
  node.child.kill('SIGINT')
  assert.is(await node.exit, 0)
})

test('an explicit port that is taken is bad usage', async () => {
  const taken = createServer()
  await once(taken.listen(0, '127.0.0.1'), 'listening')
  const { port } = taken.address() as { port: number }
  const node = startCommand(['node', '--listen', `127.0.0.1:${port}`, '--json'])
  assert.is(await node.exit, 2)
  assert.match(node.stderr(), /^floodnet: ERR_FLOODNET_ADDRESS_IN_USE: /)
  await node.event('error', { code: 'ERR_FLOODNET_ADDRESS_IN_USE' })
  await new Promise((resolve) => taken.close(resolve))
})

for (const [what, args, code] of [
  ['an unknown option', ['node', '--lisen', ':1'], 'ERR_FLOODNET_OPTION'],
  ['an option out of bounds', ['node', ...LOOPBACK, '--workers', '99'], 'ERR_FLOODNET_OPTION'],
  ['an address that is none', ['sub', '--join', 'no where'], 'ERR_FLOODNET_ADDRESS'],
  ['an address of another machine', ['node', '--listen', '192.0.2.1:0'], 'ERR_FLOODNET_ADDRESS'],
  ['no security beyond loopback', ['node', '--listen', '0.0.0.0:0', '--security', 'none'], 'ERR_FLOODNET_INSECURE'],
  ['a metrics address that is none', ['node', ...LOOPBACK, '--metrics', '192.0.2.1:0'], 'ERR_FLOODNET_ADDRESS']
] as const) {
  test(`${what} is bad usage: ${code}`, async () => {
    const command = startCommand([...args])
    assert.is(await command.exit, 2)
    assert.match(command.stderr(), new RegExp(`^floodnet: ${code}: .`, 'm'))
  })
}

test('a bad identity file is bad usage and is named', async () => {
  await inFolder(async (folder) => {
    const file = join(folder, 'id.pem')
    await writeFile(file, 'no key', { mode: 0o600 })
    const node = startCommand(['node', ...LOOPBACK, '--identity', file, '--json'])
    assert.is(await node.exit, 2)
    const { message } = await node.event('error', { code: 'ERR_FLOODNET_IDENTITY' })
    assert.match(String(message), file)
  })
})

test('a node with an identity file has the same id after a restart', async () => {
  await inFolder(async (folder) => {
    const ids: unknown[] = []
    for (let start = 0; start < 2; start++) {
      const node = startCommand(['node', ...LOOPBACK, '--identity', join(folder, 'id.pem'), '--json'])
      ids.push((await node.event('listening')).id)
      node.child.kill('SIGTERM')
      assert.is(await node.exit, 0)
    }
    assert.is(ids[0], ids[1])
  })
})

test('a stranger to a private network is refused, and both sides are told', async () => {
  await inFolder(async (folder) => {
    const key = join(folder, 'key')
    await writeFile(key, 'a secret of more than 16 bytes')
    const inside = startCommand(['node', ...LOOPBACK, '--key', key, '--json'])
    const entry = await addressOf(inside)
    const friend = startCommand(['node', ...LOOPBACK, '--join', entry, '--key', key, '--json'])
    await friend.event('peer-up')
    const stranger = startCommand(['node', ...LOOPBACK, '--join', entry, '--json'])
    await Promise.all([
      inside.event('refused', { reason: 'wrong-key' }),
      stranger.event('refused', { reason: 'wrong-key' })
    ])
  })
})

test('the counters of a running node are served', async () => {
  const node = startCommand(['node', ...LOOPBACK, '--metrics', '127.0.0.1:0'])
  const [url = ''] = /http:\S+/.exec(await node.notice(/^metrics at /)) ?? []
  const response = await fetch(url, { headers: { connection: 'close' } })
  assert.is(response.status, 200)
  assert.match(await response.text(), /^floodnet_links\{direction="dialled"\} 0$/m)
  node.child.kill('SIGINT')
  assert.is(await node.exit, 0)
})

test.run()
