// What costs a stranger little and a node much: how much work it causes at most, counted.
import { encodeJoin, encodeLeave, FrameType } from '@floodnet/core'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '../../../../test/support/wait.ts'
import { createIdentity } from '../../src/identity/identity.ts'
import { type HonestStream, startHonestStream } from '../support/honest-stream.ts'
import { connectPeer, type RawPeer } from '../support/raw-peer.ts'

const DEADLINE_MS = 15_000

let stream: HonestStream

test.before(async () => {
  stream = await startHonestStream()
})
test.after(() => stream.end())

test('probes beyond a rate are not answered, and counted', async () => {
  const peer = await (await connect()).open()
  const before = await dropped('control-rate')
  for (let probe = 1; probe <= 3_000; probe++) peer.ping(probe)
  await until(async () => (await dropped('control-rate')) - before >= 2_000, DEADLINE_MS, 'most are refused')
  const answers = () => peer.frames.filter((frame) => frame[4] === FrameType.pong).length
  // They are on their way to us while the victim has counted the refused ones already.
  await until(() => answers() >= 100, DEADLINE_MS, 'the answers within the rate')
  assert.ok(answers() <= 1_000, `${answers()} answers`)
  assert.not.ok(peer.closed)
  peer.destroy()
  await stream.flows()
})

test('what a guest brings of others is not even verified: a recorded request costs nothing', async () => {
  const peer = await (await connect()).open()
  const before = await dropped('control-rate')
  for (let i = 0; i < 20; i++) peer.send(requestOfAnother())
  await until(async () => (await dropped('control-rate')) - before >= 20, DEADLINE_MS, 'all are dropped')
  // Verified, the wrong signature would have closed the link.
  assert.not.ok(peer.closed)
  peer.destroy()
})

test('a guest may ask a few times, and no more', async () => {
  const peer = await (await connect()).open()
  const before = (await stream.target.network.stats()).joins['rate-limited'] ?? 0
  const refused = await dropped('control-rate')
  for (let i = 0; i < 300; i++) peer.send(joinRequest(peer, i + 1))
  await until(async () => (await dropped('control-rate')) - refused >= 200, DEADLINE_MS, 'most are refused')
  assert.is((await stream.target.network.stats()).joins['rate-limited'] ?? 0, before)
  peer.destroy()
})

test('a peer that said goodbye is not listened to, though it was a neighbour', async () => {
  const peer = await (await connect()).join()
  let heard = 0
  const subscription = stream.target.network.messages$.subscribe(({ origin }) => {
    if (origin === peer.identity.id) heard++
  })
  peer.send(peer.dataFrame(Buffer.from('before')))
  await until(() => heard === 1, DEADLINE_MS, 'what came before is heard')
  peer.send(encodeLeave(peer.author, 'leaving'))
  for (let i = 0; i < 100; i++) peer.send(peer.dataFrame(Buffer.from('after')))
  await stream.target.event('peer-down', { id: peer.identity.id, reason: 'leaving' })
  await stream.flows()
  assert.is(heard, 1)
  subscription.unsubscribe()
  peer.destroy()
})

test('links that said goodbye are counted, and no more than 64 guests among them have a socket', async () => {
  const peers: RawPeer[] = []
  for (let i = 0; i < 90; i++) {
    const peer = await (await connect()).open()
    peer.send(encodeLeave(peer.author, 'leaving'))
    peers.push(peer)
    assert.ok((await stream.target.network.stats()).links.closing <= 65)
  }
  for (const peer of peers) peer.ping(1)
  const gone = async () => (await stream.target.network.stats()).links.closing === 0
  await until(gone, DEADLINE_MS, 'none is kept, whatever it still sends')
  for (const peer of peers) peer.destroy()
  await stream.flows()
})

function connect(): Promise<RawPeer> {
  return connectPeer(stream.target.address, { security: 'tls' })
}

async function dropped(reason: string): Promise<number> {
  return (await stream.target.network.stats()).drops[reason] ?? 0
}

function joinRequest(peer: RawPeer, request: number): Uint8Array {
  const packet = { kind: 'join-request', origin: peer.identity.id, request, hops: 0, degree: 9, address: null } as const
  return encodeJoin(peer.author, packet, true)
}

function requestOfAnother(): Uint8Array {
  const { id: origin, publicKey } = createIdentity(Date.now())
  const packet = { kind: 'join-request', origin, request: 1, hops: 5, degree: 3, address: '10.1.2.3:4' } as const
  return encodeJoin({ origin: publicKey, incarnation: 1_790_000_000 }, packet, true)
}

test.run()
