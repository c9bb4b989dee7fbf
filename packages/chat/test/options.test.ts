import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { FloodnetError, PROGRAM_FLAGS } from '@floodnet/transport'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { FLAGS } from '../src/flags.ts'
import { type ChatOptions, parseOptions, USAGE } from '../src/options.ts'

const env = { XDG_STATE_HOME: '/state', XDG_DOWNLOAD_DIR: '/downloads' }

function chatOptions(...args: string[]): ChatOptions {
  const invocation = parseOptions(args, env)
  assert.is(invocation.kind, 'chat')
  if (invocation.kind !== 'chat') throw new Error('no chat')
  return invocation.options
}

function refuses(args: string[], code: string, word: string) {
  const isRight = (error: unknown) =>
    error instanceof FloodnetError && error.code === code && error.message.includes(word)
  assert.throws(() => parseOptions(args, env), isRight, args.join(' '))
}

test('needs no argument', () => {
  assert.equal(chatOptions(), {
    entries: [],
    listen: null,
    username: null,
    log: '/state/floodnet/floodchat.log',
    plain: false,
    json: false,
    network: null,
    identity: null,
    key: null,
    ca: null,
    cert: null,
    pages: { metrics: null, dashboard: null },
    throwaway: false,
    state: '/state/floodnet',
    downloads: '/downloads/floodchat',
    once: null,
    private: false,
    tail: false,
    transcript: null,
    shown: null,
    work: null,
    bell: false,
    notify: false,
    commands: null,
    lan: true,
    mapPort: false
  })
})

test('takes every option', () => {
  const folder = mkdtempSync(join(tmpdir(), 'floodchat-options-'))
  const key = join(folder, 'key')
  writeFileSync(key, 'a shared secret of some length')
  const args = [
    'h:1',
    '--listen',
    ':2',
    '--username',
    'bob',
    '--log',
    'l',
    '--plain',
    '--json',
    '--name',
    'n',
    '--identity',
    'i',
    '--key',
    key,
    '--ca',
    key,
    '--cert',
    key,
    '--work',
    '6',
    '--metrics',
    ':9',
    '--dashboard',
    '[::1]:8',
    '--once',
    'hi',
    '--transcript',
    't',
    '--downloads',
    'd',
    '--shown',
    '7',
    '--private',
    '--bell',
    '--notify'
  ]
  const options = chatOptions(...args)
  rmSync(folder, { recursive: true })
  assert.is(Buffer.from(options.key ?? []).toString(), 'a shared secret of some length')
  assert.is(options.ca, 'a shared secret of some length')
  assert.is(options.cert, 'a shared secret of some length')
  assert.equal(
    { ...options, key: null, ca: null, cert: null },
    {
      entries: ['h:1'],
      listen: ':2',
      username: 'bob',
      log: 'l',
      plain: true,
      json: true,
      network: 'n',
      identity: 'i',
      key: null,
      ca: null,
      cert: null,
      pages: { metrics: ':9', dashboard: { address: '[::1]:8', token: null } },
      throwaway: false,
      state: '/state/floodnet',
      downloads: 'd',
      once: 'hi',
      private: true,
      tail: false,
      transcript: 't',
      shown: 7,
      work: 6,
      bell: true,
      notify: true,
      commands: null,
      lan: true,
      mapPort: false
    }
  )
})

test('every flag may come from the environment or a file, and the line comes first', () => {
  const folder = mkdtempSync(join(tmpdir(), 'floodchat-options-'))
  const config = join(folder, 'conf')
  writeFileSync(config, 'join = a:1, b:2\nusername = "of-file"\nname = filed\nbell\nworkers = 2\n')
  const given = {
    ...env,
    FLOODNET_CONFIG: config,
    FLOODNET_NAME: 'of-env',
    FLOODNET_NO_LAN: '1',
    FLOODNET_PLAIN: 'off'
  }
  const optionsOf = (...args: string[]): ChatOptions => {
    const invocation = parseOptions(args, given)
    if (invocation.kind !== 'chat') throw new Error('no chat')
    return invocation.options
  }
  const { entries, username, network, bell, lan, plain } = optionsOf()
  const shown = { entries, username, network, bell, lan, plain }
  const expected = { entries: ['a:1', 'b:2'], username: 'of-file', network: 'of-env', bell: true, lan: false }
  assert.equal(shown, { ...expected, plain: false })
  assert.is(optionsOf('--name', 'line').network, 'line')
  assert.equal(optionsOf('c:3').entries, ['c:3'])
  assert.equal(optionsOf('c:3', '--join', 'd:4').entries, ['c:3', 'd:4'])
  rmSync(folder, { recursive: true })
})

