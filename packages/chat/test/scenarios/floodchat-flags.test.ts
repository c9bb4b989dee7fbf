// time-limit: 240 s
// floodchat's identity and the flags for scripts, end to end: real processes on loopback.
import { spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Chat, CLI, Room } from '../support/floodchat.ts'
import { waitFor } from '../support/wait.ts'

const test = suite<{ room: Room }>('floodchat')
test.before.each((context) => {
  context.room = new Room()
})
test.after.each(({ room }) => room.end())

test('the first start makes an identity for its owner only, which the next start has again', async ({ room }) => {
  const ids: unknown[] = []
  for (let run = 0; run < 2; run++) {
    const alice = await room.startJson('alice')
    ids.push((await alice.event('listening')).id)
    alice.type('exit')
    await alice.exit
  }
  assert.is(ids[0], ids[1])
  const folder = join(room.folder, 'floodnet')
  assert.is(statSync(join(folder, 'floodchat-1.pem')).mode & 0o777, 0o600)
  assert.equal(readdirSync(folder), ['floodchat-1.pem', 'floodchat.log'])
})

test('a throw-away identity leaves nothing but the log', async ({ room }) => {
  const alice = await room.startJson('alice', '--throwaway')
  alice.type('exit')
  await alice.exit
  assert.equal(readdirSync(join(room.folder, 'floodnet')), ['floodchat.log'])
})

test('an identity in use is refused with a word', async ({ room }) => {
  const file = join(room.folder, 'key')
  await room.startJson('alice', '--identity', file)
  const second = room.start('--json', '--identity', file)
  assert.is(await second.exit, 2)
  assert.match(second.stderr, /ERR_FLOODNET_IDENTITY.*in use by process/)
})

test('a second chat of one user is told that it has another identity, after the line with its address', async ({
  room
}) => {
  const chat = () => room.start('--json', '--listen', '127.0.0.1:0')
  const first = chat()
  const second = (await first.event('listening')) && chat()
  const { text } = await second.event('notice')
  assert.is(text, 'another chat of yours runs: here you have another key')
  assert.is(second.events[0]?.event, 'listening')
  assert.not.ok(first.stdout.includes('in use'))
})

test('--once says one thing, sealed or not, and leaves; what nobody heard makes it fail', async ({ room }) => {
  const alice = await room.startJson('alice')
  const entry = await alice.address()
  const once = (text: string) => room.start(entry, '--listen', '127.0.0.1:0', '--username', 'once', '--once', text)
  const open = once('hello all')
  assert.is(await open.exit, 0, open.output)
  await alice.event('message', { text: 'hello all', direct: false })
  const sealed = once('@alice psst')
  assert.is(await sealed.exit, 0, sealed.output)
  await alice.event('message', { text: 'psst', direct: true, sealed: true })
  const nobody = once('@nobody psst')
  assert.is(await nobody.exit, 1, nobody.output)
  assert.match(nobody.stdout, 'nobody named nobody is here')
})

test('what is piped in is said whatever it looks like, and obeyed only when asked for', async ({ room }) => {
  const alice = await room.startJson('alice')
  const entry = await alice.address()
  const pipe = (...args: string[]) => room.start(entry, '--listen', '127.0.0.1:0', '--username', 'pipe', ...args)
  const said = pipe()
  said.process.stdin.end('/nick root\nexit\nlast\n')
  assert.is(await said.exit, 0, said.output)
  for (const text of ['/nick root', 'exit', 'last']) await alice.event('message', { from: 'pipe', text })
  const obeyed = pipe('--commands')
  obeyed.process.stdin.end('/nick robot\nby robot\nexit\nnever\n')
  assert.is(await obeyed.exit, 0, obeyed.output)
  await alice.event('message', { from: 'robot', text: 'by robot' })
  assert.not.ok(alice.stdout.includes('never'))
})

test('--once says commands too, and nothing elsewhere when its address is dead: with a count and exit code 1', async ({
  room
}) => {
  const alice = await room.startJson('alice')
  const entry = await alice.address()
  const said = room.start(entry, '--listen', '127.0.0.1:0', '--once', '/var is full')
  assert.is(await said.exit, 0, said.output)
  await alice.event('message', { text: '/var is full' })
  const dead = room.start('127.0.0.1:1', '--listen', '127.0.0.1:0', '--once', 'elsewhere')
  assert.is(await dead.exit, 1, dead.output)
  assert.match(dead.stderr, '1 of 1 line was not said: 127.0.0.1:1 did not answer')
})

test('a ticket with a key is taken from the input, and the lines behind it are said', async ({ room }) => {
  const key = join(room.folder, 'key')
  writeFileSync(key, 'a secret of the test, long enough')
  const alice = await room.startJson('alice', '--key', key)
  alice.type('/invite key')
  const ticket = await ticketOf(alice)
  const piped = room.start('-', '--listen', '127.0.0.1:0', '--username', 'bob')
  piped.type(ticket, 'hello', 'world')
  piped.process.stdin.end()
  assert.is(await piped.exit, 0, piped.output)
  for (const text of ['hello', 'world']) await alice.event('message', { from: 'bob', text })
  assert.not.ok(piped.output.includes(ticket))
})

