// Two that dial each other at once end up with one link, and what is said on it from the first moment arrives.
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { encodeJoin, FrameType } from '@floodnet/core'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until, within } from '../../../test/support/wait.ts'
import { createIdentity, type Identity } from '../src/identity.ts'
import { closeNodes, startNode, textOf } from './support/named-node.ts'
import { connectPeer, RawPeer } from './support/raw-peer.ts'

const security = 'none'
const DEADLINE_MS = 15_000
const servers: Server[] = []
const test = suite('crossed dials')

test.after.each(async () => {
  await closeNodes()
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve))
})

test('takes what a peer says right after its ack on a link that the peer dialled and we asked on', async () => {
  const { server, address } = await listen()
  const dialled = once(server, 'connection')
  const node = await startNode({ security, join: address })
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
