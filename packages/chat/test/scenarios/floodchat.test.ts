// time-limit: 480 s
// floodchat end to end: real processes on loopback, spoken to through pipes.
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Chat, Room } from '../support/floodchat.ts'
import { waitFor } from '../support/wait.ts'

const test = suite<{ room: Room }>('floodchat')
test.before.each((context) => {
  context.room = new Room()
})
test.after.each(({ room }) => room.end())

type Three = [Chat, Chat, Chat]

test('three people in a line hear each other', async ({ room }) => {
  const chats = (await room.startLine('alice', 'bob', 'carol')) as Three
  for (const [n, chat] of chats.entries()) chat.type(`word ${n}`)
  const names = ['alice', 'bob', 'carol']
  for (const [n, from] of names.entries()) {
    const id = String((await chats[n]?.event('listening'))?.id)
    for (const other of chats.filter((_, m) => m !== n)) {
      const heard = await other.event('message', { text: `word ${n}` })
      const { event, fingerprint, text, direct, to } = heard
      assert.equal(
        { event, from: heard.from, fingerprint, text, direct, to },
        { event: 'message', from, fingerprint: id.slice(0, 8), text: `word ${n}`, direct: false, to: null }
      )
    }
  }
})

test('a direct line reaches the screen of its addressee only', async ({ room }) => {
  const [alice, bob, carol] = (await room.startLine('alice', 'bob', 'carol')) as Three
  await alice.event('presence', { name: 'carol', change: 'joined' })
  alice.type('@carol between  us', 'for all')
  assert.equal((await carol.event('message', { direct: true })).text, 'between  us')
  await bob.event('message', { text: 'for all' })
  assert.not.ok(bob.stdout.includes('between'))
})

test('people with pipes see plain lines', async ({ room }) => {
  const [alice] = (await room.startLine('alice')) as [Chat]
  const bob = room.start(await alice.address(), '--listen', '127.0.0.1:0', '--username', 'bob')
  await alice.event('peer-up')
  bob.type('hi from bob')
  await alice.event('message', { text: 'hi from bob' })
  await alice.event('presence', { name: 'bob', change: 'joined' })
  alice.type('hi from alice', '@bob psst')
  await bob.line('bob: hi from bob')
  await bob.line('alice: hi from alice')
  await bob.line('(direct) alice -> psst')
  assert.not.ok(bob.stdout.includes('\u001B'))
})

test('set username asks for the name and /nick takes it at once', async ({ room }) => {
  const [alice, bob] = (await room.startLine('alice', 'bob')) as [Chat, Chat]
  alice.type('set username', 'alicia', 'first')
  assert.is((await bob.event('message', { text: 'first' })).from, 'alicia')
  alice.type('/nick ali', 'second')
  assert.is((await bob.event('message', { text: 'second' })).from, 'ali')
  bob.type('@alicia gone', '@ali psst')
  await alice.event('message', { text: 'psst', direct: true, to: 'ali' })
  assert.not.ok(alice.stdout.includes('gone'))
})

test('who chose no name is called after the id', async ({ room }) => {
  const alice = await room.startJson('alice')
  const stranger = room.start(await alice.address(), '--json', '--listen', '127.0.0.1:0')
  const { id } = await stranger.event('listening')
  stranger.type('hello')
  assert.is((await alice.event('message', { text: 'hello' })).from, `anon-${String(id).slice(0, 6)}`)
})

test('connect joins another entry while running', async ({ room }) => {
  const alice = await room.startJson('alice')
  const bob = await room.startJson('bob')
  bob.type(`connect ${await alice.address()}`, 'found you')
  await bob.event('peer-up')
  await alice.event('message', { text: 'found you' })
})

test('two who start without an address meet when one holds the default port', async ({ room }) => {
  // The default port may be taken on this machine; what is tested is that a bare connect tries it.
  const alice = await room.startJson('alice')
  alice.type('connect')
  await alice.event('notice', { text: 'joining 127.0.0.1:55555' })
})

