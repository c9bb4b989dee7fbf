// Recorded gop2p nodes against ours: each of the three recorded nodes is played by ours in turn, the others by what was
// recorded. Both ways: what it answers, and what it asks when it is told to do what the recorded node did.
import type { ServerResponse } from 'node:http'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Gop2pNode, makePeer, type Peer } from '../../src/gop2p/index.ts'
import {
  EXCHANGES,
  type Exchange,
  PROBES,
  type Probe,
  senderOf,
  statusOf,
  telling
} from '../support/gop2p-exchanges.ts'
import { rawRequest, sendRaw } from '../support/raw-http.ts'
import { type Asked, deadPort, type ScriptedPeer, startPeer } from '../support/scripted-peer.ts'

// Nobody may look after members on their own: the recorded nodes never did.
const limits = { probeMs: 3_600_000 }
const RECORDED_PORTS = [5000, 5001, 5002]

for (const [index, name] of ['A', 'B', 'C'].entries()) {
  test(`our node in the place of ${name} answers and asks as the recorded one`, async () => {
    const stage = await setStage(RECORDED_PORTS[index] ?? 0)
    try {
      for (const scene of scenes(stage.own)) await play(stage, scene)
    } finally {
      await stage.close()
    }
  })
}

// Where the original believes anything or crashes, ours refuses.
const DEVIATIONS: Record<string, { status: number; body: string }> = {
  'connect with port 0 and empty address': { status: 400, body: 'No valid Message provided\n' },
  'connect with nonsense address': { status: 400, body: 'No valid Message provided\n' },
  'members list now': { status: 200, body: '[{"port":6001,"address":"0.0.0.0"}]' },
  'connect without from': { status: 400, body: 'No valid Message provided\n' },
  'JSON null body': { status: 400, body: 'No valid Message provided\n' }
}

test('every probe of a real node gets the same status, headers and body from ours, but where the original is wrong', async () => {
  assert.is(PROBES.length, 30)
  let node = await startNode()
  try {
    for (const probe of PROBES) {
      if (probe.title === 'pre-register') {
        // The recorded node was restarted here.
        await node.stop()
        node = await startNode()
      }
      await compareProbe(probe, portOf(node))
    }
  } finally {
    await node.stop()
  }
})

test.run()

interface Stage {
  readonly own: number
  readonly node: Gop2pNode
  /** The recorded ports, and those that stand for them now. */
  readonly ports: Map<number, number>
  readonly peers: Map<number, ScriptedPeer>
  /** What the others were asked and nobody looked at yet. */
  readonly script: Map<number, Exchange[]>
  close(): Promise<void>
}

/** Exchanges that the node sent together, or one that it got. */
type Scene = { readonly kind: 'asked' | 'asks'; readonly exchanges: readonly Exchange[] }

async function setStage(own: number): Promise<Stage> {
  const script = new Map<number, Exchange[]>()
  const peers = new Map<number, ScriptedPeer>()
  const ports = new Map<number, number>()
  for (const port of RECORDED_PORTS.filter((one) => one !== own)) {
    const peer = await startPeer((asked, outgoing) => respond(script, port, ports, asked, outgoing))
    peers.set(port, peer)
    ports.set(port, peer.port)
  }
  const node = await startNode('0.0.0.0:0')
  ports.set(own, node.self.port)
  const close = async (): Promise<void> => {
    await node.stop()
    for (const peer of peers.values()) await peer.close()
  }
  return { own, node, ports, peers, script, close }
}

function respond(
  script: Map<number, Exchange[]>,
  port: number,
  ports: Map<number, number>,
  asked: Asked,
  outgoing: ServerResponse
): void {
  const exchange = script.get(port)?.find(({ request }) => translate(request.body, ports) === asked.body)
  // When the play is over the node says good-bye to everyone.
  if (exchange === undefined) return void outgoing.end()
  outgoing.statusCode = statusOf(exchange.response)
  outgoing.end(translate(exchange.response.body, ports))
}

/** What the node at `own` did and was asked, in the recorded order; requests of one act are one scene. */
function scenes(own: number): Scene[] {
  const acts: Scene[] = []
  for (const exchange of EXCHANGES) {
    const isOwn = senderOf(exchange) === own
    const last = acts.at(-1)
    const same = last?.exchanges[0]?.request.body === exchange.request.body && last?.kind === 'asks' && isOwn
    if (same && last !== undefined) acts[acts.length - 1] = { kind: 'asks', exchanges: [...last.exchanges, exchange] }
    else if (exchange.serverPort === own) acts.push({ kind: 'asked', exchanges: [exchange] })
    else if (isOwn) acts.push({ kind: 'asks', exchanges: [exchange] })
  }
  return acts
}

