// Peers that do not get as far as a link: too slow, too many, or with another kind of TLS.
import { once } from 'node:events'
import type net from 'node:net'
import tls from 'node:tls'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { until, within } from '../../../../test/support/wait.ts'
import { type HonestStream, startHonestStream } from '../support/honest-stream.ts'
import { connectPeer, connectSocket, type RawPeer } from '../support/raw-peer.ts'

const HANDSHAKE_MS = 4_000
const MAX_HANDSHAKES = 8
/** An honest peer on a busy machine still needs much less than its deadline. */
const limits = { handshakeTimeoutMs: HANDSHAKE_MS, maxHandshakes: MAX_HANDSHAKES }

let stream: HonestStream

test.before(async () => {
  stream = await startHonestStream({ limits })
})
test.after(() => stream.end())

test('refuses who speaks no TLS at all', () =>
  expectRefused('no-tls', async () => {
    const socket = await connectSocket(stream.target.address)
    const address = addressOf(socket)
    socket.write('GET / HTTP/1.1\r\n\r\n')
    await ended(socket)
    return address
  }))

test('refuses TLS 1.2', () =>
  expectRefused('no-tls-1.3', () => failTls({ maxVersion: 'TLSv1.2', minVersion: 'TLSv1.2' })))

test('refuses TLS for another protocol', () =>
  expectRefused('not-floodnet', () => failTls({ ALPNProtocols: ['http/1.1'] })))

test('refuses TLS for no protocol in particular', () =>
  expectRefused('not-floodnet', () => tlsUntilEnd({ minVersion: 'TLSv1.3' })))

test('refuses TLS without a certificate', () =>
  expectRefused('no-ed25519-certificate', () => tlsUntilEnd({ minVersion: 'TLSv1.3', ALPNProtocols: ['floodnet/1'] })))

test('closes a connection that says nothing when its time is over', () =>
  expectRefused('handshake-timeout', () => inTime(async () => untilEnd(await connectSocket(stream.target.address)))))

test('closes a connection that trickles its handshake when its time is over', () =>
  expectRefused('handshake-timeout', () =>
    inTime(async () => {
      const socket = await connectSocket(stream.target.address)
      // The first bytes of a TLS record, which alone are no mistake.
      const bytes = [0x16, 0x03, 0x01, 0x01, 0x00, 0x01, 0x00, 0x00, 0xfc, 0x03, 0x03]
      const timer = setInterval(() => bytes.length > 0 && socket.write(Uint8Array.of(bytes.shift() ?? 0)), 100)
      return untilEnd(socket).finally(() => clearInterval(timer))
    })
  ))

test('closes a link that never greets when its time is over', () =>
  expectRefused('handshake-timeout', () =>
    inTime(async () => {
      const peer = await connectPeer(stream.target.address, { security: 'tls' })
      await peer.thrownOut()
      return peer.address
    })
  ))

test('keeps no more half-open connections than maxHandshakes, and an honest peer gets in all the same', async () => {
  const waiting: net.Socket[] = []
  await expectRefused('too-many-handshakes', async () => {
    for (let i = 0; i <= MAX_HANDSHAKES; i++) waiting.push(await connectSocket(stream.target.address))
    // The oldest gives way.
    return untilEnd(waiting[0]!)
  })
  const peer = await until(tryToOpen, 10_000, 'room for an honest peer')
  for (const socket of waiting) socket.destroy()
  peer.destroy()
})

test('connections that are reset at any moment of the handshake give their places back', async () => {
  for (let i = 0; i < 4 * MAX_HANDSHAKES; i++) {
    const socket = await connectSocket(stream.target.address)
    // Without a word, within the first record, or when the other side has answered.
    if (i % 3 > 0) socket.write(Uint8Array.of(0x16, 0x03, 0x01))
    socket.resetAndDestroy()
  }
  for (let i = 0; i < 2 * MAX_HANDSHAKES; i++) {
    const peer = await until(tryToConnect, 10_000, 'room for a handshake')
    peer.destroy()
  }
  // All places at once.
  const peers: RawPeer[] = []
  while (peers.length < MAX_HANDSHAKES) peers.push(await until(tryToConnect, 10_000, 'room for one more'))
  for (const peer of peers) await peer.open()
  for (const peer of peers) peer.destroy()
  await stream.flows()
})

function tryToConnect(): Promise<RawPeer | null> {
  return connectPeer(stream.target.address, { security: 'tls' }).catch(() => null)
}

async function tryToOpen(): Promise<RawPeer | null> {
  try {
    return await (await connectPeer(stream.target.address, { security: 'tls' })).open()
  } catch {
    return null
  }
}

/** One connection more is refused, counted and told. `attack` returns its address, null: whichever. */
async function expectRefused(reason: string, attack: () => Promise<string | null>): Promise<void> {
  const refusals = (): number =>
    stream.target.all('refused').filter((event) => event.reason === reason && event.by === 'us').length
  const closes = async (): Promise<number> => (await stream.target.network.stats()).closes[reason] ?? 0
  const [told, counted] = [refusals(), await closes()]
  const address = await attack()
  await until(async () => (await closes()) === counted + 1 && refusals() === told + 1, 10_000, `refused for ${reason}`)
  if (address !== null)
    assert.is(
      stream.target
        .all('refused')
        .filter((event) => event.reason === reason)
        .at(-1)?.address,
      address
    )
  await stream.flows()
}

async function failTls(options: tls.ConnectionOptions): Promise<null> {
  const socket = tls.connect({ ...endpoint(), rejectUnauthorized: false, ...options })
  const [error] = (await within(once(socket, 'error'), 10_000, 'a failed handshake')) as [Error]
  assert.match(error.message, /alert|disconnected|reset/i)
  return null
}

async function tlsUntilEnd(options: tls.ConnectionOptions): Promise<null> {
  await ended(tls.connect({ ...endpoint(), rejectUnauthorized: false, ...options }))
  return null
}

async function untilEnd(socket: net.Socket): Promise<string> {
  const address = addressOf(socket)
  await ended(socket)
  return address
}

async function ended(socket: net.Socket): Promise<void> {
  socket.on('error', () => undefined).resume()
  await until(() => socket.closed || socket.readableEnded, 10_000, 'the connection ends')
}

/** It takes about as long as a handshake may. */
async function inTime<T>(attack: () => Promise<T>): Promise<T> {
  const started = performance.now()
  const result = await attack()
  const ms = performance.now() - started
  assert.ok(ms > HANDSHAKE_MS / 2 && ms < HANDSHAKE_MS + 8_000, `${ms} ms`)
  return result
}

function endpoint(): { host: string; port: number } {
  const [host = '', port] = stream.target.address.split(':')
  return { host, port: Number(port) }
}

function addressOf(socket: net.Socket): string {
  return `${socket.localAddress}:${socket.localPort}`
}

test.run()
