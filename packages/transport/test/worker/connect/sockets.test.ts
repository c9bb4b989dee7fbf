// Sockets as a worker dials them: what comes is read into one buffer, and is held back while nobody wants it.
import { once } from 'node:events'
import net from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import tls from 'node:tls'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { createIdentity } from '../../../src/identity/identity.ts'
import { selfSignedCertificate } from '../../../src/identity/self-signed.ts'
import { ALPN, dialSocket, type SecuredSocket, type Security } from '../../../src/worker/connect/sockets.ts'

const BYTES = 8_000_000
/** Of one read. TLS may hand on after a pause what it has read before. */
const READ_BYTES = 65_536

const SENT = Uint8Array.from({ length: BYTES }, (_, place) => byteAt(place))

for (const secure of [false, true]) {
  const test = suite(secure ? 'TLS' : 'TCP')

  test('brings every byte in order, whatever is done to its buffer, and then the end', async () => {
    const { secured, end } = await dialled(secure)
    const seen = watch(secured)
    await once(secured.socket, 'end')
    assert.is(seen.bytes, BYTES)
    assert.is(seen.wrong, 0)
    await end()
  })

  test('brings nothing while it is paused, and the rest and the end afterwards', async () => {
    const { secured, end } = await dialled(secure)
    let seen = { bytes: 0, wrong: 0 }
    await new Promise<void>((resolve) => {
      seen = watch(secured, () => {
        secured.socket.pause()
        resolve()
      })
    })
    await sleep(100)
    const { bytes } = seen
    assert.ok(bytes > 0 && bytes <= 2 * READ_BYTES, `${bytes} bytes before the pause`)
    await sleep(100)
    assert.is(seen.bytes, bytes)
    secured.socket.resume()
    await once(secured.socket, 'end')
    assert.equal([seen.bytes, seen.wrong], [BYTES, 0])
    await end()
  })

  test.run()
}

interface Seen {
  bytes: number
  /** Bytes that are not what was sent at their place. */
  wrong: number
}

/** Counts what comes, and spoils it where it was. `onFirst` is called with the first bytes. */
function watch(secured: SecuredSocket, onFirst = (): unknown => undefined): Seen {
  const seen = { bytes: 0, wrong: 0 }
  secured.receive((bytes) => {
    if (seen.bytes === 0) onFirst()
    for (let i = 0; i < bytes.length; i++) if (bytes[i] !== byteAt(seen.bytes + i)) seen.wrong++
    seen.bytes += bytes.length
    bytes.fill(0)
  })
  return seen
}

function byteAt(place: number): number {
  return (place + (place >>> 8)) & 0xff
}

/** A socket to a server that sends `BYTES` bytes and ends. */
async function dialled(secure: boolean): Promise<{ secured: SecuredSocket; end: () => Promise<void> }> {
  const identity = createIdentity(0)
  const security: Security = secure
    ? { key: identity.privateKeyPem, certificate: selfSignedCertificate(identity), authority: null }
    : null
  const send = (socket: net.Socket): void => {
    socket.end(SENT)
  }
  const server =
    security === null
      ? net.createServer(send)
      : tls.createServer({ key: security.key, cert: security.certificate, ALPNProtocols: [ALPN] }, send)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as net.AddressInfo
  const secured = await new Promise<SecuredSocket>((resolve, reject) => {
    dialSocket({ host: '127.0.0.1', port }, security, new Uint8Array(READ_BYTES), resolve, (reason) =>
      reject(new Error(reason))
    )
  })
  const end = async (): Promise<void> => {
    secured.socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  }
  return { secured, end }
}
