// What keeps a node from starting: a coded error that names it, and nothing left behind.
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { createNetwork, type ErrorCode, FloodnetError, type NetworkOptions } from '@floodnet/transport'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '../../../../test/support/wait.ts'
import { certificateFor, createAuthority } from '../support/certificates.ts'
import { inFolder } from '../support/folder.ts'
import { closeNodes, startNode } from '../support/local-node.ts'

const FIRST_PORT = 55_555
const PORT_TRIES = 100
const RELEASE_MS = 10_000
const test = suite('start failures')

test.after.each(closeNodes)

/** The node must not start, and must leave no thread, socket or timer. */
async function refused(options: NetworkOptions, code: ErrorCode, subject: string): Promise<FloodnetError> {
  const before = process.getActiveResourcesInfo()
  const error = await errorOf(options)
  assert.instance(error, FloodnetError)
  const { code: found, subject: about, message } = error as FloodnetError
  assert.equal({ code: found, about }, { code, about: subject }, message)
  assert.ok(message.includes(subject), message)
  await nothingLeft(before)
  return error as FloodnetError
}

async function errorOf(options: NetworkOptions): Promise<unknown> {
  try {
    const network = await createNetwork(options)
    await network.close()
  } catch (error) {
    return error
  }
  throw new Error('the node started')
}

async function nothingLeft(before: readonly string[]): Promise<void> {
  const left = (): string[] => without(process.getActiveResourcesInfo(), before)
  await until(
    () => left().length === 0,
    RELEASE_MS,
    () => left().join(', ')
  )
}

function without(all: readonly string[], some: readonly string[]): string[] {
  const left = [...all]
  for (const one of some) if (left.includes(one)) left.splice(left.indexOf(one), 1)
  return left
}

function portOf(address: string): number {
  return Number(address.slice(address.lastIndexOf(':') + 1))
}

test('what the tests look at does show a thread and a socket of a running node', async () => {
  const before = process.getActiveResourcesInfo()
  const { network } = await startNode()
  assert.ok(without(process.getActiveResourcesInfo(), before).length > 0)
  await network.close()
  await nothingLeft(before)
})

test('without a port named, a node takes the first free one from 55555 on', async () => {
  const networks = [await createNetwork(), await createNetwork()]
  const ports = networks.map(({ address }) => portOf(address ?? ''))
  await Promise.all(networks.map((network) => network.close()))
  for (const port of ports) assert.ok(port >= FIRST_PORT && port < FIRST_PORT + PORT_TRIES, `${port}`)
  assert.is.not(ports[0], ports[1])
})

test('a port that is named and taken is refused, naming the address', async () => {
  const taken = createServer()
  await once(taken.listen(0, '127.0.0.1'), 'listening')
  const address = `127.0.0.1:${(taken.address() as AddressInfo).port}`
  await refused({ listen: address }, 'ERR_FLOODNET_ADDRESS_IN_USE', address)
  await refused({ listen: address, workers: 2 }, 'ERR_FLOODNET_ADDRESS_IN_USE', address)
  await new Promise((resolve) => taken.close(resolve))
})

test('the port of another node is taken too, whether or not it shares it between its workers', async () => {
  for (const workers of [1, 2]) {
    const { address } = await startNode({ workers })
    for (const others of [1, 2])
      await refused({ listen: address, workers: others }, 'ERR_FLOODNET_ADDRESS_IN_USE', address)
  }
})

test('an address of another machine cannot be bound, and is named', async () => {
  await refused({ listen: '192.0.2.1:0' }, 'ERR_FLOODNET_ADDRESS', '192.0.2.1:0')
})

const LOOPBACK = '127.0.0.1:0'
const wrong = (options: object): NetworkOptions => ({ listen: LOOPBACK, ...options }) as NetworkOptions

