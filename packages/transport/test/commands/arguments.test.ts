import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FloodnetError } from '@floodnet/core'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parseArguments } from '../../src/commands/arguments.ts'
import type { Settings } from '../../src/commands/settings.ts'
import { OVERVIEW, usageOf } from '../../src/commands/usage.ts'
import { inFolder } from '../support/folder.ts'

const test = suite('arguments')

function settingsOf(line: string): Settings {
  const invocation = parseArguments(line.split(' '))
  if (invocation.kind !== 'run') throw new TypeError(`not run but ${invocation.kind}`)
  return invocation.settings
}

function refused(line: string, code: string, text: string | RegExp): void {
  try {
    parseArguments(line.split(' ').filter((word) => word !== ''))
  } catch (error) {
    assert.instance(error, FloodnetError)
    assert.is((error as FloodnetError).code, code)
    assert.match((error as FloodnetError).message, text)
    return
  }
  assert.unreachable(`taken: ${line}`)
}

test('a bare command leaves everything to the defaults', () => {
  const { command, options, json, metrics, count, timeoutMs } = settingsOf('node')
  assert.equal([command, json, metrics, count, timeoutMs], ['node', false, null, null, null])
  assert.equal(options, { discover: ['lan'], inboxLimit: 0 })
  assert.equal(settingsOf('node --no-lan').options, { inboxLimit: 0 })
})

test('every flag becomes its option', () => {
  const flags = '--listen [::1]:0 --join a:1 --join b:2 --advertise c:3 --name net --identity id.pem --workers 2'
  const { options, json, metrics, timeoutMs } = settingsOf(
    `pub ${flags} --metrics :9000 --security none --allow-insecure --json --timeout 500`
  )
  assert.equal(options, {
    listen: '[::1]:0',
    join: ['a:1', 'b:2'],
    discover: ['lan'],
    advertise: 'c:3',
    name: 'net',
    identity: 'id.pem',
    workers: 2,
    security: 'none',
    allowInsecure: true,
    inboxLimit: 0
  })
  assert.equal([json, metrics, timeoutMs], [true, ':9000', 500])
})

test('who says or hears something listens only when asked to', () => {
  for (const command of ['pub', 'sub'] as const) {
    assert.is(settingsOf(command).options.listen, false)
    assert.is(settingsOf(`${command} --listen :0`).options.listen, ':0')
  }
  assert.is(settingsOf('node').options.listen, undefined)
})

test('a flag of the bridge is told as one', () => {
  refused('node --gob :1', 'ERR_FLOODNET_OPTION', '--gob belongs to floodnet bridge')
  refused('node --username bob', 'ERR_FLOODNET_OPTION', '--username belongs to floodchat')
})

test('an entry may be a bare host, a ticket, a name in DNS, or on the input', () => {
  const ticket = 'floodnet:caaaio3ke66m5nvefvrkhkgqfjxq243fgikxohpciotdvqciugfvtwrjycuacb6zap3tjma'
  for (const text of ['seed.example', '10.0.0.7', '::1', ticket, 'dns:seeds.example', '-'])
    assert.equal(settingsOf(`node --join ${text}`).options.join, [text])
})

test('a ticket is that of an identity', () => {
  refused('ticket', 'ERR_FLOODNET_OPTION', '--identity FILE')
})

test('a subscriber counts its messages and has a deeper inbox', () => {
  const { count, options } = settingsOf('sub --count 3')
  assert.is(count, 3)
  assert.ok(Number(options.inboxLimit) > 512)
})

