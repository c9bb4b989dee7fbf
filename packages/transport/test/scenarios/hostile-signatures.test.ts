// What a peer may do wrong in a network that signs, over TLS: forged, unsigned and replayed packets, and false names.
import { encodeFrame, encodeStem, FrameType } from '@floodnet/core'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '../../../../test/support/wait.ts'
import { createIdentity } from '../../src/identity/identity.ts'
import { type HonestStream, startHonestStream } from '../support/honest-stream.ts'
import { connectPeer, type RawPeer } from '../support/raw-peer.ts'

/** The neutral element of the curve, encoded: as a key, it verifies `NEUTRAL_SIGNATURE` for any message. */
const NEUTRAL_POINT = Uint8Array.of(1, ...new Uint8Array(31))
const NEUTRAL_SIGNATURE = Uint8Array.of(...NEUTRAL_POINT, ...new Uint8Array(32))

let stream: HonestStream

test.before(async () => {
  stream = await startHonestStream()
})
test.after(() => stream.end())

test('takes the packets of a peer that speaks the protocol by hand', async () => {
  const peer = await (await connect()).join()
  const before = (await stream.target.network.stats()).messages.delivered
  const { origin } = await new Promise<{ origin: string }>((resolve) => {
    stream.target.network.messages$.subscribe((message) => message.origin === peer.identity.id && resolve(message))
    peer.send(peer.dataFrame(Buffer.from('hello')))
  })
  assert.is(origin, peer.identity.id)
  assert.ok((await stream.target.network.stats()).messages.delivered > before)
  peer.destroy()
})

test('closes the link of a neighbour who sends an unsigned packet, and no other', async () => {
  const peer = await (await connect()).join()
  await expectClosed(peer, 'unsigned-frame', () => peer.send(peer.dataFrame(body(), { sign: false })))
  await stream.target.event('peer-down', { id: peer.identity.id, reason: 'unsigned-frame' })
})

test('closes the link of a neighbour who changes a byte of a signed packet, and no other', async () => {
  const peer = await (await connect()).join()
  const frame = peer.dataFrame(body())
  frame[50] = (frame[50] ?? 0) ^ 1
  await expectClosed(peer, 'bad-signature', () => peer.send(frame))
  await stream.target.event('peer-down', { id: peer.identity.id, reason: 'bad-signature' })
})

test('a forged packet does not keep the true one with its number from being taken', async () => {
  const [author, forger] = [await (await connect()).join(), await (await connect()).join()]
  const genuine = author.dataFrame(Buffer.from('genuine'))
  const forged = Uint8Array.from(genuine)
  forged[50] = (forged[50] ?? 0) ^ 1
  await expectClosed(forger, 'bad-signature', () => forger.send(forged))
  const before = (await stream.target.network.stats()).drops
  const taken = new Promise<void>((resolve) => {
    stream.target.network.messages$.subscribe(({ origin }) => origin === author.identity.id && resolve())
  })
  author.send(genuine)
  await taken
  assert.equal((await stream.target.network.stats()).drops, before)
  author.destroy()
})

test('closes the link of a neighbour who sends what an author wrote whose key anybody can sign for', async () => {
  const peer = await (await connect()).join()
  peer.author.origin = NEUTRAL_POINT
  await expectClosed(peer, 'weak-key', () => peer.send(signedByAnybody(peer.dataFrame(body()))))
  await stream.target.event('peer-down', { id: peer.identity.id, reason: 'weak-key' })
})

test('drops a packet whose signature verifiers judge differently, and counts it, and the link stays', async () => {
  const peer = await (await connect()).join()
  const before = (await stream.target.network.stats()).drops['weak-signature'] ?? 0
  for (const frame of [signedByAnybody(peer.dataFrame(body())), encodeStem(signedByAnybody(peer.dataFrame(body())))])
    peer.send(frame)
  const counted = async () => (await stream.target.network.stats()).drops['weak-signature'] === before + 2
  await until(counted, 15_000, 'both are counted')
  assert.not.ok(peer.closed)
  peer.destroy()
})

test('closes the link of a neighbour that carries a join request which anybody can have signed', async () => {
  const peer = await (await connect()).join()
  peer.author.origin = NEUTRAL_POINT
  await expectClosed(peer, 'weak-key', () => peer.send(signedByAnybody(peer.joinRequest())))
})

test('a packet of another author, replayed by a neighbour, is a counted duplicate and the link stays', async () => {
  const [author, other] = [await (await connect()).join(), await (await connect()).join()]
  const frame = author.dataFrame(body())
  const before = (await stream.target.network.stats()).duplicates
  author.send(frame)
  // Its author's own copy first: what comes second is the replay.
  await until(async () => (await stream.target.network.stats()).origins > 2, 15_000, 'the author is known')
  other.send(frame)
  await until(async () => (await stream.target.network.stats()).duplicates > before, 15_000, 'a duplicate')
  assert.not.ok(other.closed)
  author.destroy()
  other.destroy()
})

test('closes the link of a guest whose join request is not signed, and no other', async () => {
  const peer = await (await connect()).open()
  await expectClosed(peer, 'bad-signature', () => peer.send(peer.joinRequest({ sign: false })))
})

test('closes the link of a guest whose join request was changed on the way, and no other', async () => {
  const peer = await (await connect()).open()
  const frame = peer.joinRequest()
  frame[44] = (frame[44] ?? 0) ^ 1
  await expectClosed(peer, 'bad-signature', () => peer.send(frame))
})

test('refuses a stranger whose HELLO names another key than its certificate', async () => {
  const peer = await connect()
  peer.author.origin = createIdentity(Date.now()).publicKey
  await expectClosed(peer, 'wrong-identity', () => peer.hello())
  assert.ok(stream.target.all('refused').some(({ reason, by }) => reason === 'wrong-identity' && by === 'us'))
})

test('refuses a stranger who wants no signatures', async () => {
  const peer = await connect()
  await expectClosed(peer, 'wrong-security', () => peer.hello({ signed: false }))
})

test('a probe is echoed over TLS as well', async () => {
  const peer = await (await connect()).open()
  peer.ping(7)
  const echo = await peer.frame(FrameType.pong)
  assert.is(echo.readUInt32BE(44), 7)
  assert.is(echo.length, encodeFrame(FrameType.pong, peer.author, 7, new Uint8Array(1)).length)
  peer.destroy()
})

function connect(): Promise<RawPeer> {
  return connectPeer(stream.target.address, { security: 'tls' })
}

async function expectClosed(peer: RawPeer, reason: string, attack: () => unknown): Promise<void> {
  const closes = async (): Promise<number> => (await stream.target.network.stats()).closes[reason] ?? 0
  const before = await closes()
  attack()
  assert.is(await peer.thrownOut(), reason)
  await until(async () => (await closes()) === before + 1, 15_000, `one more link closed for ${reason}`)
  await stream.flows()
}

/** The signature is good as far as the OpenSSL of Node 20 and 22 can tell. */
function signedByAnybody(frame: Uint8Array): Uint8Array {
  frame.set(NEUTRAL_SIGNATURE, frame.length - NEUTRAL_SIGNATURE.length)
  return frame
}

function body(): Uint8Array {
  return new Uint8Array(100).fill(0x2a)
}

test.run()
