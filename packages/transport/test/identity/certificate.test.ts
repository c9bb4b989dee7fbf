import { createPrivateKey, generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect, createServer, type TLSSocket } from 'node:tls'
import { FloodnetError } from '@floodnet/core'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { checkOwnCertificate, publicKeyOf } from '../../src/identity/certificate.ts'
import { createIdentity, type Identity } from '../../src/identity/identity.ts'
import { selfSignedCertificate } from '../../src/identity/self-signed.ts'
import { createAuthority, issue } from '../support/certificates.ts'

const NOW_MS = Date.parse('2030-06-01T00:00:00Z')
const test = suite('certificate')

function keyOf(identity: Identity): KeyObject {
  return createPrivateKey(identity.privateKeyPem)
}

function refused(certPem: string, caPem: string, identity: Identity, text: RegExp): void {
  try {
    checkOwnCertificate(certPem, caPem, identity, NOW_MS)
  } catch (error) {
    assert.instance(error, FloodnetError)
    assert.is((error as FloodnetError).code, 'ERR_FLOODNET_CERTIFICATE')
    assert.match((error as FloodnetError).message, text)
    return
  }
  assert.unreachable('the certificate was taken')
}

interface Credentials {
  readonly key: string
  readonly cert: string
  readonly ca?: string
}

/** A mutual TLS 1.3 handshake over loopback: both ends, or the error that ended it on either. */
async function handshake(
  serverSide: Credentials,
  clientSide: Credentials
): Promise<{ server: TLSSocket; client: TLSSocket; end(): Promise<void> }> {
  const rules = { minVersion: 'TLSv1.3', ALPNProtocols: ['floodnet/1'], checkServerIdentity: () => undefined } as const
  const listener = createServer({
    ...rules,
    ...serverSide,
    requestCert: true,
    rejectUnauthorized: serverSide.ca !== undefined
  })
  await once(listener.listen(0, '127.0.0.1'), 'listening')
  const { port } = listener.address() as AddressInfo
  const client = connect({
    ...rules,
    ...clientSide,
    port,
    host: '127.0.0.1',
    rejectUnauthorized: clientSide.ca !== undefined
  })
  const end = async () => {
    client.destroy()
    await new Promise((done) => listener.close(done))
  }
  try {
    const refusal = once(listener, 'tlsClientError').then(([error]) => Promise.reject(error))
    const accepted = Promise.race([once(listener, 'secureConnection'), refusal])
    const [[server]] = await Promise.all([accepted, once(client, 'secureConnect')])
    return {
      server,
      client,
      end: async () => {
        server.destroy()
        await end()
      }
    }
  } catch (error) {
    await end()
    throw error
  }
}

test('two nodes prove their keys to each other over TLS 1.3 and derive the same secret', async () => {
  const [alice, bob] = [createIdentity(NOW_MS), createIdentity(NOW_MS)]
  const credentials = [alice, bob].map((identity) => ({
    key: identity.privateKeyPem,
    cert: selfSignedCertificate(identity)
  }))
  const { server, client, end } = await handshake(credentials[0]!, credentials[1]!)
  const [seenByAlice, seenByBob] = [server, client].map((socket) => publicKeyOf(socket.getPeerX509Certificate()!))
  const secrets = [server, client].map((socket) =>
    socket.exportKeyingMaterial(32, 'EXPORTER-floodnet', Buffer.alloc(0))
  )
  const protocol = client.getProtocol()
  await end()
  assert.is(protocol, 'TLSv1.3')
  assert.equal(seenByAlice, bob.publicKey)
  assert.equal(seenByBob, alice.publicKey)
  assert.equal(secrets[0], secrets[1])
})

