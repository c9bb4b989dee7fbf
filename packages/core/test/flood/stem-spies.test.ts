// How often spies among the nodes name the author of a message: the first of them to get it names the node it came
// from. The network is a grown one of the simulator, the stems are the node's own. docs/SIMULATION.md shows the figures
// and how to print them.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { StemPhase } from '../../src/flood/stem-phase.ts'
import { EventQueue } from '../../src/sim/event-queue.ts'
import { createSim, type Graph, graphOf, growNetwork } from '../../src/sim/index.ts'
import { below, createRandom, pairwise, type Random } from '../../src/sim/random.ts'
import { HEADER_BYTES } from '../../src/wire/layout.ts'
import { seededTest, seedOr } from '../support/replay.ts'

const seed = seedOr(1)
const nodes = 1_000
const messages = 2_000
/** More than the longest epoch: every message takes other ways. */
const betweenMessagesMs = 1_000_000

interface Hop {
  readonly to: number
  readonly from: number
}

function grownGraph(): Graph {
  const sim = createSim({ seed })
  growNetwork(sim, { nodes, batch: 100, everyMs: 1_000, settleMs: 30_000 })
  return graphOf(sim)
}

function peersOf({ starts, edges }: Graph, node: number): number[] {
  return [...edges.subarray(starts[node], starts[node + 1])]
}

/** The first arrival at a spy when `author` floods, over paths with the simulator's delays. */
function floodToSpy(graph: Graph, author: number, spies: ReadonlySet<number>): Hop {
  const [queue, seen] = [new EventQueue(), new Set<number>()]
  queue.add(0, 0, author, author, null)
  while (queue.size > 0) {
    queue.next()
    const { at, a: to, b: from } = queue
    if (spies.has(to)) return { to, from }
    if (seen.has(to)) continue
    seen.add(to)
    for (const peer of peersOf(graph, to)) queue.add(at + 5 + 70 * pairwise(seed, to, peer), 0, peer, to, null)
  }
  throw new Error('no spy is reached')
}

/** The links that a packet of `author` passes, until a node floods it: that one comes last, as a hop to itself. */
function stemFrom(stems: readonly StemPhase[], underway: Hop[], author: number, nowMs: number): Hop[] {
  const [frame, hops] = [new Uint8Array(HEADER_BYTES), [] as Hop[]]
  stems[author]?.start(frame, nowMs)
  for (let hop = underway.shift(); hop; hop = underway.shift()) {
    hops.push(hop)
    if (hop.to !== hop.from) stems[hop.to]?.onStem(hop.from, frame, nowMs)
  }
  for (const stem of stems) stem.expire(nowMs)
  return hops
}

/** Links are named by the peer that they lead to. Each node forgets a packet as soon as its stem is over. */
function phasesOf(graph: Graph, underway: Hop[], random: Random): StemPhase[] {
  return graph.nodes.map((_, node) => {
    const host = {
      routes: (source: number) => peersOf(graph, node).filter((peer) => peer !== source),
      send: (to: number) => void underway.push({ to, from: node }),
      flood: () => void underway.push({ to: node, from: node }),
      onOwnEnded: () => undefined,
      isNews: () => false
    }
    return new StemPhase(host, 5_000, random)
  })
}

/**
 * Percent of the authors whom the first spy names, when they flood at once and when they send their messages over a
 * stem.
 */
function namedBySpies(graph: Graph, share: number): { flood: number; stem: number } {
  const random = createRandom(seed)
  const spies = new Set<number>()
  while (spies.size < nodes * share) spies.add(below(random, nodes))
  const underway: Hop[] = []
  const stems = phasesOf(graph, underway, random)
  let [flood, stem] = [0, 0]
  for (let i = 1; i <= messages; i++) {
    const author = authorAmong(spies, random)
    if (floodToSpy(graph, author, spies).from === author) flood++
    const hops = stemFrom(stems, underway, author, i * betweenMessagesMs)
    const last = hops.at(-1)?.to ?? author
    const first = hops.find(({ to }) => spies.has(to)) ?? floodToSpy(graph, last, spies)
    if (first.from === author) stem++
  }
  return { flood: Math.round((flood / messages) * 100), stem: Math.round((stem / messages) * 100) }
}

function authorAmong(spies: ReadonlySet<number>, random: Random): number {
  for (;;) {
    const author = below(random, nodes)
    if (!spies.has(author)) return author
  }
}

seededTest(
  'stem-spies',
  seed,
  'lets spies name an author of a message with a stem little more often than one is its neighbour',
  () => {
    const graph = grownGraph()
    for (const share of [0.1, 0.3]) {
      const { flood, stem } = namedBySpies(graph, share)
      const told = `${share * 100} % spies name ${flood} % of the authors that flood, ${stem} % of those whose messages take a stem`
      if (process.env.FLOODNET_FIGURES) console.log(told)
      assert.ok(stem <= share * 100 + 5 && flood >= stem + 15, told)
    }
  }
)

test.run()
