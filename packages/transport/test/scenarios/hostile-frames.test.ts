// What a peer may do wrong byte by byte, over plain TCP: its link closes with a counted reason, and nothing else
// changes.
import { createHash } from 'node:crypto'
import { encodeFrame, encodeJoin, FRAME_FAULTS, FrameType, HEADER_BYTES, MAX_ANY_FRAME_BYTES } from '@floodnet/core'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '../../../../test/support/wait.ts'
import { type HonestStream, startHonestStream } from '../support/honest-stream.ts'
import { connectPeer, type RawPeer } from '../support/raw-peer.ts'

const SEED = 'hostile frames'
const LENGTH_OFFSET = 0
const [TYPE_OFFSET, FLAGS_OFFSET, ZERO_OFFSET] = [4, 5, 7]
const NONCE = '5a'.repeat(16)

let stream: HonestStream

test.before(async () => {
  stream = await startHonestStream({ security: 'none' })
})
test.after(() => stream.end())

interface Attack {
  readonly what: string
  /** As counted. */
  readonly reason: string
  /** As told in the event, where that says more. */
  readonly told?: string
  attack(peer: RawPeer): unknown
}

const beforeHello: Attack[] = [
  {
    what: 'speaks HTTP',
    reason: 'unknown-type',
    attack: (peer) => peer.send(Buffer.from('GET / HTTP/1.1\r\nHost: floodnet\r\n\r\n'))
  },
  { what: 'probes before HELLO', reason: 'hello-expected', attack: (peer) => peer.ping(1) },
  { what: 'sends data before HELLO', reason: 'hello-expected', attack: (peer) => peer.send(peer.dataFrame(body(10))) },
  {
    what: 'announces a HELLO of 2 GiB',
    reason: 'frame-too-large',
    attack: (peer) => peer.send(changed(peer.helloFrame(), (view) => view.setUint32(LENGTH_OFFSET, 0x7fff_ffff)))
  },
  {
    what: 'greets in another version',
    reason: 'wrong-version',
    attack: (peer) => peer.hello({ version: 2 })
  },
  {
    what: 'greets for another network',
    reason: 'wrong-network',
    attack: (peer) => peer.hello({ networkId: new Uint8Array(32).fill(7) })
  },
  { what: 'greets as a signer', reason: 'wrong-security', attack: (peer) => peer.hello({ signed: true }) },
  {
    what: 'greets with half a HELLO body',
    reason: 'malformed-frame',
    attack: (peer) =>
      peer.send(encodeFrame(FrameType.hello, peer.author, 0, peer.helloFrame().subarray(HEADER_BYTES, 90)))
  },
  {
    what: 'greets and adds a byte to the body',
    reason: 'malformed-frame',
    attack: (peer) =>
      peer.send(
        encodeFrame(FrameType.hello, peer.author, 0, Buffer.concat([peer.helloFrame().subarray(HEADER_BYTES), body(1)]))
      )
  },
  {
    what: 'hangs up in the middle of its HELLO',
    reason: 'connection-lost',
    told: 'no-hello',
    attack: (peer) => peer.send(peer.helloFrame().subarray(0, 60)).socket.end()
  }
]

const asGuest: Attack[] = [
  { what: 'greets twice', reason: 'hello-repeated', attack: (peer) => peer.hello() },
  {
    what: 'sends data before it is a neighbour',
    reason: 'data-before-join',
    attack: (peer) => peer.send(peer.dataFrame(body(10)))
  },
  {
    what: 'claims to be a neighbour that nobody asked',
    reason: 'unsolicited-ack',
    attack: (peer) => peer.send(encodeJoin(peer.author, { kind: 'join-ack', nonce: null }, false))
  },
  {
    what: 'claims a slot with an invented nonce',
    reason: 'bad-nonce',
    attack: (peer) => peer.send(encodeJoin(peer.author, { kind: 'join-ack', nonce: NONCE }, false))
  },
  malformed('PING', FrameType.ping, 2),
  malformed('PONG', FrameType.pong, 0),
  malformed('LEAVE', FrameType.leave, 0),
  malformed('JOIN_REQ', FrameType.joinRequest, 1),
  malformed('JOIN_OFFER', FrameType.joinOffer, 40),
  malformed('JOIN_ACK', FrameType.joinAck, 5),
  malformed('JOIN_NO', FrameType.joinNo, 36)
]

const asNeighbour: Attack[] = [
  broken('an unknown type', 'unknown-type', (view) => view.setUint8(TYPE_OFFSET, 200)),
  broken('type 0', 'unknown-type', (view) => view.setUint8(TYPE_OFFSET, 0)),
  broken('an unknown flag', 'unknown-flags', (view) => view.setUint8(FLAGS_OFFSET, 0x80)),
  broken('a zero byte that is none', 'unknown-flags', (view) => view.setUint8(ZERO_OFFSET, 1)),
  broken('a length under the header', 'frame-too-short', (view) => view.setUint32(LENGTH_OFFSET, 12)),
  broken('a length over the limit', 'frame-too-large', (view) => view.setUint32(LENGTH_OFFSET, MAX_ANY_FRAME_BYTES)),
  {
    what: 'hangs up in the middle of a frame',
    reason: 'connection-lost',
    attack: (peer) => peer.send(peer.dataFrame(body(1_000)).subarray(0, 500)).socket.end()
  }
]

for (const attack of beforeHello) {
  test(`refuses a stranger who ${attack.what}, and nobody else`, async () => {
    const peer = await connect()
    await expectClosed(peer, attack)
    await stream.target.event('refused', { address: peer.address, reason: attack.told ?? attack.reason, by: 'us' })
  })
}