test('exit, quit, the end of input and signals leave with code 0, and the others see it', async ({ room }) => {
  const ways: [string, (chat: Chat) => void][] = [
    ['exit', (chat) => chat.type('exit')],
    ['quit', (chat) => chat.type('quit')],
    ['end of input', (chat) => chat.process.stdin.end()],
    ['SIGTERM', (chat) => chat.process.kill('SIGTERM')],
    ['SIGINT', (chat) => chat.process.kill('SIGINT')]
  ]
  const stays = await room.startJson('stays')
  const entry = await stays.address()
  const leaveBy = async ([way, leave]: (typeof ways)[number]) => {
    const leaver = await room.startJson('leaver', entry)
    const { id } = await leaver.event('listening')
    await stays.event('peer-up', { id })
    leave(leaver)
    assert.is(await leaver.exit, 0, `${way}: ${leaver.output}`)
    await stays.event('peer-down', { id })
  }
  await Promise.all(ways.map(leaveBy))
})

test('a message piped in is heard although the pipe ends at once', async ({ room }) => {
  const alice = await room.startJson('alice')
  const pipe = room.start(await alice.address(), '--listen', '127.0.0.1:0', '--username', 'pipe')
  pipe.process.stdin.end('one\ntwo\nlast without end')
  assert.is(await pipe.exit, 0)
  for (const text of ['one', 'two', 'last without end']) await alice.event('message', { from: 'pipe', text })
})

test('a reader that goes away is no failure', async ({ room }) => {
  const [alice, bob] = (await room.startLine('alice', 'bob')) as [Chat, Chat]
  bob.process.stdout.destroy()
  alice.type('anyone there?')
  assert.is(await bob.exit, 0)
})

test('mistakes get a word and nothing is said or broken', async ({ room }) => {
  const [alice, bob] = (await room.startLine('alice', 'bob')) as [Chat, Chat]
  alice.type(
    '',
    '   ',
    '@',
    '@bob',
    '@ x',
    '/bogus',
    '/nick two words',
    'connect nowhere:0x',
    '@alice me',
    '//help',
    'done'
  )
  await bob.event('message', { text: 'done' })
  const heard = bob.events.filter(({ event }) => event === 'message').map(({ text }) => text)
  assert.equal(heard, ['/help', 'done'])
  await alice.event('error', { code: 'ERR_FLOODNET_ADDRESS' })
  const expected = [
    '@ needs a name right after it: @name text',
    'nothing to say to bob: @bob text',
    '@ needs a name right after it: @name text',
    '/bogus is not a command; /help lists them, //text says "/text"',
    'a name has no spaces, so that @name can be typed; you are still alice',
    'that is you'
  ]
  const notices = () => alice.events.flatMap(({ event, text }) => (event === 'notice' ? [String(text)] : []))
  // Until bob came, alice may have been told that she is alone.
  const words = () => notices().filter((text) => !text.startsWith('you are alone so far'))
  // Bob may have heard the last line before the words about those before it have come through the pipe.
  await waitFor(
    'a word on each',
    () => words().length >= expected.length,
    () => alice.output
  )
  assert.equal(words(), expected)
})

test('bad usage exits with 2 and a coded word on standard error', async ({ room }) => {
  const alice = await room.startJson('alice')
  const taken = await alice.address()
  const cases: [string[], string, string][] = [
    [['--bogus'], 'ERR_FLOODNET_OPTION', '--bogus'],
    [['a:1', 'b:2'], 'ERR_FLOODNET_OPTION', 'b:2'],
    [['--username', 'two words'], 'ERR_FLOODNET_OPTION', 'spaces'],
    [['no where'], 'ERR_FLOODNET_ADDRESS', 'no where'],
    [['--listen', 'here'], 'ERR_FLOODNET_ADDRESS', 'here'],
    [['--listen', taken], 'ERR_FLOODNET_ADDRESS_IN_USE', taken],
    [['--log', room.folder], 'ERR_FLOODNET_OPTION', room.folder],
    [['--key', join(room.folder, 'none')], 'ERR_FLOODNET_OPTION', 'none'],
    [['--identity', room.folder], 'ERR_FLOODNET_IDENTITY', room.folder],
    [['--metrics', taken], 'ERR_FLOODNET_ADDRESS_IN_USE', taken]
  ]
  const isRefused = async ([args, code, word]: (typeof cases)[number]) => {
    const chat = room.start(...args)
    assert.is(await chat.exit, 2, `${args.join(' ')}: ${chat.output}`)
    assert.ok(chat.stderr.includes(code) && chat.stderr.includes(word), `${args.join(' ')}: ${chat.stderr}`)
    assert.is(chat.stdout, '')
  }
  await Promise.all(cases.map(isRefused))
})

