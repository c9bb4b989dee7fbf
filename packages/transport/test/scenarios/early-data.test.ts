// Who may send data before both ends know that they are neighbours: whom we dialled or asked, on that link; nobody
// else.
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { encodeJoin, FrameType } from '@floodnet/core'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until, within } from '../../../../test/support/wait.ts'
import { createIdentity, type Identity } from '../../src/identity/identity.ts'
import { closeNodes, linked, startNode, textOf } from '../support/named-node.ts'
import { connectPeer, RawPeer } from '../support/raw-peer.ts'

const security = 'none'
const DEADLINE_MS = 15_000
/** The node's dial waits for an answer until the peer's own link is open. */
const PATIENT = { dialTimeoutMs: 60_000, handshakeTimeoutMs: 60_000 }
const servers: Server[] = []
const test = suite('early data')

test.after.each(async () => {
  await closeNodes()
  for (const server of servers.splice(0)) {
    await new Promise((resolve) => server.close(resolve))
  }
})

test('takes what a peer says right after its ack on a link that the peer dialled and we asked on', async () => {
  const { server, address } = await listen()
  const dialled = once(server, 'connection')
  // A node that closes both links dials again: nobody is there to answer.
  dialled.then(() => server.on('connection', (socket) => socket.destroy()))
  const node = await startNode({ security, join: address, limits: PATIENT })
  const identity = smallerThan(node.network.id)
  const ours = await connectPeer(node.address, { security, identity })
  await ours.open()
  const [socket] = (await dialled) as [Socket]
  const theirs = await new RawPeer(socket, identity, null).open()

  // The link of the smaller id is the one to stay: it asks there, and closes its own.
  await ours.frame(FrameType.joinRequest)
  const ack = encodeJoin(ours.author, { kind: 'join-ack', nonce: null }, false)
  ours.send(Buffer.concat([ack, ours.dataFrame(Buffer.from('at once'))]))
  assert.is(textOf(await within(node.network.read(), DEADLINE_MS, 'its message')), 'at once')
  assert.is(await theirs.thrownOut(), 'duplicate')
  const [peer] = await until(() => node.network.peers.length > 0 && node.network.peers, DEADLINE_MS, 'a neighbour')
  assert.equal([peer?.id, peer?.direction], [identity.id, 'accepted'])
  ours.destroy()
})

test('does not take what a guest says whom we refused', async () => {
  const entry = await startNode({ security })
  const full = await startNode({ security, join: entry.address, desiredLinks: 1, maxLinks: 1 })
  await linked(entry, full)
  const guest = await connectPeer(full.address, { security })
  await guest.open()
  guest.send(guest.joinRequest())
  await guest.frame(FrameType.joinNo)
  guest.send(guest.dataFrame(Buffer.from('all the same')))
  assert.is(await guest.thrownOut(), 'data-before-join')
})

async function listen(): Promise<{ server: Server; address: string }> {
  const server = createServer()
  servers.push(server)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return { server, address: `127.0.0.1:${(server.address() as AddressInfo).port}` }
}

function smallerThan(id: string): Identity {
  for (;;) {
    const identity = createIdentity(Date.now())
    if (identity.id < id) return identity
  }
}

test.run()