for (const attack of asGuest) {
  test(`closes the link of a guest who ${attack.what}, and no other`, async () => {
    const peer = await (await connect()).open()
    await expectClosed(peer, attack)
    const told = (event: unknown): boolean =>
      JSON.stringify(event).includes(peer.identity.id) && JSON.stringify(event).includes(attack.reason)
    await until(() => stream.target.joins.some(told), 15_000, 'a line about the guest')
  })
}

for (const attack of asNeighbour) {
  test(`closes the link of a neighbour who ${attack.what}, and no other`, async () => {
    const peer = await (await connect()).join()
    await expectClosed(peer, attack)
    await stream.target.event('peer-down', { id: peer.identity.id, reason: attack.reason })
  })
}

test('passes over a packet within what another node may take, counts it, and reads on', async () => {
  const peer = await (await connect()).join()
  const before = (await stream.target.network.stats()).drops['frame-too-large'] ?? 0
  const heard = new Promise<void>((resolve) => {
    stream.target.network.messages$.subscribe(({ origin }) => origin === peer.identity.id && resolve())
  })
  peer.send(peer.dataFrame(new Uint8Array(2_000_000))).send(peer.dataFrame(body(10)))
  await heard
  assert.is((await stream.target.network.stats()).drops['frame-too-large'], before + 1)
  assert.not.ok(peer.closed)
  peer.destroy()
})

test('closes the link of whoever greets with our own id', async () => {
  const peer = await connect()
  peer.author.origin = Buffer.from(stream.target.network.id, 'hex')
  await expectClosed(peer, { what: 'greets as us', reason: 'self', attack: () => peer.hello() })
})

test('closes every link that brings random bytes, whatever they are', async () => {
  for (let i = 0; i < 40; i++) {
    const bytes = createHash('shake256', { outputLength: 4_096 }).update(`${SEED} ${i}`).digest()
    const before = await stream.target.network.stats()
    // Half of the peers greet first, and are listened to.
    const peer = i % 2 === 0 ? await connect() : await (await connect()).join()
    peer.send(bytes)
    const reason = await peer.thrownOut()
    assert.ok(
      FRAME_FAULTS.some((fault) => fault === reason),
      `${reason} for '${SEED} ${i}'`
    )
    assert.is(await closesOf(reason ?? ''), (before.closes[reason ?? ''] ?? 0) + 1)
  }
  await stream.flows()
})

test('drops a packet it has seen, and counts it, but keeps the link', async () => {
  const peer = await (await connect()).join()
  const frame = peer.dataFrame(body(10))
  const before = await stream.target.network.stats()
  peer.send(frame).send(frame).send(frame)
  await until(
    async () => (await stream.target.network.stats()).duplicates === before.duplicates + 2,
    15_000,
    'duplicates'
  )
  assert.not.ok(peer.closed)
  await until(
    async () => (await stream.target.network.stats()).messages.delivered > before.messages.delivered,
    15_000,
    'the packet itself'
  )
  peer.destroy()
})

const drops: { what: string; reason: string; frame(peer: RawPeer): Uint8Array }[] = [
  { what: 'a packet without a number', reason: 'stale', frame: (peer) => peer.dataFrame(body(1), { seq: 0 }) },
  { what: 'a batch that is none', reason: 'malformed-batch', frame: (peer) => peer.dataFrame(body(7), { flags: 1 }) },
  {
    what: 'a fragment that is none',
    reason: 'malformed-fragment',
    frame: (peer) => peer.dataFrame(body(9), { flags: 2 })
  }
]

for (const { what, reason, frame } of drops) {
  test(`drops ${what}, and counts it, but keeps the link`, async () => {
    const peer = await (await connect()).join()
    const before = (await stream.target.network.stats()).drops[reason] ?? 0
    peer.send(frame(peer))
    const counted = async (): Promise<boolean> => (await stream.target.network.stats()).drops[reason] === before + 1
    await until(counted, 15_000, `a drop for ${reason}`)
    assert.not.ok(peer.closed)
    peer.destroy()
  })
}

function connect(): Promise<RawPeer> {
  return connectPeer(stream.target.address, { security: 'none' })
}

async function expectClosed(peer: RawPeer, { attack, reason }: Attack): Promise<void> {
  const before = await closesOf(reason)
  attack(peer)
  const told = await peer.thrownOut()
  if (reason !== 'connection-lost') assert.is(told, reason)
  await until(async () => (await closesOf(reason)) === before + 1, 15_000, `one more link closed for ${reason}`)
  await stream.flows()
}

async function closesOf(reason: string): Promise<number> {
  return (await stream.target.network.stats()).closes[reason] ?? 0
}

function broken(what: string, reason: string, change: (view: DataView) => void): Attack {
  return {
    what: `sends a frame with ${what}`,
    reason,
    attack: (peer) => peer.send(changed(peer.dataFrame(body(10)), change))
  }
}

function malformed(name: string, type: number, bodyBytes: number): Attack {
  return {
    what: `sends a ${name} with a body of ${bodyBytes} bytes`,
    reason: 'malformed-frame',
    attack: (peer) => peer.send(encodeFrame(type, peer.author, 1, body(bodyBytes)))
  }
}

function changed(frame: Uint8Array, change: (view: DataView) => void): Uint8Array {
  change(new DataView(frame.buffer, frame.byteOffset, frame.byteLength))
  return frame
}

function body(bytes: number): Uint8Array {
  return new Uint8Array(bytes).fill(0x2a)
}

test.run()