test('with --json a failure is an event as well', async ({ room }) => {
  const chat = room.start('--json', 'nowhere:0x')
  assert.is(await chat.exit, 2)
  await chat.event('error', { code: 'ERR_FLOODNET_ADDRESS' })
})

test('help and version are printed and exit with 0', async ({ room }) => {
  const help = room.start('--help')
  const version = room.start('--version')
  assert.is(await help.exit, 0)
  assert.is(await version.exit, 0)
  for (const option of [
    'ADDR',
    '--listen',
    '--username',
    '--log',
    '--plain',
    '--json',
    '--name',
    '--identity',
    '--key'
  ]) {
    assert.ok(help.stdout.includes(option), option)
  }
  assert.match(version.stdout, /^\d+\.\d+\.\d+\n$/)
})

test('the log holds what the network did and the screen does not', async ({ room }) => {
  const alice = await room.startJson('alice')
  const bob = room.start(await alice.address(), '--listen', '127.0.0.1:0', '--username', 'bob')
  await alice.event('peer-up')
  bob.type('hello')
  bob.process.stdin.end()
  assert.is(await bob.exit, 0)
  const path = join(room.folder, 'floodnet', 'floodchat.log')
  assert.is(statSync(path).mode & 0o777, 0o600)
  const log = readFileSync(path, 'utf8')
  for (const line of log.trimEnd().split('\n'))
    assert.match(line, /^\d{4}-\d\d-\d\dT[\d:.]+Z (debug|info|warn|error) [^{]+ \{.*\}$/)
  assert.match(log, / info peer-up \{/)
  assert.match(log, / info left \{/)
  assert.not.match(bob.stdout, /peer-up|dial|left/)
  assert.is(bob.stderr, '')
})

test('--log names another file', async ({ room }) => {
  const path = join(room.folder, 'own.log')
  const alice = await room.startJson('alice', '--log', path)
  alice.type('exit')
  await alice.exit
  assert.match(readFileSync(path, 'utf8'), 'started')
  assert.not.ok(existsSync(join(room.folder, 'floodnet', 'floodchat.log')))
})

test('control and escape characters from the network do not reach a screen', async ({ room }) => {
  const [alice, bob] = (await room.startLine('alice', 'bob')) as [Chat, Chat]
  const carol = room.start(await alice.address(), '--listen', '127.0.0.1:0', '--username', 'carol')
  await waitFor(
    'carol',
    () => alice.events.filter(({ event }) => event === 'peer-up').length >= 2,
    () => alice.output
  )
  alice.type('a\u001B[2J\u001B]0;title\u0007b\u202Ec\u200Bd\u0000e\u009B31mf\u2028g\u007F')
  await bob.event('message', { text: 'abcdef⏎g' })
  await carol.line('alice: abcdef⏎g')
})

test('a line of a megabyte is shown cut, and one beyond is refused', async ({ room }) => {
  const [alice, bob] = (await room.startLine('alice', 'bob')) as [Chat, Chat]
  alice.type('x'.repeat(1024 * 1024), 'y'.repeat(1024 * 1024 + 1), 'done')
  await bob.event('message', { text: 'done' })
  const heard = bob.events.filter(({ event }) => event === 'message').map(({ text }) => String(text))
  assert.equal(heard, [`${'x'.repeat(16_384)}… (${1024 * 1024 - 16_384} bytes cut)`, 'done'])
  await alice.event('notice', { text: 'not said: the line has more than 1048576 bytes' })
})

test('ten thousand lines from a file all arrive, in order', async ({ room }) => {
  const alice = await room.startJson('alice')
  const pipe = room.start(await alice.address(), '--listen', '127.0.0.1:0', '--username', 'pipe')
  await alice.event('peer-up')
  const lines = Array.from({ length: 10_000 }, (_, n) => `line ${n}`)
  pipe.process.stdin.end(`${lines.join('\n')}\n`)
  assert.is(await pipe.exit, 0)
  await waitFor(
    'the last line',
    () => alice.stdout.includes('"line 9999"'),
    () => alice.stdout.slice(-1000)
  )
  const heard = alice.events.filter(({ event }) => event === 'message').map(({ text }) => text)
  assert.equal(heard, lines)
})

test.run()
