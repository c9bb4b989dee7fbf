// The real node over a network that fails in silence: several hosts, and a cut between them that no RST tells of.
import * as assert from 'uvu/assert'
import { cutHalves, type Host, joinHalves, makeHosts, pullCable } from '../../../../test/support/hosts.ts'
import { until } from '../../../../test/support/wait.ts'
import { hostSuite } from '../support/host-suite.ts'
import { everybodyHearsEverybody } from '../support/process-network.ts'
import { type PlainOptions, type ProcessNode, startProcess } from '../support/process-node.ts'

/** As many as there are others: everybody is to know everybody before the cut, also those of its own half. */
const DESIRED_LINKS = 5
/** Everything is noticed sooner than by default, so that the test is not long. */
const QUICK = { pingMs: 400, deadMs: 4_000, dialTimeoutMs: 1_000, retryMinMs: 200, retryMaxMs: 1_000 }
const FORM_MS = 30_000
/** The promise for two healed halves. */
const MERGE_MS = 60_000
const POLL_MS = 200
const { test, onHosts } = hostSuite('network cut')

onHosts('a network cut in halves becomes two networks, and one again when it heals', async () => {
  const nodes = await startOn(makeHosts(3, 3))
  await until(() => allLinked(nodes), FORM_MS, 'everybody knows everybody', POLL_MS)
  await everybodyHearsEverybody(nodes, 3, 'before')
  cutHalves()
  const halves = [nodes.slice(0, 3), nodes.slice(3)]
  const isCut = async () => sizesOf(await peersOf(nodes)).length === 2
  await until(isCut, FORM_MS, 'two networks', POLL_MS)
  for (const half of halves) await everybodyHearsEverybody(half, 3, 'apart')
  joinHalves()
  await until(() => isOne(nodes), MERGE_MS, 'one network again', POLL_MS)
  await everybodyHearsEverybody(nodes, 3, 'after')
})

onHosts('a node whose cable is pulled is closed as dead by all its neighbours, and they stay one network', async () => {
  const hosts = makeHosts(4, 0)
  const nodes = await startOn(hosts)
  await until(async () => (await linksTo(nodes, nodes[3])).length === 3, FORM_MS, 'everybody knows it', POLL_MS)
  pullCable(hosts[3] as Host)
  await until(async () => (await linksTo(nodes, nodes[3])).length === 0, FORM_MS, 'nobody knows it', POLL_MS)
  const [first] = nodes
  const ends = (await first?.events())?.filter(({ name }) => name === 'peer-down').map(({ details }) => details)
  assert.equal(
    ends?.map((end) => 'reason' in end && 'id' in end && [end.id, end.reason]),
    [[nodes[3]?.id, 'dead']]
  )
  await everybodyHearsEverybody(nodes.slice(0, 3), 3, 'without it')
})

test('networks are counted by who can reach whom', () => {
  const peers = { a: ['b'], b: ['a', 'c'], c: ['b'], d: [], e: ['f', 'gone'], f: ['e'] }
  assert.equal(sizesOf(new Map(Object.entries(peers))), [3, 1, 2])
})

/** One node on each host; all but the first join the first. */
async function startOn(hosts: readonly Host[], options: PlainOptions = {}): Promise<ProcessNode[]> {
  const nodes = await Promise.all(hosts.map(({ name }) => startProcess(name)))
  for (const [i, node] of nodes.entries()) {
    const join = i === 0 ? {} : { join: nodes[0]?.address ?? '' }
    await node.start({
      listen: `${hosts[i]?.address}:0`,
      desiredLinks: DESIRED_LINKS,
      limits: QUICK,
      ...join,
      ...options
    })
  }
  return nodes
}

/** Each node's neighbours. */
async function peersOf(nodes: readonly ProcessNode[]): Promise<Map<string, readonly string[]>> {
  const lists = await Promise.all(nodes.map((node) => node.peers()))
  return new Map(nodes.map(({ id }, i) => [id, (lists[i] ?? []).map((peer) => peer.id)]))
}

async function allLinked(nodes: readonly ProcessNode[]): Promise<boolean> {
  const lists = [...(await peersOf(nodes)).values()]
  return lists.every((ids) => ids.length === nodes.length - 1)
}

/** Whether the nodes are one network by the links that both ends have: what is written then reaches everyone. */
async function isOne(nodes: readonly ProcessNode[]): Promise<boolean> {
  const peers = await peersOf(nodes)
  const mutual = [...peers].map(([id, ids]) => [id, ids.filter((other) => peers.get(other)?.includes(id))] as const)
  return sizesOf(new Map(mutual)).length === 1
}

/** The sizes of the networks that the nodes are in, each neighbour taken at its word. `peers` is used up. */
function sizesOf(peers: Map<string, readonly string[]>): number[] {
  const sizes: number[] = []
  for (let [first] = peers.keys(); first !== undefined; [first] = peers.keys()) {
    const stack = [first]
    let size = 0
    for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
      if (!peers.has(id)) continue
      size++
      stack.push(...(peers.get(id) ?? []))
      peers.delete(id)
    }
    sizes.push(size)
  }
  return sizes
}

async function linksTo(nodes: readonly ProcessNode[], target: ProcessNode | undefined): Promise<ProcessNode[]> {
  const others = nodes.filter((node) => node !== target)
  const lists = await Promise.all(others.map((node) => node.peers()))
  return others.filter((_, i) => lists[i]?.some(({ id }) => id === target?.id))
}

test.run()