for (const [what, options, code, subject] of [
  ['a listen address without a port', { listen: '127.0.0.1' }, 'ERR_FLOODNET_ADDRESS', 'listen'],
  ['a listen port out of range', { listen: '127.0.0.1:65536' }, 'ERR_FLOODNET_ADDRESS', 'listen'],
  ['a listen address that is no text', { listen: 55_555 }, 'ERR_FLOODNET_ADDRESS', 'listen'],
  ['a join address that is none', { join: 'no where' }, 'ERR_FLOODNET_ADDRESS', 'join'],
  ['a mistyped ticket to join by', { join: 'floodnet:caaaio3ke66' }, 'ERR_FLOODNET_ADDRESS', 'join'],
  ['a multicast address to join', { join: '239.1.2.3:5' }, 'ERR_FLOODNET_ADDRESS', 'join'],
  ['one bad join address among good ones', { join: ['127.0.0.1:1', '127.0.0.1:0'] }, 'ERR_FLOODNET_ADDRESS', 'join'],
  ['a join address that is no text', { join: [null] }, 'ERR_FLOODNET_ADDRESS', 'join'],
  ['an advertised address that nobody can dial', { advertise: '[::]:5' }, 'ERR_FLOODNET_ADDRESS', 'advertise'],
  ['an unknown option', { lisen: LOOPBACK }, 'ERR_FLOODNET_OPTION', 'lisen'],
  ['an unknown limit', { limits: { pingMS: 5 } }, 'ERR_FLOODNET_OPTION', 'pingMS'],
  ['a limit at the wrong place', { limits: { workers: 2 } }, 'ERR_FLOODNET_OPTION', 'workers'],
  ['a number that is none', { desiredLinks: '5' }, 'ERR_FLOODNET_OPTION', 'desiredLinks'],
  ['a number that is not whole', { limits: { pingMs: 100.5 } }, 'ERR_FLOODNET_OPTION', 'pingMs'],
  ['a number below its bounds', { workers: 0 }, 'ERR_FLOODNET_OPTION', 'workers'],
  ['a number above its bounds', { limits: { maxMessageBytes: 2 ** 40 } }, 'ERR_FLOODNET_OPTION', 'maxMessageBytes'],
  ['more desired links than allowed', { desiredLinks: 9, maxLinks: 8 }, 'ERR_FLOODNET_OPTION', 'desiredLinks'],
  ['probes rarer than death', { limits: { pingMs: 9_000, deadMs: 5_000 } }, 'ERR_FLOODNET_OPTION', 'pingMs'],
  ['an unknown security', { security: 'ssl' }, 'ERR_FLOODNET_OPTION', 'security'],
  ['an empty name', { name: '' }, 'ERR_FLOODNET_OPTION', 'name'],
  ['a name too long', { name: 'ü'.repeat(128) }, 'ERR_FLOODNET_OPTION', 'name'],
  ['a short key', { key: '15 bytes are no '.slice(0, 15) }, 'ERR_FLOODNET_OPTION', 'key'],
  ['a key that is no bytes', { key: 1234567890123456 }, 'ERR_FLOODNET_OPTION', 'key'],
  ['a key without encryption', { key: 'k'.repeat(16), security: 'none' }, 'ERR_FLOODNET_OPTION', 'key'],
  ['an authority without a certificate', { ca: 'pem' }, 'ERR_FLOODNET_OPTION', 'ca'],
  ['a certificate without an identity', { ca: 'pem', cert: 'pem' }, 'ERR_FLOODNET_OPTION', 'ca'],
  ['no security on every address', { listen: '[::]:0', security: 'none' }, 'ERR_FLOODNET_INSECURE', '::'],
  ['no security to a far entry', { join: '10.0.0.7:5', security: 'none' }, 'ERR_FLOODNET_INSECURE', '10.0.0.7']
] as const) {
  test(`${what}: ${code} about ${subject}`, async () => {
    await refused(wrong(options), code, subject)
  })
}

for (const [what, options, subject] of [
  ['options that are null', null, 'options'],
  ['limits that are null', { limits: null }, 'limits'],
  ['limits that are a number', { limits: 5 }, 'limits'],
  ['an identity that is no text', { identity: 5 }, 'identity'],
  ['an authority that is no text', { ca: 5, cert: 'pem', identity: '/nowhere' }, 'ca'],
  ['a logger without its methods', { logger: {} }, 'logger'],
  ['a signal that is none', { signal: {} }, 'signal'],
  ['a permission that is neither yes nor no', { allowInsecure: 'yes' }, 'allowInsecure']
] as const) {
  test(`${what}: ERR_FLOODNET_OPTION about ${subject}`, async () => {
    await refused(
      options === null ? (null as unknown as NetworkOptions) : wrong(options),
      'ERR_FLOODNET_OPTION',
      subject
    )
  })
}

test('a bad identity file is refused and named', async () => {
  await inFolder(async (folder) => {
    const identity = `${folder}/id.pem`
    await writeFile(identity, 'no key', { mode: 0o600 })
    await refused({ listen: LOOPBACK, identity }, 'ERR_FLOODNET_IDENTITY', identity)
    await refused({ listen: LOOPBACK, identity: folder }, 'ERR_FLOODNET_IDENTITY', folder)
  })
})

test('a certificate for another key is refused', async () => {
  await inFolder(async (folder) => {
    const [own, others] = [`${folder}/own.pem`, `${folder}/others.pem`]
    for (const identity of [own, others]) await (await startNode({ identity })).network.close()
    const ca = createAuthority('ours')
    const cert = certificateFor(others, ca)
    await refused({ listen: LOOPBACK, identity: own, ca: ca.pem, cert }, 'ERR_FLOODNET_CERTIFICATE', 'cert')
    await refused({ listen: LOOPBACK, identity: own, ca: 'no pem', cert }, 'ERR_FLOODNET_CERTIFICATE', 'ca')
  })
})

test('a signal that is aborted already starts nothing', async () => {
  const before = process.getActiveResourcesInfo()
  const reason = new Error('changed my mind')
  assert.is(await errorOf({ listen: LOOPBACK, signal: AbortSignal.abort(reason) }), reason)
  await nothingLeft(before)
})

test.run()
