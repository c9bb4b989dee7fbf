// What OpenSSL is given of a stranger's handshake: nothing beyond the bound, whoever dialled; and all of an honest one,
// however it is cut.
import { once } from 'node:events'
import net from 'node:net'
import { Duplex } from 'node:stream'
import tls from 'node:tls'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { within } from '../../../../../test/support/wait.ts'
import { createIdentity } from '../../../src/identity/identity.ts'
import { selfSignedCertificate } from '../../../src/identity/self-signed.ts'
import {
  ALPN,
  createListener,
  dialSocket,
  type SecuredSocket,
  type Security
} from '../../../src/worker/connect/sockets.ts'

const DEADLINE_MS = 10_000
const identity = createIdentity(0)
const certificate = selfSignedCertificate(identity)
const security: Security = { key: identity.privateKeyPem, certificate, authority: null }
/** A chain as long as OpenSSL takes it: its own certificate, and others that nobody asked for. */
const chain = (count: number) => certificate.repeat(count)
const everybody = { admit: () => true, maySecure: () => true }

interface Outcome {
  secured: SecuredSocket | null
  reason: string | null
}

async function listening(server: net.Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return (server.address() as net.AddressInfo).port
}

/** What comes of one connection to our listener. */
async function accepted(connect: (port: number) => net.Socket): Promise<Outcome> {
  let server: net.Server | null = null
  const outcome = new Promise<Outcome>((resolve) => {
    server = createListener(
      security,
      everybody,
      (secured) => resolve({ secured, reason: null }),
      (_remote, reason) => resolve({ secured: null, reason })
    )
  })
  const port = await listening(server as unknown as net.Server)
  const socket = connect(port).on('error', () => undefined)
  const result = await within(outcome, DEADLINE_MS, 'the listener says')
  socket.destroy()
  result.secured?.socket.destroy()
  ;(server as unknown as net.Server).close()
  return result
}

function dialWith(cert: string) {
  return (port: number) =>
    tls.connect({
      host: '127.0.0.1',
      port,
      key: identity.privateKeyPem,
      cert,
      ALPNProtocols: [ALPN],
      minVersion: 'TLSv1.3',
      rejectUnauthorized: false
    })
}

async function dialled(cert: string): Promise<Outcome> {
  const server = tls.createServer({
    key: identity.privateKeyPem,
    cert,
    ALPNProtocols: [ALPN],
    requestCert: true,
    rejectUnauthorized: false
  })
  server.on('tlsClientError', () => undefined)
  const port = await listening(server)
  const outcome = new Promise<Outcome>((resolve) => {
    const socket = dialSocket(
      { host: '127.0.0.1', port },
      security,
      new Uint8Array(65_536),
      (secured) => resolve({ secured, reason: null }),
      (reason) => {
        resolve({ secured: null, reason })
        socket.destroy()
      }
    )
  })
  const result = await within(outcome, DEADLINE_MS, 'the dial says')
  result.secured?.socket.destroy()
  server.close()
  return result
}

test('a node takes the one certificate that is needed, and no chain, of those who dial it', async () => {
  assert.is((await accepted(dialWith(certificate))).reason, null)
  for (const count of [4, 100]) assert.is((await accepted(dialWith(chain(count)))).reason, 'handshake-too-large')
})

test('a node takes the one certificate that is needed, and no chain, of those it dials', async () => {
  assert.is((await dialled(certificate)).reason, null)
  for (const count of [4, 100]) assert.is((await dialled(chain(count))).reason, 'handshake-too-large')
})

test('a record that announces too much is refused before it is there', async () => {
  const refused = await accepted((port) => {
    // Only the first message of a handshake is genuine.
    const raw = net.connect(port, '127.0.0.1')
    const far = tls.connect({ socket: firstMessageTo(raw), ALPNProtocols: [ALPN], minVersion: 'TLSv1.3' })
    far.on('error', () => undefined)
    raw.once('data', () => raw.write(Uint8Array.of(23, 3, 3, 0x10, 0)))
    return raw
  })
  assert.is(refused.reason, 'handshake-too-large')
})

test('an honest handshake is whole, though its bytes come one by one', async () => {
  const proxy = net.createServer((near) => {
    const far = net.connect(Number(target), '127.0.0.1').on('error', () => near.destroy())
    far.setNoDelay(true)
    near.on('error', () => far.destroy())
    near.on('data', (bytes) => bytes.forEach((byte) => void far.write(Uint8Array.of(byte))))
    far.on('data', (bytes) => bytes.forEach((byte) => void near.write(Uint8Array.of(byte))))
    near.on('close', () => far.destroy())
  })
  let target = 0
  const between = await listening(proxy)
  const result = await accepted((port) => {
    target = port
    return dialWith(certificate)(between)
  })
  assert.is(result.reason, null)
  proxy.close()
})

/** The client's end of a stream that lets its first message out to `raw`, and nothing in. */
function firstMessageTo(raw: net.Socket): Duplex {
  let sent = 0
  return new Duplex({
    read: () => undefined,
    write: (bytes, _encoding, done) => {
      if (sent++ === 0) raw.write(bytes)
      done()
    }
  })
}

test.run()
