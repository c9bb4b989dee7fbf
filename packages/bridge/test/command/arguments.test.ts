import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PROGRAM_FLAGS } from '@floodnet/transport'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type BridgeSettings, FLAGS, parseArguments } from '../../src/command/arguments.ts'
import { USAGE } from '../../src/command/usage.ts'

const test = suite('arguments')

function settings(line: string): BridgeSettings {
  const invocation = parseArguments(line.split(' '))
  if (invocation.kind !== 'run') throw new Error(invocation.kind)
  return invocation.settings
}

test('several entries may stand in one flag or in several, and a missing host is this machine', () => {
  const expected = [
    { host: '10.0.0.1', port: 1 },
    { host: '127.0.0.1', port: 2 }
  ]
  assert.equal(settings('--gob 10.0.0.1:1,:2').gob?.join, expected)
  assert.equal(settings('--gob 10.0.0.1:1 --gob :2').gob?.join, expected)
})

test('without flags the sides have the names and the places that the help tells', () => {
  const { gob, gop2p, hub, network } = settings('--gob :1 --gop2p :2')
  assert.equal([gob?.name, gob?.listen, gob?.format, gop2p?.name, hub], ['gob', null, null, 'gop2p', 'floodnet'])
  assert.equal(Object.keys(network), ['inboxLimit'])
})

test('floodnet is joined as the flags say, and its name is its mark elsewhere', () => {
  const { network, hub } = settings('--gob :1 --join :3 --join h:4 --listen 127.0.0.1:0 --name lab --identity k.pem')
  const { join, listen, name, identity } = network
  assert.equal(
    { join, listen, name, identity },
    { join: [':3', 'h:4'], listen: '127.0.0.1:0', name: 'lab', identity: 'k.pem' }
  )
  assert.is(hub, 'lab')
  assert.is(settings('--gob :1 --name a@b').hub, 'floodnet')
})

test('what the line does not say comes from the environment, then from a file that other commands may share', () => {
  const folder = mkdtempSync(join(tmpdir(), 'floodnet-bridge-'))
  const file = join(folder, 'floodnet.conf')
  const lines = ['# shared', 'gob = 10.0.0.1:1', 'gob-name = lab', 'metrics = 127.0.0.1:9464', 'json', 'name = other']
  writeFileSync(file, lines.join('\n'))
  const env = { FLOODNET_CONFIG: file, FLOODNET_NAME: 'office', FLOODNET_GOP2P: '10.0.0.2:2,10.0.0.3:3' }
  const invocation = parseArguments(['--gob-name', 'west'], env)
  const { gob, gop2p, network, json } = invocation.kind === 'run' ? invocation.settings : settings('')
  assert.equal(
    [gob?.join, gob?.name, gop2p?.join, network.name, json],
    [[{ host: '10.0.0.1', port: 1 }], 'west', ['10.0.0.2:2', '10.0.0.3:3'], 'office', true]
  )
  writeFileSync(file, 'gobs = 10.0.0.1:1')
  assert.throws(() => parseArguments([], env), /no flag is called 'gobs'.*gob/)
  rmSync(folder, { recursive: true })
})

test('the other programs know the flags of this one, and its help has them', () => {
  assert.equal([...PROGRAM_FLAGS['floodnet bridge']].sort(), Object.keys(FLAGS).sort())
  for (const flag of Object.keys(FLAGS)) assert.match(USAGE, `--${flag}`)
})

test('an address that names no machine is this one, and is told so', () => {
  const { gob, gop2p, notices } = settings('--gob [::]:55555 --gop2p 0.0.0.0:5001,10.0.0.1:5001')
  assert.equal([gob?.join, gop2p?.join], [[{ host: '127.0.0.1', port: 55_555 }], ['127.0.0.1:5001', '10.0.0.1:5001']])
  assert.equal(
    notices.map((text) => text.split(' ')[0]),
    ['[::]:55555', '0.0.0.0:5001']
  )
})

test('floods are joined over NATS as the flags say, and a node that only carries reads nothing', () => {
  const { nats, network, metrics } = settings(
    '--nats nats://a,tls://b --nats nats://c:1 --subject s.t --stream S --since 2h --flood f --metrics :1'
  )
  const servers = ['nats://a', 'tls://b', 'nats://c:1']
  assert.equal(nats, { servers, subject: 's.t', stream: 'S', sinceMs: 7_200_000, flood: 'f' })
  assert.equal([network.inboxLimit, metrics], [0, ':1'])
  assert.ok((settings('--nats nats://a --gob :1').network.inboxLimit ?? 0) > 0)
})

for (const [line, code, said] of [
  ['--stream S --gob :1', 'ERR_FLOODNET_OPTION', /needs --nats/],
  ['--nats nats://a --since 2h', 'ERR_FLOODNET_OPTION', /needs --stream/],
  ['--nats nats://a --stream S --since 2', 'ERR_FLOODNET_OPTION', /such as 90s/],
  ['--nats localhost', 'ERR_FLOODNET_OPTION', /not the address of a NATS server/],
  ['--nats nats://a --subject >', 'ERR_FLOODNET_OPTION', /not a subject/],
  ['--join :1', 'ERR_FLOODNET_OPTION', /another network/],
  ['--gob nowhere', 'ERR_FLOODNET_ADDRESS', /--gob: 'nowhere'/],
  ['--gob :0', 'ERR_FLOODNET_ADDRESS', /not an address to dial/],
  ['--gop2p 10.0.0.1', 'ERR_FLOODNET_ADDRESS', /--gop2p/],
  ['--gob :1 --gob-format xml', 'ERR_FLOODNET_OPTION', /json, text or signed, not 'xml'/],
  ['--gob :1 --gob-name a@b', 'ERR_FLOODNET_OPTION', /--gob-name/],
  ['--gob :1 --gop2p :2 --gop2p-name gob', 'ERR_FLOODNET_OPTION', /name of its own/],
  ['--gob :1 --wrong', 'ERR_FLOODNET_OPTION', /--wrong/],
  ['--gob :1 --work hard', 'ERR_FLOODNET_OPTION', /whole number/],
  ['--gob :1 --key packages/no-such-file', 'ERR_FLOODNET_OPTION', /cannot be read/]
] as const) {
  test(`'${line}' is refused in words`, () => {
    assert.throws(
      () => parseArguments(line.split(' ')),
      (error: NodeJS.ErrnoException) => error.code === code && said.test(error.message)
    )
  })
}

test.run()
