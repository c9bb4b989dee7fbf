// time-limit: 120 s
// Busy authors on small networks: copies, what arrives under failures, attacks and narrow uplinks. The rows of
// docs/SIMULATION.md, in small.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  aliveNodes,
  type Copy,
  copySim,
  crashNode,
  crashShare,
  createSim,
  growNetwork,
  type Hostility,
  measureStream,
  runFor,
  runStream,
  runUntil,
  type Sim,
  type SimNode,
  Stream,
  type StreamRun
} from '../../src/sim/index.ts'
import { seededTest, seedOr } from '../support/replay.ts'

const seed = seedOr(1)
let grown: Sim | null = null

function network(): Sim {
  if (grown === null) {
    grown = createSim({ seed })
    growNetwork(grown, { nodes: 100, batch: 20, everyMs: 1_000, settleMs: 20_000 })
  }
  return copySim(grown)
}

function steadyOf(run: Partial<StreamRun>) {
  return runStream(network(), {
    warmMs: 6_000,
    measureMs: 6_000,
    ...run,
    stream: { speakers: 4, rate: 4, ...run.stream }
  }).steady
}

const it = (name: string, body: () => void) => seededTest('sim-stream', seed, name, body)

it('carries each packet once with one parent and twice with two, as fast as the flood', () => {
  const flood = steadyOf({ stream: { trees: { parents: 0 } } })
  const [one, two] = [steadyOf({ stream: { trees: { parents: 1 } } }), steadyOf({ stream: { trees: { parents: 2 } } })]
  for (const { missing } of [flood, one, two]) assert.is(missing, 0)
  assert.ok(flood.copies > 6, `${flood.copies}`)
  assert.ok(one.copies <= 1.1, `${one.copies}`)
  assert.ok(two.copies <= 2.1, `${two.copies}`)
  assert.ok(one.p99Ms <= 1.1 * flood.p99Ms, `${one.p99Ms} ms, the flood ${flood.p99Ms}`)
  assert.ok(one.lastHops <= flood.lastHops + 1, `${one.lastHops} hops, the flood ${flood.lastHops}`)
})

for (const fail of [0.5, 0.8]) {
  it(`reaches every survivor when ${100 * fail} % are killed at once`, () => {
    const { missing, due, copies } = steadyOf({ fail, measureMs: 12_000, stream: { speakers: 20 } })
    assert.ok(due > 0)
    assert.is(missing, 0)
    assert.ok(copies <= 1.2, `${copies}`)
  })
}

it('waits no longer than 1.5 s where a tenth of the nodes fall silent', () => {
  const { missing, maxMs } = steadyOf({ fail: 0.1, crash: 'vanished', stream: { speakers: 10 } })
  assert.is(missing, 0)
  assert.ok(maxMs <= 1_500, `${maxMs} ms`)
})

it('reaches who lives while others come and go', () => {
  const { missing, copies } = steadyOf({ churn: 2, measureMs: 40_000 })
  assert.is(missing, 0)
  assert.ok(copies <= 1.2, `${copies}`)
})

for (const hostility of ['withhold', 'high', 'low', 'starve', 'half', 'prune', 'graft'] satisfies Hostility[]) {
  it(`reaches every honest node where a fifth are hostile: ${hostility}`, () => {
    const { missing, due } = steadyOf({ stream: { hostileShare: 0.2, hostility } })
    assert.ok(due > 0)
    assert.is(missing, 0)
  })
}

it('is the same when somebody watches every copy and runs it in small steps', () => {
  const [fast, slow] = [network(), network()]
  const options = { speakers: 4, rate: 4 }
  const { steady } = runStream(fast, { stream: options, warmMs: 3_000, measureMs: 3_000, fail: 0.5 })
  const stream = new Stream(slow, options)
  const seen = { copies: 0, fresh: 0 }
  runFor(slow, 3_000)
  crashShare(slow, 0.5)
  const steps = measureStream(slow, stream, { fail: 0.5, measureMs: 3_000, churn: 0 })
  stream.onCopy = (copy) => {
    seen.copies++
    if (copy.fresh) seen.fresh++
  }
  let step = steps.next()
  for (; !step.done; step = steps.next())
    while (slow.now < step.value) runUntil(slow, Math.min(step.value, slow.now + 7))
  assert.equal(step.value.steady, steady)
  assert.is(slow.trace.hash, fast.trace.hash)
  assert.is(seen.copies / seen.fresh, steady.copies)
})

it('lets any node that is up write at once, and tells how each copy came', () => {
  const sim = network()
  const stream = new Stream(sim, { speakers: 0 })
  const [author, down] = aliveNodes(sim).slice(3, 5) as [SimNode, SimNode]
  const copies: Copy[] = []
  stream.onCopy = (copy) => void copies.push(copy)
  assert.equal(stream.writeFrom(author), { author: 0, seq: 1 })
  assert.equal(stream.writeFrom(author), { author: 0, seq: 2 })
  crashNode(sim, down)
  assert.is(stream.writeFrom(down), null)
  runFor(sim, 2_000)
  for (const seq of [1, 2]) {
    const fresh = copies.filter((copy) => copy.fresh && copy.seq === seq)
    assert.is(fresh.length, sim.nodes.length - 2)
    assert.is(new Set(fresh.map(({ to }) => to)).size, fresh.length)
    assert.ok(fresh.every(({ from, hops }) => (from === author.index) === (hops === 1)))
  }
  assert.ok(copies.every(({ delayMs }) => delayMs >= 5 && delayMs <= 75))
})

test.run()
