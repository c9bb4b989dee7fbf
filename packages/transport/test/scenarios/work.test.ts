// Proof of work between real nodes: what is written arrives with it, what comes without is refused, and nobody waits
// for it.
import { readFileSync } from 'node:fs'
import { encodeFrame, Flag, FrameType } from '@floodnet/core'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until, within } from '../../../../test/support/wait.ts'
import { FrameCrypto, networkIdOf } from '../../src/identity/frame-crypto.ts'
import { ProofOfWork } from '../../src/worker/work/proof-of-work.ts'
import { closeNodes, type LocalNode, linked, startNode, textOf } from '../support/named-node.ts'
import { NETWORK_NAME } from '../support/network-name.ts'
import { connectPeer, type RawPeer } from '../support/raw-peer.ts'

const DEADLINE_MS = 15_000
const BITS = 4
const test = suite('work')

test.after.each(closeNodes)

async function startPair(workBits: number): Promise<[LocalNode, LocalNode]> {
  const a = await startNode({ workBits })
  const b = await startNode({ workBits, join: a.address })
  await linked(a, b)
  return [a, b]
}

async function readText({ network }: LocalNode): Promise<string> {
  return textOf(await network.read({ signal: AbortSignal.timeout(DEADLINE_MS) }))
}

async function connect(node: LocalNode, workBits: number): Promise<RawPeer> {
  const peer = await connectPeer(node.address, { security: 'tls' })
  peer.workBits = workBits
  return peer
}

/** A signed packet with room for a nonce, which is filled in by `work`. */
function packetOf(peer: RawPeer, text: string, work: (frame: Uint8Array) => void): Uint8Array {
  const bare = encodeFrame(FrameType.data, peer.author, 1, Buffer.from(text), { signed: true })
  const frame = Buffer.concat([bare.subarray(0, -64), new Uint8Array(8 + 64)])
  frame.writeUInt32BE(frame.length - 4)
  frame[5] = Flag.signed | Flag.work
  work(frame)
  new FrameCrypto(networkIdOf(NETWORK_NAME), peer.identity.privateKeyPem).sign(frame, 0, frame.length)
  return frame
}

test('the vector of docs/PROTOCOL.md is solved as it stands there, and nothing of it may change but hops', () => {
  const vectors = JSON.parse(readFileSync('packages/core/test/vectors/frames.json', 'utf8')) as {
    frames: { frame: Record<string, string> }[]
  }
  const parts = vectors.frames.find(({ frame }) => frame.nonce !== undefined)?.frame ?? {}
  const frame = Buffer.from(Object.values(parts).join(''), 'hex')
  const work = new ProofOfWork(networkIdOf('vectors'), 6)
  const solved = Buffer.from(frame).fill(0, frame.length - 72, frame.length - 64)
  work.solve(solved, 0, solved.length)
  assert.is(solved.toString('hex'), frame.toString('hex'))
  // A byte that changes is as good as another try, and one in 448 of them will do: these do not.
  for (const [offset, done] of [
    [6, true],
    [8, false],
    [47, false],
    [48, false],
    [frame.length - 65, false]
  ] as const) {
    const changed = Buffer.from(frame)
    changed[offset] = (changed[offset] ?? 0) ^ 1
    assert.is(work.isDone(changed, 0, changed.length), done, `byte ${offset}`)
  }
  assert.is(new ProofOfWork(networkIdOf('others'), 6).isDone(frame, 0, frame.length), false)
})

test('the tries that a packet takes are those that its length and the bits ask for', () => {
  const bodyBytes = 30
  let nonces = 0
  const rounds = 200
  for (let i = 0; i < rounds; i++) {
    const author = { origin: new Uint8Array(32).fill(i), incarnation: 1 }
    const frame = encodeFrame(FrameType.data, author, 1, new Uint8Array(bodyBytes + 8))
    frame[5] = Flag.work
    new ProofOfWork(networkIdOf('tries'), 2).solve(frame, 0, frame.length)
    nonces += Buffer.from(frame).readUInt32BE(frame.length - 4) + 1
  }
  const expected = 2 ** 2 * (bodyBytes + 2)
  // The mean of 200 draws of a geometric distribution is within four deviations of 7 %.
  assert.ok(Math.abs(nonces / rounds - expected) < 0.28 * expected, `${nonces / rounds} for ${expected}`)
})