test('an input that is no entry is refused and not repeated, and one that says nothing can be left', async ({
  room
}) => {
  const wrong = room.start('-', '--listen', '127.0.0.1:0')
  wrong.type('my secret')
  assert.is(await wrong.exit, 2, wrong.output)
  assert.match(
    wrong.stderr,
    /^floodchat: ERR_FLOODNET_ADDRESS: --join -: the first line of the input is neither an address/
  )
  const key = join(room.folder, 'key')
  const silent = room.start('-', '--listen', '127.0.0.1:0', '--identity', key)
  await waitFor('its lock', () => existsSync(`${key}.lock`))
  silent.process.kill('SIGTERM')
  assert.is(await silent.exit, 0, silent.output)
})

test('a ticket that does not answer is told by its addresses', async ({ room }) => {
  const alice = await room.startJson('alice')
  alice.type('/invite')
  const ticket = await ticketOf(alice)
  const address = await alice.address()
  alice.process.kill('SIGKILL')
  await alice.exit
  const dead = room.start(ticket, '--listen', '127.0.0.1:0', '--once', 'anybody?')
  assert.is(await dead.exit, 1, dead.output)
  assert.match(dead.stderr, `1 of 1 line was not said: ${address} did not answer`)
})

test('flags come from the environment and a file too', async ({ room }) => {
  const alice = await room.startJson('alice')
  const config = join(room.folder, 'floodnet.conf')
  writeFileSync(config, `join = ${await alice.address()}\nusername = nobody\nmetrics = 127.0.0.1:0\nworkers = 1\n`)
  const env = { FLOODNET_CONFIG: config, FLOODNET_USERNAME: 'bob', FLOODNET_ONCE: 'from afar' }
  const bob = room.startWith(env, '--listen', '127.0.0.1:0')
  assert.is(await bob.exit, 0, bob.output)
  await alice.event('message', { from: 'bob', text: 'from afar' })
})

test('--dashboard shows the node as a page, to those only who have the token', async ({ room }) => {
  const token = 'f'.repeat(48)
  const file = join(room.folder, 'token')
  writeFileSync(file, `${token}\n`)
  const alice = await room.startJson('alice', '--dashboard', '127.0.0.1:0', '--dashboard-token', file)
  const { text } = await alice.event('notice')
  const [, url = ''] = /^dashboard at (http:\S+\/); open it with/.exec(String(text)) ?? []
  assert.is((await fetch(url)).status, 401)
  const page = await fetch(url, { headers: { authorization: `Bearer ${token}` } })
  assert.is(page.status, 200)
  assert.match(await page.text(), '<title>')
  assert.is(alice.events[0]?.event, 'listening')
  alice.type('exit')
  assert.is(await alice.exit, 0, alice.output)
  await fetch(url).then(
    () => assert.unreachable('the page outlived the chat'),
    () => undefined
  )
})

test('a full disk as output is a failure', async ({ room }) => {
  if (!existsSync('/dev/full')) return console.log('skipped: no /dev/full')
  const full = openSync('/dev/full', 'w')
  try {
    const args = [CLI, '--name', room.network, '--throwaway', '--json', '--listen', '127.0.0.1:0']
    const child = spawn(process.execPath, args, { env: room.env, stdio: ['ignore', full, 'ignore'] })
    assert.is(await new Promise((resolve) => child.once('exit', resolve)), 1)
  } finally {
    closeSync(full)
  }
})

test('a terminal that goes is a leave, which the others see', async ({ room }) => {
  const alice = await room.startJson('alice')
  const bob = await room.startJson('bob', await alice.address())
  await alice.event('presence', { name: 'bob', change: 'joined' })
  bob.process.kill('SIGHUP')
  assert.is(await bob.exit, 0, bob.output)
  await alice.event('presence', { name: 'bob', change: 'left' })
})

test('--tail shows what others say and is not seen itself', async ({ room }) => {
  const alice = await room.startJson('alice')
  const tail = room.start(await alice.address(), '--listen', '127.0.0.1:0', '--tail')
  await alice.event('peer-up')
  alice.type('anyone?', '/who')
  await tail.line('alice: anyone?')
  await alice.event('notice', { text: 'nobody else is known to be here' })
  tail.process.kill('SIGTERM')
  assert.is(await tail.exit, 0)
})

test('what --private sends arrives all the same, in the open and sealed', async ({ room }) => {
  const [, relay, bob] = (await room.startLine('entry', 'relay', 'bob')) as [Chat, Chat, Chat]
  const alice = await room.startJson('alice', await relay.address(), '--private')
  await alice.event('peer-up')
  alice.type('to all', '@bob to one')
  await bob.event('message', { text: 'to all', from: 'alice' })
  await bob.event('message', { text: 'to one', from: 'alice', sealed: true })
})

test('--transcript keeps what was said', async ({ room }) => {
  const [alice] = (await room.startLine('alice')) as [Chat]
  const folder = join(room.folder, 'talk')
  const bob = await room.startJson('bob', await alice.address(), '--transcript', folder)
  await bob.event('peer-up')
  bob.type('mine')
  await alice.event('message', { text: 'mine' })
  alice.type('yours')
  await bob.event('message', { text: 'yours' })
  bob.type('exit')
  await bob.exit
  const [day = ''] = readdirSync(folder)
  assert.match(day, /^\d{4}-\d\d-\d\d\.log$/)
  const text = readFileSync(join(folder, day), 'utf8')
  assert.match(text, /^\d\d:\d\d:\d\d bob: mine$/m)
  assert.match(text, /^\d\d:\d\d:\d\d alice: yours$/m)
})

function ticketOf(chat: Chat): Promise<string> {
  const find = () => chat.events.map(({ text }) => String(text)).find((text) => text.startsWith('floodnet:'))
  return waitFor('the ticket', find, () => chat.output)
}

test.run()