test('key, authority and certificate are read from their files, the key byte for byte', () => {
  const folder = mkdtempSync(join(tmpdir(), 'floodnet-arguments-'))
  try {
    for (const name of ['key', 'ca', 'cert']) writeFileSync(join(folder, name), `the ${name}\n`)
    const { options } = settingsOf(`node --key ${folder}/key --ca ${folder}/ca --cert ${folder}/cert`)
    assert.equal(options.key, new TextEncoder().encode('the key\n'))
    assert.equal([options.ca, options.cert], ['the ca\n', 'the cert\n'])
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('help and version are found wherever they stand', () => {
  for (const line of ['help', '--help', '-h']) assert.equal(parseArguments([line]), { kind: 'help', text: OVERVIEW })
  for (const line of [
    ['help', 'sub'],
    ['sub', '--help'],
    ['sub', '--json', '-h']
  ]) {
    assert.equal(parseArguments(line), { kind: 'help', text: usageOf('sub') })
  }
  for (const line of [['--version'], ['pub', '--version']]) assert.equal(parseArguments(line), { kind: 'version' })
})

test('the help of each command names all its flags', () => {
  const flags = ['listen', 'join', 'name', 'identity', 'metrics', 'json', 'key', 'ca', 'cert', 'workers', 'advertise']
  for (const command of ['node', 'pub', 'sub'] as const) {
    for (const flag of [...flags, 'security', 'allow-insecure', 'help', 'version'])
      assert.match(usageOf(command), `--${flag}`)
  }
  assert.match(usageOf('sub'), '--count')
  assert.match(usageOf('pub'), '--timeout')
})

test('a missing or unknown command is refused', () => {
  refused('', 'ERR_FLOODNET_OPTION', /which command/)
  refused(
    'nod',
    'ERR_FLOODNET_OPTION',
    "'nod' is not a command: node, pub, sub, top, ticket, sim, completion, bridge, or: floodnet help; did you mean node?"
  )
  refused('help nod', 'ERR_FLOODNET_OPTION', "'nod' is not a command")
})

test('an unknown option, a missing value and a stray word are refused by name', () => {
  refused('node --lisen :1', 'ERR_FLOODNET_OPTION', /^Unknown option '--lisen'; did you mean --listen\?$/)
  refused('node --listen', 'ERR_FLOODNET_OPTION', '--listen')
  refused('node word', 'ERR_FLOODNET_OPTION', 'word')
})

test('an option of another command is refused', () => {
  refused('node --count 3', 'ERR_FLOODNET_OPTION', '--count belongs to floodnet sub')
  refused('sub --timeout 3', 'ERR_FLOODNET_OPTION', '--timeout belongs to floodnet pub')
  refused(
    'sim --listen :0',
    'ERR_FLOODNET_OPTION',
    '--listen belongs to floodnet node and floodnet pub and floodnet sub'
  )
})

test('a dashboard that others can reach needs a token, from a file that may end with a line feed', () =>
  inFolder(async (folder) => {
    const path = join(folder, 'token')
    await writeFile(path, `${'f00d'.repeat(6)}\n`)
    assert.equal(settingsOf('node').dashboard, null)
    assert.equal(settingsOf('node --dashboard 127.0.0.1:9465').dashboard, { address: '127.0.0.1:9465', token: null })
    assert.equal(settingsOf(`node --dashboard :9465 --dashboard-token ${path}`).dashboard, {
      address: ':9465',
      token: 'f00d'.repeat(6)
    })
    refused('node --dashboard :9465', 'ERR_FLOODNET_INSECURE', /^--dashboard: others can reach :9465/)
    refused(`node --dashboard-token ${path}`, 'ERR_FLOODNET_OPTION', '--dashboard-token needs --dashboard ADDR')
    await writeFile(path, 'short')
    refused(`node --dashboard :9465 --dashboard-token ${path}`, 'ERR_FLOODNET_OPTION', 'at least 16')
  }))

test('numbers are whole and at least 1', () => {
  for (const value of ['0', '-1', '1.5', 'x', '1e3', '99999999999999999']) {
    refused(`sub --count=${value}`, 'ERR_FLOODNET_OPTION', `--count takes a whole number from 1, not '${value}'`)
  }
  refused('node --workers=x', 'ERR_FLOODNET_OPTION', '--workers')
  refused('pub --timeout=2147483648', 'ERR_FLOODNET_OPTION', '--timeout')
})

test('what is no address is refused, and so is an address to dial without a port, or to advertise without a host', () => {
  refused('node --listen nowhere', 'ERR_FLOODNET_ADDRESS', "--listen: 'nowhere'")
  refused('node --listen 1.2.3.4:65536', 'ERR_FLOODNET_ADDRESS', '65536')
  refused('node --metrics x', 'ERR_FLOODNET_ADDRESS', '--metrics')
  for (const text of ['ho/st', 'host:0', 'floodnet:abc', 'dns:', '239.1.2.3:5']) {
    refused(`node --join ${text}`, 'ERR_FLOODNET_ADDRESS', '--join: ')
  }
  for (const text of ['host', 'host:0', ':5', '[::]:5']) {
    refused(
      `node --advertise ${text}`,
      'ERR_FLOODNET_ADDRESS',
      `--advertise: '${text}' is not an address that others can dial`
    )
  }
})

test('an unknown security and a file that cannot be read are refused', () => {
  refused('node --security some', 'ERR_FLOODNET_OPTION', "--security is tls or none, not 'some'")
  for (const flag of ['--key', '--ca', '--cert'])
    refused(`node ${flag} /nowhere/x`, 'ERR_FLOODNET_OPTION', `${flag} /nowhere/x cannot be read`)
})

test.run()
