// time-limit: 400 s
// runs: alone
// One stranger with 32 connections does whatever costs a mesh of eight most, one thing after the other: what honest
// nodes say comes once, a newcomer gets in, and nothing remains. Counts and delivery are held, not times.
//   FLOODNET_ATTACK_S=120 node scripts/test.mjs hostile-summary
// lasts for so many seconds, at 1 MiB/s, and prints what it cost.
import { setTimeout as pause } from 'node:timers/promises'
import { encodeJoin, encodeLeave, encodeStem, Flag } from '@floodnet/core'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '../../../../test/support/wait.ts'
import { createIdentity } from '../../src/identity/identity.ts'
import { closeNodes, type LocalNode, startNode, textOf } from '../support/named-node.ts'
import { connectPeer, connectSocket, type RawPeer } from '../support/raw-peer.ts'

const NODES = 8
const CONNECTIONS = 32
const LINES_A_TURN = 20
/** Of the whole attack; 0: as long as the lines take. */
const ATTACK_S = Number(process.env.FLOODNET_ATTACK_S ?? 0)
const BYTES_PER_SECOND = 1_048_576
const DEADLINE_MS = 30_000

type Turn = (peer: RawPeer, round: number) => void

const recorded = requestOfAnother()
const turns: Record<string, Turn> = {
  'probes without end': (peer) => repeat(200, () => peer.ping(1)),
  'one recorded request again and again': (peer) => repeat(200, () => peer.send(recorded)),
  'requests under new numbers': (peer, round) => repeat(50, (i) => peer.send(ownRequest(peer, 1_000 * round + i))),
  'last fragments of a byte': (peer, round) =>
    repeat(2, (i) =>
      peer.send(peer.dataFrame(fragment(1, 2), { flags: Flag.fragment, seq: 3 * (40 * round + i) + 2 }))
    ),
  'thousands of empty messages': (peer) =>
    repeat(1, () => peer.send(peer.dataFrame(new Uint8Array(4 * 1_000), { flags: Flag.batch }))),
  'stems that go nowhere': (peer) => repeat(2, () => peer.send(encodeStem(peer.dataFrame(Buffer.from('stem'))))),
  'goodbyes that are none': (peer) => {
    peer.send(encodeLeave(peer.author, 'leaving'))
    repeat(50, () => peer.ping(2))
  }
}

test.after(() => closeNodes())

test('a mesh of eight bears one stranger with 32 connections: every line comes once, a newcomer joins, nothing remains', async () => {
  const nodes = await mesh()
  const heard = nodes.map((node) => listen(node))
  let said = 0
  const say = async (times: number, everyMs: number): Promise<void> => {
    for (let i = 0; i < times; i++) {
      await nodes[said % NODES]?.network.write(`line ${said++} ${performance.now()}`)
      await pause(everyMs)
    }
  }
  const turnMs = (ATTACK_S * 1_000) / Object.keys(turns).length
  await say(LINES_A_TURN, turnMs === 0 ? 0 : 50)
  await until(() => heard.every((lines) => lines.size >= said - share(said)), DEADLINE_MS, 'all lines, in quiet')
  tell('quiet')
  for (const [name, turn] of Object.entries(turns)) {
    const attack = await startAttack(nodes, turn)
    await say(Math.max(LINES_A_TURN, turnMs / 200), turnMs === 0 ? 20 : 200)
    await until(
      () => heard.every((lines) => lines.size >= said - share(said)),
      DEADLINE_MS,
      `all lines, under: ${name}`
    )
    attack.end()
    tell(`${name}, ${(attack.bytes() / 1_048_576).toFixed(1)} MiB`)
  }
  for (const lines of heard) assert.ok([...lines.values()].every((times) => times === 1))
  const beganMs = performance.now()
  const newcomer = await startNode({ join: nodes[0]?.address ?? '' })
  await newcomer.event('peer-up')
  if (ATTACK_S > 0) console.log(`a newcomer has a neighbour after ${Math.round(performance.now() - beganMs)} ms`)
  await until(async () => (await remains(nodes)) === 0, DEADLINE_MS, 'no stranger and no closing link remains')
})