test('the dashboard is for this machine, or for who has the token', () => {
  refuses(['--dashboard', ':9465'], 'ERR_FLOODNET_INSECURE', '--dashboard: others can reach :9465')
  refuses(['--metrics', 'nowhere'], 'ERR_FLOODNET_ADDRESS', '--metrics')
})

test('a flag of the line puts aside its opposite from the environment', () => {
  const set = { ...env, FLOODNET_IDENTITY: 'i', FLOODNET_TAIL: '1', FLOODNET_NO_COMMANDS: '1' }
  const invocation = parseOptions(['--throwaway', '--once', 'hi', '--join', '-'], set)
  if (invocation.kind !== 'chat') throw new Error('no chat')
  const { identity, throwaway, once, tail, commands, entries } = invocation.options
  assert.equal([identity, throwaway, once, tail, commands, entries], [null, true, 'hi', false, false, ['-']])
  const both = () => parseOptions([], { ...env, FLOODNET_IDENTITY: 'i', FLOODNET_THROWAWAY: '1' })
  assert.throws(both, /one of the two/)
})

test('a mistake in a file is told with its line, and what was meant', () => {
  const folder = mkdtempSync(join(tmpdir(), 'floodchat-options-'))
  const config = join(folder, 'conf')
  writeFileSync(config, '# mine\nusernam = alice\n')
  refuses(['--config', config], 'ERR_FLOODNET_OPTION', "conf:2: no flag is called 'usernam'; did you mean username?")
  rmSync(folder, { recursive: true })
})

test('the other programs know the flags of this one, and its help has them', () => {
  assert.equal([...PROGRAM_FLAGS.floodchat].sort(), Object.keys(FLAGS).sort())
  for (const flag of Object.keys(FLAGS)) assert.match(USAGE, `--${flag}`)
})

test('puts the log into the home folder when no absolute state folder is set', () => {
  const expected = join(homedir(), '.local', 'state', 'floodnet', 'floodchat.log')
  for (const XDG_STATE_HOME of [undefined, '', 'relative']) {
    const invocation = parseOptions([], XDG_STATE_HOME === undefined ? {} : { XDG_STATE_HOME })
    assert.is(invocation.kind === 'chat' && invocation.options.log, expected)
  }
})

test('refuses options that contradict each other, and counts that are none', () => {
  refuses(['--once', 'x', '--tail'], 'ERR_FLOODNET_OPTION', '--tail')
  refuses(['--once', ' '], 'ERR_FLOODNET_OPTION', '--once')
  refuses(['--identity', 'f', '--throwaway'], 'ERR_FLOODNET_OPTION', '--throwaway')
  for (const count of ['-1', 'x', '1.5', '']) refuses([`--shown=${count}`], 'ERR_FLOODNET_OPTION', '--shown')
})

test('help and version win over everything else', () => {
  assert.is(parseOptions(['--help', 'a', 'b'], env).kind, 'help')
  assert.is(parseOptions(['-h'], env).kind, 'help')
  assert.is(parseOptions(['--version'], env).kind, 'version')
})

test('refuses what it does not know, with a code and the word it stumbled over', () => {
  refuses(['--bogus'], 'ERR_FLOODNET_OPTION', '--bogus')
  refuses(['--listen'], 'ERR_FLOODNET_OPTION', '--listen')
  refuses(['--plain=yes'], 'ERR_FLOODNET_OPTION', '--plain')
  refuses(['a:1', 'b:2'], 'ERR_FLOODNET_OPTION', 'b:2')
  refuses(['--username', 'two words'], 'ERR_FLOODNET_OPTION', 'spaces')
  refuses(['--key', '/no/such/file'], 'ERR_FLOODNET_OPTION', '/no/such/file')
})

test('what is piped in may be commands when asked for, and never with --once', () => {
  assert.is(chatOptions('--commands').commands, true)
  assert.is(chatOptions('--json', '--no-commands').commands, false)
  refuses(['--commands', '--no-commands'], 'ERR_FLOODNET_OPTION', 'one of the two')
  refuses(['--commands', '--once', 'hi'], 'ERR_FLOODNET_OPTION', '--once')
})

test('a text that begins with a dash is refused with how to write it, and taken when written so', () => {
  for (const option of ['--once', '--username', '--name'])
    refuses([option, '-5 degrees'], 'ERR_FLOODNET_OPTION', `${option}=-`)
  assert.is(chatOptions('--once=-5 degrees').once, '-5 degrees')
})

test.run()
