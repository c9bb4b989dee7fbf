// Random schedules of every fault that the simulator knows: invariants and symmetric links after every event, each
// message at most once at each node, and in the end one symmetric network.
import fc from 'fast-check'
import { test } from 'uvu'
import {
  addNode,
  aliveNodes,
  componentsOf,
  crashNode,
  createSim,
  cutLink,
  diallersEnds,
  graphOf,
  healNetwork,
  leaveNode,
  restartNode,
  runFor,
  runToRest,
  type Sim,
  type SimNode,
  splitNetwork,
  startNode,
  writeMessage
} from '../../src/sim/index.ts'

const nodes = 20

const fault = fc.record({
  afterMs: fc.constantFrom(0, 1, 30, 400, 3_000, 20_000),
  kind: fc.constantFrom('kill', 'vanish', 'restart', 'leave', 'cut', 'split', 'heal', 'write', 'start'),
  on: fc.nat(1_000)
})
const plan = fc.record({
  seed: fc.nat(),
  lossRate: fc.constantFrom(0, 0.2),
  slowShare: fc.constantFrom(0, 0.3),
  natShare: fc.constantFrom(0, 0.3),
  refuseRate: fc.constantFrom(0, 0.2),
  vanishRate: fc.constantFrom(0, 0.2),
  maxLinks: fc.constantFrom(8, 12),
  faults: fc.array(fault, { maxLength: 25 })
})
type Plan = typeof plan extends fc.Arbitrary<infer T> ? T : never

test('keeps every invariant and ends as one symmetric network under random faults', () => {
  const seed = Number(process.env.FLOODNET_SEED ?? 4)
  const numRuns = Number(process.env.FLOODNET_RUNS ?? 30)
  const outcome = fc.check(fc.property(plan, play), { seed, numRuns })
  if (!outcome.failed) return
  const again = `FLOODNET_SEED=${seed} FLOODNET_RUNS=${numRuns} npm test -- sim-faults`
  throw new Error(`${outcome.errorInstance}\n${fc.defaultReportMessage(outcome)}\nreplay: ${again}`)
})

function play({ maxLinks, faults, ...options }: Plan): void {
  const sim = createSim({ ...options, check: true, join: { maxLinks } })
  deliverOnce(sim)
  // Two entries: whoever is cut off from one may know the other.
  for (let i = 0; i < nodes; i++) addNode(sim, { entries: sim.nodes.slice(0, 2).map((node) => node.address) })
  for (const node of sim.nodes) startNode(sim, node)
  for (const { afterMs, kind, on } of faults) {
    runFor(sim, afterMs)
    inflict(sim, kind, on)
  }
  calmDown(sim)
  checkNetwork(sim)
}

/** Counted here, and not by what the flood remembers. A node that restarted has forgotten, as the real one has. */
function deliverOnce(sim: Sim): void {
  const delivered = new Set<string>()
  sim.onDelivery = ({ index, incarnation }, { number }) => {
    const delivery = `message ${number} to node ${index}, incarnation ${incarnation}`
    if (delivered.has(delivery)) throw new Error(`at most once: ${delivery} again`)
    delivered.add(delivery)
  }
}

function inflict(sim: Sim, kind: string, on: number): void {
  const node = sim.nodes[on % nodes] as SimNode
  switch (kind) {
    case 'kill':
      return crashNode(sim, node)
    case 'vanish':
      return crashNode(sim, node, 'vanished')
    case 'restart':
      return restartNode(sim, node)
    case 'leave':
      return leaveNode(sim, node)
    case 'cut': {
      const ends = diallersEnds(sim)
      const end = ends[on % Math.max(1, ends.length)]
      return end && cutLink(sim, end)
    }
    case 'split':
      return splitNetwork(sim, ({ index }) => (index + on) % 2)
    case 'heal':
      return healNetwork(sim)
    case 'write':
      if (node.state) writeMessage(sim, node)
      return
    case 'start':
      if (!node.state) startNode(sim, node)
  }
}

function calmDown(sim: Sim): void {
  healNetwork(sim)
  Object.assign(sim.options, { refuseRate: 0, vanishRate: 0, lossRate: 0 })
  for (const node of sim.nodes) {
    node.reachable = true
    if (node.state?.phase !== 'running') restartNode(sim, node)
  }
  runFor(sim, 300_000)
  if (!runToRest(sim)) throw new Error('no rest')
}

function checkNetwork(sim: Sim): void {
  const parts = componentsOf(graphOf(sim))
  if (parts.length !== 1) throw new Error(`components of ${parts.join(', ')} nodes`)
  if (sim.counts.early > 0) throw new Error(`${sim.counts.early} messages came before the link was in the flood`)
  for (const node of aliveNodes(sim)) {
    checkSymmetry(sim, node)
    const { reservations = new Map(), dials = new Map(), waiting = new Set() } = node.state ?? {}
    const kept = reservations.size + dials.size + waiting.size
    if (kept > 0)
      throw new Error(
        `node ${node.index} at rest keeps ${reservations.size} slots, ${dials.size} dials, ${waiting.size} guests`
      )
  }
}

function checkSymmetry(sim: Sim, node: SimNode): void {
  for (const { link, peer } of node.state?.neighbours.values() ?? []) {
    const back = sim.nodes.find(({ id }) => id === peer)?.state?.neighbours.get(node.id)
    if (back?.link !== (link ^ 1)) throw new Error(`node ${node.index} has a neighbour that has it not`)
  }
}

test.run()
