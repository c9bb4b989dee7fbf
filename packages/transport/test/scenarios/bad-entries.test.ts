// Entries that are none: the node says why, keeps trying, and everything else goes on.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import type { NetworkOptions } from '@floodnet/transport'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '../../../../test/support/wait.ts'
import { certificateFor, createAuthority } from '../support/certificates.ts'
import { inFolder } from '../support/folder.ts'
import { closeNodes, type LocalNode, linked, startNode, textOf } from '../support/local-node.ts'

const RETRIES = { retryMinMs: 50, retryMaxMs: 300 }
/** For those who never answer: three attempts must fit into the test, and the good entry's answer into one. */
const SILENCE = { ...RETRIES, dialTimeoutMs: 800 }
const DEADLINE_MS = 15_000

type Limits = NonNullable<NetworkOptions['limits']>

const test = suite('bad entries')
const closers: (() => Promise<unknown> | unknown)[] = []

test.after.each(async () => {
  await closeNodes()
  for (const close of closers.splice(0).reverse()) await close()
})

/** Listens at a free port of loopback until the test is over. */
async function listening(server: Server): Promise<string> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  closers.push(() => {
    for (const socket of sockets) socket.destroy()
    return new Promise((resolve) => server.close(resolve))
  })
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function refusedPort(): Promise<string> {
  const server = createServer()
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return `127.0.0.1:${port}`
}

/**
 * A listening socket whose process is stopped and whose backlog is full: what is sent there is dropped, as by a
 * firewall.
 */
async function blackHole(): Promise<string> {
  const script = `const server = require('node:net').createServer()
    server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => process.send(server.address().port))
    process.on('disconnect', () => process.exit())`
  const child: ChildProcess = spawn(process.execPath, ['-e', script], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc']
  })
  closers.push(async () => {
    const exit = once(child, 'exit')
    if (child.kill('SIGKILL')) await exit
  })
  const [port] = (await once(child, 'message')) as [number]
  child.kill('SIGSTOP')
  await fillBacklog(port)
  return `127.0.0.1:${port}`
}

/** Connects until a connection does not come about. */
async function fillBacklog(port: number): Promise<void> {
  const waiting = new Set<Socket>()
  closers.push(() => {
    for (const socket of waiting) socket.destroy()
  })
  await until(
    async () => {
      const socket = connect(port, '127.0.0.1').on('error', () => undefined)
      waiting.add(socket)
      const connected = once(socket, 'connect').then(() => true)
      return !(await Promise.race([connected, new Promise((resolve) => setTimeout(resolve, 250, false))]))
    },
    DEADLINE_MS,
    'a full backlog'
  )
}

/** The node tells `reason` for the address again and again, while it joins a good entry and messages flow. */
async function saysAndGoesOn(address: string, reason: string, limits: Limits = RETRIES): Promise<void> {
  const entry = await startNode()
  const node = await startNode({ join: [address, entry.address], limits })
  await Promise.all([linked(entry, node), flows(entry, node), flows(node, entry)])
  await Promise.all([failsThrice(node, address, reason), flows(entry, node), flows(node, entry)])
  const { dials } = await node.network.stats()
  assert.ok(dials.failed >= 3)
}

async function failsThrice(node: LocalNode, address: string, reason: string): Promise<void> {
  for (const attempt of [1, 2, 3]) {
    const failed = await node.event('dial', { phase: 'failed', address, attempt })
    assert.is(failed.reason, reason)
  }
  const phases = node.all('dial').filter((dial) => dial.address === address)
  assert.equal(
    phases.slice(0, 6).map(({ phase, attempt }) => `${phase} ${attempt}`),
    ['start 1', 'failed 1', 'start 2', 'failed 2', 'start 3', 'failed 3']
  )
}

async function flows(from: LocalNode, to: LocalNode): Promise<void> {
  await from.network.write('meanwhile')
  assert.is(textOf(await to.network.read({ signal: AbortSignal.timeout(DEADLINE_MS) })), 'meanwhile')
}

test('an address that swallows everything', async () => {
  await saysAndGoesOn(await blackHole(), 'timeout', SILENCE)
})

test('a server that accepts and never says a word', async () => {
  await saysAndGoesOn(await listening(createServer()), 'timeout', SILENCE)
})

test('a server that hangs up', async () => {
  await saysAndGoesOn(await listening(createServer((socket) => void socket.destroy())), 'connection-lost')
})

test('a port where nobody listens', async () => {
  await saysAndGoesOn(await refusedPort(), 'connection-refused')
})

test('a port that speaks HTTP', async () => {
  await saysAndGoesOn(await listening(createHttpServer()), 'no-tls')
})

test('a port that greets first, as mail servers do', async () => {
  const greet = (socket: Socket): void => void socket.write('220 mail.example ESMTP\r\n')
  await saysAndGoesOn(await listening(createServer(greet)), 'no-tls')
})

for (const [what, options, reason] of [
  ['a TLS server that is not floodnet', {}, 'not-floodnet'],
  ['a TLS server of another protocol', { ALPNProtocols: ['h2'] }, 'not-floodnet'],
  ['a TLS server that is too old', { maxVersion: 'TLSv1.2' }, 'no-tls-1.3']
] as const) {
  test(what, async () => {
    await inFolder(async (folder) => {
      const identity = `${folder}/server.pem`
      const owner = await startNode({ identity })
      await owner.network.close()
      const cert = certificateFor(identity, createAuthority('somebody'))
      const server = createTlsServer({
        key: readFileSync(identity),
        cert,
        ...options,
        ALPNProtocols: [...(options.ALPNProtocols ?? [])]
      })
      await saysAndGoesOn(await listening(server), reason)
    })
  })
}

test('a node with bad entries only says so for each of them and is still there for others', async () => {
  const silent = await listening(createServer())
  const refused = await refusedPort()
  const lonely = await startNode({ join: [silent, refused], limits: SILENCE })
  await Promise.all([failsThrice(lonely, silent, 'timeout'), failsThrice(lonely, refused, 'connection-refused')])
  const guest = await startNode({ join: lonely.address })
  await linked(lonely, guest)
  await flows(guest, lonely)
})

test.run()
