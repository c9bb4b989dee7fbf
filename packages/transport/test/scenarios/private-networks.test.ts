// Who may be a neighbour: shared keys, certificate authorities, names and security, and what both sides are told.
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer, type TLSSocket } from 'node:tls'
import { encodeLeave, FrameType } from '@floodnet/core'
import type { NetworkOptions } from '@floodnet/transport'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '../../../../test/support/wait.ts'
import {
  EXPORTER_LABEL,
  FrameCrypto,
  keyProof,
  networkIdOf,
  sameProof,
  stretchedKey
} from '../../src/identity/frame-crypto.ts'
import { createIdentity } from '../../src/identity/identity.ts'
import { selfSignedCertificate } from '../../src/identity/self-signed.ts'
import { certificateFor, createAuthority } from '../support/certificates.ts'
import { inFolder } from '../support/folder.ts'
import { closeNodes, type LocalNode, linked, startNode, textOf } from '../support/local-node.ts'
import { NETWORK_NAME } from '../support/network-name.ts'
import { connectPeer, RawPeer } from '../support/raw-peer.ts'

const DEADLINE_MS = 15_000
const RETRIES = { retryMinMs: 50, retryMaxMs: 300 }
const KEY = 'a secret of more than 16 bytes'
const test = suite('private networks')

test.after.each(closeNodes)

/** A stranger joins a member: no link comes about, at any attempt, and both are told why. */
async function refuseEachOther(
  member: LocalNode,
  options: NetworkOptions,
  ours: string,
  theirs: string
): Promise<void> {
  const stranger = await startNode({ ...options, join: member.address, limits: RETRIES })
  await Promise.all([
    member.event('refused', { reason: ours }),
    stranger.event('refused', { reason: theirs, address: member.address }),
    stranger.event('dial', { phase: 'start', address: member.address, attempt: 3 })
  ])
  for (const node of [member, stranger]) assert.equal(node.all('peer-up').filter(isFrom(member, stranger)), [])
  await stranger.network.close()
}

function isFrom(...nodes: LocalNode[]): (details: { id: string }) => boolean {
  return ({ id }) => nodes.some(({ network }) => network.id === id)
}

async function talk(a: LocalNode, b: LocalNode): Promise<void> {
  await linked(a, b)
  for (const [from, to] of [
    [a, b],
    [b, a]
  ] as const) {
    await from.network.write('among us')
    assert.is(textOf(await to.network.read({ signal: AbortSignal.timeout(DEADLINE_MS) })), 'among us')
  }
}

test('the right key lets in, as text and as bytes', async () => {
  const member = await startNode({ key: KEY })
  await talk(member, await startNode({ key: new TextEncoder().encode(KEY), join: member.address }))
})

test('a stranger who has proved nothing is told no proof to test guesses on, nor can it give one back', async () => {
  const member = await startNode({ name: NETWORK_NAME, key: KEY })
  const stranger = await connectPeer(member.address, { security: 'tls' })
  const hello = await stranger.frame(FrameType.hello)
  const proof = hello.subarray(84, 116)
  const exported = (stranger.socket as TLSSocket).exportKeyingMaterial(32, EXPORTER_LABEL, Buffer.alloc(0))
  const stretched = stretchedKey(new TextEncoder().encode(KEY), networkIdOf(NETWORK_NAME))
  for (const role of ['dialler', 'acceptor'] as const)
    assert.not.ok(sameProof(proof, keyProof(stretched, exported, role)))
  stranger.hello({ keyProof: proof })
  assert.is(await stranger.thrownOut(), 'wrong-key')
  assert.is(stranger.frames.filter((frame) => frame[4] === FrameType.hello).length, 1)
})

test('a wrong key and a missing one are refused by both sides', async () => {
  const member = await startNode({ key: KEY })
  for (const key of ['another secret of enough bytes', undefined]) {
    const stranger = await startNode({ ...(key === undefined ? {} : { key }), join: member.address, limits: RETRIES })
    const [, told, dial] = await Promise.all([
      member.event('refused', { reason: 'wrong-key', id: stranger.network.id }),
      stranger.event('refused', { reason: 'wrong-key' }),
      stranger.event('dial', { phase: 'failed', attempt: 2 })
    ])
    assert.is(told.id ?? member.network.id, member.network.id)
    assert.match(dial.reason ?? '', /wrong-key/)
    assert.equal([...member.network.peers, ...stranger.network.peers], [])
    await stranger.network.close()
  }
})

