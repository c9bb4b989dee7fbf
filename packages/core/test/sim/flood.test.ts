// The simulator floods with a set of seen ids where a node has replay windows. Here both flood the same network.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Flood, OriginTable } from '../../src/index.ts'
import { createSim, type Graph, graphOf, growNetwork, runFor, spreadOn, writeMessage } from '../../src/sim/index.ts'
import { viewOf } from '../../src/wire/header.ts'
import {
  FrameType,
  HEADER_BYTES,
  INCARNATION_OFFSET,
  ORIGIN_OFFSET,
  SEQ_OFFSET,
  TYPE_OFFSET
} from '../../src/wire/layout.ts'
import { seededTest, seedOr } from '../support/replay.ts'

const seed = seedOr(3)

function grownSim() {
  const sim = createSim({ seed })
  growNetwork(sim, { nodes: 200, batch: 20, everyMs: 1_000, settleMs: 30_000 })
  return sim
}

seededTest(
  'sim-flood',
  seed,
  'delivers a message once to every node, with as many copies as there are links to cross',
  () => {
    const sim = grownSim()
    const graph = graphOf(sim)
    const [author] = sim.nodes
    if (!author) return assert.unreachable()
    const message = writeMessage(sim, author)
    runFor(sim, 20_000)
    assert.is(message.inFlight, 0)
    assert.is(message.delivered, 200)
    // Every node sends to all of its neighbours but one; the author to all.
    assert.is(message.copies, graph.edges.length - 199)
    assert.is(sim.counts.early, 0)
  }
)

seededTest('sim-flood', seed, 'does what the real flood does on the same network', () => {
  const sim = grownSim()
  const graph = graphOf(sim)
  const { reached, copies } = floodFrames(graph, 5)
  const spread = spreadOn(graph, 1, () => 5 / graph.nodes.length)
  assert.is(reached / graph.nodes.length, spread.reach)
  assert.is(copies / (graph.nodes.length - 1), spread.copies)
})

/** The real flood at every node: real frames, real origin tables, one frame after the other. */
function floodFrames({ nodes, starts, edges }: Graph, author: number) {
  const underway: { to: number; from: number; frame: Uint8Array }[] = []
  const delivered = new Uint32Array(nodes.length)
  const floods = nodes.map((_, node) => {
    const host = {
      forward(source: number, bytes: Uint8Array, start: number, end: number) {
        delivered[node]!++
        for (let i = starts[node]!; i < starts[node + 1]!; i++) {
          const to = edges[i]!
          if (to !== source) underway.push({ to, from: node, frame: bytes.slice(start, end) })
        }
      },
      verify: () => true
    }
    return new Flood(host, new OriginTable(16, 1), false)
  })
  offer(floods[author]!, -1, frameBy(author), true)
  let copies = 0
  for (let next = underway.shift(); next; next = underway.shift()) {
    copies++
    offer(floods[next.to]!, next.from, next.frame, false)
  }
  assert.ok(delivered.every((times) => times <= 1))
  return { reached: delivered.reduce((a, b) => a + b, 0), copies }
}

function offer(flood: Flood, source: number, frame: Uint8Array, trusted: boolean): void {
  assert.is(flood.offer(source, frame, viewOf(frame), 0, frame.length, trusted), null)
  flood.flush()
}

function frameBy(author: number): Uint8Array {
  const frame = new Uint8Array(HEADER_BYTES + 4)
  const view = viewOf(frame)
  view.setUint32(0, frame.length - 4)
  frame[TYPE_OFFSET] = FrameType.data
  frame[ORIGIN_OFFSET] = author + 1
  view.setUint32(INCARNATION_OFFSET, 1)
  view.setUint32(SEQ_OFFSET, 1)
  return frame
}

test.run()