test('a self-signed certificate names the key, signs itself, is valid always and good for both ends', () => {
  const identity = createIdentity(NOW_MS)
  const certificate = new X509Certificate(selfSignedCertificate(identity))
  assert.is(certificate.subject, `CN=${identity.id}`)
  assert.is(certificate.issuer, certificate.subject)
  assert.ok(certificate.verify(certificate.publicKey))
  assert.not.ok(certificate.ca)
  assert.is(Date.parse(certificate.validFrom), 0)
  assert.is(new Date(certificate.validTo).getUTCFullYear(), 9999)
  assert.equal(certificate.keyUsage, ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2'])
})

test('every certificate has a serial number of its own, 16 bytes and positive', () => {
  const identity = createIdentity(NOW_MS)
  const serials = Array.from({ length: 50 }, () => new X509Certificate(selfSignedCertificate(identity)).serialNumber)
  assert.is(new Set(serials).size, 50)
  assert.ok(
    serials.every((serial) => /^[4-7][0-9A-F]{31}$/.test(serial)),
    serials.join(' ')
  )
})

test('a certificate for a key of another kind has no public key of ours', () => {
  const rsa = issue(
    { name: 'rsa', key: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey },
    createAuthority('a')
  )
  assert.is(publicKeyOf(new X509Certificate(rsa.pem)), null)
})

test('a certificate of the own authority passes the check and the handshake', async () => {
  const root = createAuthority('root')
  const [alice, bob] = [createIdentity(NOW_MS), createIdentity(NOW_MS)]
  const credentials = [alice, bob].map((identity) => {
    const cert = issue({ name: 'node', key: keyOf(identity) }, root).pem
    checkOwnCertificate(cert, root.pem, identity, NOW_MS)
    return { key: identity.privateKeyPem, cert, ca: root.pem }
  })
  const { client, server, end } = await handshake(credentials[0]!, credentials[1]!)
  assert.equal([client.authorized, server.authorized], [true, true])
  assert.equal(publicKeyOf(client.getPeerX509Certificate()!), alice.publicKey)
  await end()
})

test('a stranger without a certificate of the authority fails the handshake', async () => {
  const root = createAuthority('root')
  const [alice, stranger] = [createIdentity(NOW_MS), createIdentity(NOW_MS)]
  const insider = { key: alice.privateKeyPem, cert: issue({ name: 'node', key: keyOf(alice) }, root).pem, ca: root.pem }
  const outsider = { key: stranger.privateKeyPem, cert: selfSignedCertificate(stranger) }
  let failed = false
  await handshake(insider, outsider).then(
    ({ end }) => end(),
    () => {
      failed = true
    }
  )
  assert.ok(failed)
})

test('a chain over an authority in between passes the check', () => {
  const root = createAuthority('root')
  const middle = issue({ name: 'middle', key: generateKeyPairSync('ed25519').privateKey, isAuthority: true }, root)
  const identity = createIdentity(NOW_MS)
  const own = issue({ name: 'node', key: keyOf(identity) }, middle)
  checkOwnCertificate(own.pem + middle.pem, root.pem, identity, NOW_MS)
  refused(own.pem, root.pem, identity, /not issued by CN=root/)
})

test('a certificate issued by a node that is no authority is refused', () => {
  const root = createAuthority('root')
  const node = issue({ name: 'node', key: generateKeyPairSync('ed25519').privateKey }, root)
  const identity = createIdentity(NOW_MS)
  refused(
    issue({ name: 'other', key: keyOf(identity) }, node).pem + node.pem,
    root.pem,
    identity,
    /not issued by CN=node/
  )
})

test('a certificate of another authority is refused, also when the authority has the same name', () => {
  const identity = createIdentity(NOW_MS)
  const own = issue({ name: 'node', key: keyOf(identity) }, createAuthority('root'))
  refused(own.pem, createAuthority('root').pem, identity, /not issued by CN=root/)
  refused(own.pem, createAuthority('else').pem, identity, /not issued by CN=else/)
})

test('a certificate for another key than the identity is refused', () => {
  const root = createAuthority('root')
  const [alice, bob] = [createIdentity(NOW_MS), createIdentity(NOW_MS)]
  refused(
    issue({ name: 'node', key: keyOf(bob) }, root).pem,
    root.pem,
    alice,
    new RegExp(`key ${bob.id}.*identity is ${alice.id}`)
  )
})

test('a certificate for a key that is not Ed25519 is refused', () => {
  const root = createAuthority('root')
  const rsa = issue({ name: 'node', key: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey }, root)
  refused(rsa.pem, root.pem, createIdentity(NOW_MS), /not for an Ed25519 key/)
})

test('an expired certificate is refused, as is one for servers only', () => {
  const root = createAuthority('root')
  const identity = createIdentity(NOW_MS)
  const wish = { name: 'node', key: keyOf(identity) }
  refused(
    issue({ ...wish, until: new Date('2025-01-01') }, root).pem,
    root.pem,
    identity,
    /CN=node is valid from .* 2020 GMT to .* 2025 GMT, which is not now/
  )
  refused(issue({ ...wish, serverOnly: true }, root).pem, root.pem, identity, /and as a TLS client/)
})

test('text that is no certificate is refused, and the option is named', () => {
  const identity = createIdentity(NOW_MS)
  refused('hello', createAuthority('root').pem, identity, /option cert holds no PEM/)
  refused(selfSignedCertificate(identity), 'hello', identity, /option ca holds no PEM/)
  refused(
    '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
    createAuthority('root').pem,
    identity,
    /option cert .* cannot be read/
  )
})

test.run()