test('whoever leaves and then speaks is not listened to, though the node has dialled it', async () => {
  const identity = createIdentity(Date.now())
  const said: RawPeer[] = []
  const server = createServer(
    {
      key: identity.privateKeyPem,
      cert: selfSignedCertificate(identity),
      ALPNProtocols: ['floodnet/1'],
      requestCert: true,
      rejectUnauthorized: false
    },
    (socket) => {
      const peer = new RawPeer(socket, identity, new FrameCrypto(networkIdOf(NETWORK_NAME), identity.privateKeyPem))
      // No key proof: only if its LEAVE had opened a way could the rest be read.
      const leave = encodeLeave(peer.author, 'leaving')
      const greeting = said.length % 2 === 0 ? [] : [peer.helloFrame(), peer.joinRequest()]
      peer.send(Buffer.concat([leave, ...greeting, peer.dataFrame(Buffer.from('let me in'))]))
      said.push(peer)
    }
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`
  try {
    const member = await startNode({ name: NETWORK_NAME, key: KEY, join: address, limits: RETRIES })
    const { reason } = await member.event('dial', { phase: 'failed', attempt: 3 })
    assert.is(reason, 'refused: leaving')
    assert.ok(said.length >= 3)
    const { packets, origins, messages } = await member.network.stats()
    assert.equal([packets.in, origins, messages.delivered], [0, 0, 0])
    assert.equal(member.all('peer-up'), [])
    assert.equal(
      member.joins.filter(({ kind }) => kind === 'guest-up'),
      []
    )
  } finally {
    for (const { socket } of said) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  }
})

test('a member with a key refuses to join a network without one', async () => {
  const open = await startNode()
  const member = await startNode({ key: KEY, join: open.address, limits: RETRIES })
  await Promise.all([member.event('refused', { reason: 'wrong-key' }), open.event('refused', { reason: 'wrong-key' })])
  assert.equal([...member.network.peers, ...open.network.peers], [])
})

test('networks of different names refuse each other', async () => {
  const member = await startNode({ name: 'weather' })
  await refuseEachOther(member, { name: 'traffic' }, 'wrong-network', 'wrong-network')
  await talk(member, await startNode({ name: 'weather', join: member.address }))
})

test("security 'none' and 'tls' do not mix, and each side says so", async () => {
  const secure = await startNode()
  await refuseEachOther(secure, { security: 'none' }, 'no-tls', 'no-hello')
  const plain = await startNode({ security: 'none' })
  const stranger = await startNode({ join: plain.address, limits: RETRIES })
  await Promise.all([
    plain.event('refused', { reason: 'peer-speaks-tls' }),
    stranger.event('dial', { phase: 'failed', address: plain.address, attempt: 2, reason: 'no-tls' })
  ])
  await stranger.network.close()
  await talk(plain, await startNode({ security: 'none', join: plain.address }))
})

test('a network with its own authority lets its members in and nobody else, and tells both sides', async () => {
  await inFolder(async (folder) => {
    const [ours, others] = [createAuthority('ours'), createAuthority('others')]
    const memberOf = async (authority: typeof ours, name: string): Promise<NetworkOptions> => {
      const identity = `${folder}/${name}.pem`
      await (await startNode({ identity })).network.close()
      return { identity, ca: authority.pem, cert: certificateFor(identity, authority) }
    }
    const member = await startNode(await memberOf(ours, 'first'))
    await talk(member, await startNode({ ...(await memberOf(ours, 'second')), join: member.address }))
    const refusal = 'untrusted-certificate'
    await refuseEachOther(member, await memberOf(others, 'other'), refusal, refusal)
    await refuseEachOther(member, {}, refusal, refusal)
    const open = await startNode()
    await refuseEachOther(open, await memberOf(ours, 'third'), refusal, refusal)
  })
})

test('a node whose entries include itself takes no harm', async () => {
  const probe = await startNode()
  const { address } = probe
  await probe.network.close()
  const friend = await startNode()
  const self = await until(
    () => startNode({ listen: address, join: [address, friend.address], limits: RETRIES }).catch(() => null),
    DEADLINE_MS,
    'its port'
  )
  await talk(self, friend)
  assert.equal(
    self.network.peers.map(({ id }) => id),
    [friend.network.id]
  )
  assert.is(self.all('peer-up').length, 1)
})

test('a node told to connect to itself under another of its addresses finds out and takes no harm', async () => {
  const self = await startNode({ listen: '[::]:0' })
  const port = self.address.slice(self.address.lastIndexOf(':') + 1)
  self.network.connect(`127.0.0.1:${port}`)
  await until(() => self.all('dial').some(({ phase }) => phase !== 'start'), DEADLINE_MS, 'an end of the dial')
  const friend = await startNode({ join: `127.0.0.1:${port}` })
  await talk(self, friend)
  assert.equal(self.all('peer-up').filter(isFrom(self)), [])
})

test.run()