/** Lines that a node does not hear: its own. */
function share(said: number): number {
  return Math.ceil(said / NODES)
}

async function mesh(): Promise<LocalNode[]> {
  const nodes = [await startNode()]
  while (nodes.length < NODES) nodes.push(await startNode({ join: nodes[0]?.address ?? '' }))
  await until(() => nodes.every(({ network }) => network.peers.length >= 3), DEADLINE_MS, 'a mesh')
  return nodes
}

/** On their way to all nodes, in ms, since it was last told. */
let delays: number[] = []

function tell(what: string): void {
  const [p50, rss] = [delays.sort((a, b) => a - b)[delays.length >> 1] ?? 0, process.memoryUsage.rss()]
  if (ATTACK_S > 0)
    console.log(`${what}: p50 ${p50.toFixed(1)} ms of ${delays.length}, all nodes ${Math.round(rss / 1_048_576)} MiB`)
  delays = []
}

function listen(node: LocalNode): Map<string, number> {
  const lines = new Map<string, number>()
  node.network.messages$.subscribe((message) => {
    const text = textOf(message)
    if (!text.startsWith('line ')) return
    lines.set(text, (lines.get(text) ?? 0) + 1)
    delays.push(performance.now() - Number(text.split(' ')[2]))
  })
  return lines
}

/** A quarter of the connections say nothing; the others are guests or, as far as they are let in, neighbours. */
async function startAttack(nodes: readonly LocalNode[], turn: Turn): Promise<{ end(): void; bytes(): number }> {
  const ends: (() => void)[] = []
  const living: RawPeer[] = []
  for (let i = 0; i < CONNECTIONS; i++) {
    const address = nodes[i % NODES]?.address ?? ''
    if (i % 4 === 0) {
      const silent = await connectSocket(address)
      ends.push(() => silent.on('error', () => undefined).destroy())
      continue
    }
    const peer = await connectPeer(address, { security: 'tls' }).catch(() => null)
    if (peer === null) continue
    ends.push(() => peer.destroy())
    peer.hello()
    living.push(peer)
    if (i % 2 === 1) peer.send(ownRequest(peer, 1))
  }
  assert.ok(living.length >= CONNECTIONS / 2, `${living.length} connections`)
  let round = 0
  const bytes = (): number => living.reduce((sum, peer) => sum + peer.bytesSent, 0)
  const isOver = (): boolean => ATTACK_S > 0 && bytes() >= ((round + 1) * BYTES_PER_SECOND) / 10
  // Each peer once; on request as often as the attacker's bytes allow.
  const timer = setInterval(() => {
    let passes = 0
    do for (const peer of living) if (!peer.closed) turn(peer, 1_000 * passes + round)
    while (ATTACK_S > 0 && !isOver() && passes++ < 20)
    round++
  }, 100)
  return {
    bytes,
    end: () => {
      clearInterval(timer)
      for (const end of ends) end()
    }
  }
}

async function remains(nodes: readonly LocalNode[]): Promise<number> {
  const honest = new Set(nodes.map(({ network }) => network.id))
  let rest = 0
  for (const { network } of nodes) {
    const { links, peers } = await network.stats()
    rest += links.closing + peers.filter(({ id }) => !honest.has(id)).length
  }
  // The newcomer is a neighbour of some.
  return Math.max(0, rest - NODES)
}

function repeat(count: number, action: (i: number) => unknown): void {
  for (let i = 0; i < count; i++) action(i)
}

function ownRequest(peer: RawPeer, request: number): Uint8Array {
  return peer.joinRequest({ request })
}

function requestOfAnother(): Uint8Array {
  const { id: origin, publicKey } = createIdentity(Date.now())
  const packet = { kind: 'join-request', origin, request: 1, hops: 5, degree: 3, address: '10.1.2.3:4' } as const
  return encodeJoin({ origin: publicKey, incarnation: 1_790_000_000 }, packet, true)
}

function fragment(index: number, count: number): Uint8Array {
  const body = new Uint8Array(9)
  new DataView(body.buffer).setUint32(0, index)
  new DataView(body.buffer).setUint32(4, count)
  return body
}

test.run()