test('messages of every kind arrive over a relay in a network with work', async () => {
  // With more bits, 70 kB are a million tries, and now and then several times that.
  const workBits = 1
  const [a, relay] = await startPair(workBits)
  const c = await startNode({ workBits, join: relay.address, desiredLinks: 1, maxLinks: 1 })
  await linked(relay, c)
  const large = new Uint8Array(70_000).fill(0x61)
  await Promise.all(['one', 'two', 'three'].map((text) => a.network.write(text)))
  await a.network.write(large)
  await a.network.write('psst', { oneTime: true })
  const texts = []
  for (let i = 0; i < 5; i++) texts.push(await readText(c))
  assert.equal(texts.slice(0, 3), ['one', 'two', 'three'])
  assert.equal(
    texts
      .slice(3)
      .map((text) => text.length)
      .sort(),
    [4, 70_000].sort()
  )
  await a.network.flush()
})

test('nodes that ask for other work refuse each other, and both are told why', async () => {
  const a = await startNode({ workBits: BITS })
  const b = await startNode({ workBits: BITS + 1, join: a.address })
  const none = await startNode({ join: a.address })
  await a.event('refused', { reason: 'wrong-work', by: 'us' })
  await b.event('refused', { reason: 'wrong-work' })
  await none.event('refused', { reason: 'wrong-work' })
  assert.equal(
    [a, b, none].map(({ network }) => network.peers.length),
    [0, 0, 0]
  )
})

test('a packet with its work is taken from a peer made by hand', async () => {
  const target = await startNode({ workBits: BITS })
  const peer = await (await connect(target, BITS)).join()
  const work = new ProofOfWork(networkIdOf(NETWORK_NAME), BITS)
  peer.send(packetOf(peer, 'worked', (frame) => work.solve(frame, 0, frame.length)))
  assert.is(await readText(target), 'worked')
  peer.destroy()
})

const cheats: [string, (peer: RawPeer) => Uint8Array][] = [
  ['without a nonce', (peer) => peer.dataFrame(Buffer.from('lazy'))],
  ['with a nonce that is not worth the work', (peer) => packetOf(peer, 'lazy', lazyNonce)],
  [
    'whose work was done for fewer bits',
    (peer) =>
      packetOf(peer, 'lazy', (frame) => new ProofOfWork(networkIdOf(NETWORK_NAME), 0).solve(frame, 0, frame.length))
  ],
  [
    'whose work was done in another network',
    (peer) =>
      packetOf(peer, 'lazy', (frame) => new ProofOfWork(networkIdOf('other'), BITS).solve(frame, 0, frame.length))
  ]
]

for (const [what, frame] of cheats) {
  test(`closes the link of a neighbour that brings a packet ${what}, unread and counted`, async () => {
    // So many bits that no accident helps.
    const target = await startNode({ workBits: 20 })
    const peer = await (await connect(target, 20)).join()
    peer.send(frame(peer))
    assert.is(await peer.thrownOut(), 'bad-work')
    await until(async () => (await target.network.stats()).closes['bad-work'] === 1, DEADLINE_MS, 'it is counted')
    assert.is((await target.network.stats()).messages.delivered, 0)
  })
}

test('a nonce where no work is asked for closes the link', async () => {
  const target = await startNode()
  const peer = await (await connect(target, 0)).join()
  peer.send(packetOf(peer, 'eager', () => {}))
  assert.is(await peer.thrownOut(), 'bad-work')
})

test("the program's thread goes on while its message is worked for, and flush waits for the work", async () => {
  const [a, b] = await startPair(10)
  let turns = 0
  let worked = false
  const turn = (): void => {
    turns++
    if (!worked) setImmediate(turn)
  }
  await a.network.write(new Uint8Array(300))
  turn()
  await a.network.flush()
  worked = true
  assert.ok((await a.network.stats()).packets.out >= 1)
  assert.ok(turns > 100, `${turns} turns in some 300,000 hashes`)
  assert.is((await b.network.read()).payload.length, 300)
})

test('a network that is closed in the midst of its work ends, whatever is left', async () => {
  const [a] = await startPair(24)
  await a.network.write('this takes minutes')
  await within(a.network.close(), 30_000, 'the end')
})

test('bits that nobody could work for are refused', async () => {
  for (const workBits of [-1, 25, 1.5]) {
    const error = await startNode({ workBits }).then(
      () => null,
      (reason) => reason
    )
    assert.equal([error?.code, error?.subject], ['ERR_FLOODNET_OPTION', 'workBits'])
  }
})

function lazyNonce(frame: Uint8Array): void {
  frame.fill(0, frame.length - 72, frame.length - 64)
}

test.run()