async function play(stage: Stage, { kind, exchanges }: Scene): Promise<void> {
  const [first] = exchanges
  if (first === undefined) return
  if (kind === 'asked') await compareAnswer(stage, first)
  else await compareRequests(stage, first, exchanges)
}

async function compareAnswer({ node, ports }: Stage, { label, request, response }: Exchange): Promise<void> {
  const body = translate(request.body, ports)
  const head = [request.startLine, ...request.headers.map((header) => translate(header, ports))]
  const lines = head.map((line) => (line.startsWith('Content-Length:') ? `Content-Length: ${body.length}` : line))
  const answer = await sendRaw(node.self.port, [...lines, 'Connection: close', '', body].join('\r\n'))
  const expected = translate(response.body, ports)
  assert.is(answer.statusLine, response.statusLine, label)
  assert.is(answer.body, expected, label)
  assert.equal(telling(answer.headers), telling(withLength(response.headers, expected)), label)
}

async function compareRequests(
  { node, ports, peers, script }: Stage,
  first: Exchange,
  all: readonly Exchange[]
): Promise<void> {
  const { label } = first
  // The recorded entry still listed a dead node.
  const dead = label.includes('dead B') ? await deadPort() : null
  if (dead !== null) ports.set(5001, dead)
  for (const [port, peer] of peers) {
    peer.asked.length = 0
    script.set(
      port,
      all.filter(({ serverPort }) => serverPort === port)
    )
  }
  await act(node, first, ports)
  for (const [port, peer] of peers) {
    const expected = all.filter(({ serverPort }) => serverPort === port)
    const bodies = expected.map(({ request }) => translate(request.body, ports))
    assert.equal(
      peer.asked.map(({ body }) => body),
      bodies,
      label
    )
    for (const asked of peer.asked) {
      assert.is(asked.startLine, 'POST / HTTP/1.1', label)
      assert.is(asked.headers.host, `0.0.0.0:${node.self.port}`, label)
      assert.is(asked.headers['content-length'], String(asked.body.length), label)
    }
  }
}

/** Has the node do what the recorded one was told. */
async function act(
  node: Gop2pNode,
  { label, request, serverPort }: Exchange,
  ports: Map<number, number>
): Promise<void> {
  const { type, data, to } = JSON.parse(request.body)
  const text = Buffer.from(data ?? '', 'base64')
  if (type === 0) await node.connect(here(ports.get(serverPort)))
  else if (type === 1) await node.disconnect()
  else if (type === 2) await node.outbox.send({ data: text })
  else await node.outbox.send({ data: text, to: to.map(({ port }: Peer) => here(ports.get(port))) })
  if (label.includes('dead B')) assert.equal(node.members, [here(ports.get(5000))], 'the dead one does not matter')
}

async function compareProbe({ title, request, response }: Probe, port: number): Promise<void> {
  const answer = await sendRaw(port, rawRequest(request.method, request.path, request.host, request.body))
  const ours = DEVIATIONS[title]
  // What crashed the original leaves it without an answer; then the next probe finds it as ours is.
  const crashed = response.statusLine === ''
  const status = ours?.status ?? (crashed ? 200 : statusOf(response))
  const body = ours?.body ?? (crashed ? '[]' : response.body)
  assert.is(statusOf(answer), status, title)
  assert.is(answer.body, body, title)
  if (ours === undefined && !crashed) assert.equal(telling(answer.headers), telling(response.headers), title)
}

async function startNode(self = '0.0.0.0:5000'): Promise<Gop2pNode> {
  const node = new Gop2pNode({ self, listen: '127.0.0.1:0', limits })
  assert.is(await node.start(), null)
  return node
}

function portOf(node: Gop2pNode): number {
  return node.boundPort ?? 0
}

function here(port = 0): Peer {
  const peer = makePeer('0.0.0.0', port)
  if (peer === null) throw new Error(`port ${port}`)
  return peer
}

function translate(text: string, ports: Map<number, number>): string {
  return text.replace(/\b500[012]\b/g, (port) => String(ports.get(Number(port)) ?? port))
}

function withLength(headers: readonly string[], body: string): string[] {
  return headers.map((header) => (header.startsWith('Content-Length:') ? `Content-Length: ${body.length}` : header))
}
