// Busy authors on a network that has grown: they speak until they are busy, then it is measured, with failures or churn
// meanwhile.
import { type CrashKind, crashNode, crashShare } from '../faults.ts'
import { componentsOf, graphOf } from '../graph.ts'
import { joinNode } from '../growth.ts'
import { runFor } from '../host.ts'
import { sample } from '../random.ts'
import { aliveNodes, type Sim } from '../state.ts'
import type { SteadyFigures } from './figures.ts'
import { nodesOfHonestCore } from './honest.ts'
import type { StreamOptions } from './options.ts'
import { Stream } from './stream.ts'

export interface StreamRun {
  readonly stream: Partial<StreamOptions>
  /** Simulated time for authors to become busy, and then to be measured. */
  readonly warmMs: number
  readonly measureMs: number
  /** Share of the nodes that fail at once when it begins, and how. */
  readonly fail: number
  readonly crash: CrashKind
  /** Nodes, none of them an author, that are killed each 10 s, and as many that join. */
  readonly churn: number
}

export const streamRunDefaults: StreamRun = {
  stream: {},
  warmMs: 10_000,
  measureMs: 10_000,
  fail: 0,
  crash: 'killed',
  churn: 0
}

const CHURN_EVERY_MS = 10_000
/** After the last packet: what is late has come, or was given up. */
const DRAIN_MS = 13_000

export interface StreamOutcome {
  readonly steady: SteadyFigures
  /** From the failure until the overlay was one component again, looked at each 100 ms. */
  readonly healMs: number
}

export function runStream(sim: Sim, given: Partial<StreamRun> = {}): StreamOutcome {
  const options = { ...streamRunDefaults, ...given }
  const stream = new Stream(sim, options.stream)
  runFor(sim, options.warmMs)
  if (options.fail > 0) crashShare(sim, options.fail, options.crash)
  const core = nodesOfHonestCore(sim, stream)
  stream.startMeasure()
  const from = sim.now
  if (options.fail > 0) runUntilWhole(sim, stream, options.measureMs)
  const healMs = sim.now - from
  while (options.churn > 0 && sim.now - from < options.measureMs) churnOnce(sim, stream, options.churn)
  runFor(sim, Math.max(0, options.measureMs - (sim.now - from)))
  stream.stopMeasure()
  runFor(sim, DRAIN_MS)
  const steady = stream.figures((node) => core === null || core.has(node))
  sim.stream = null
  return { steady, healMs }
}

/** Until then nobody can promise anything: what is delivered later counts from there. */
function runUntilWhole(sim: Sim, { measure }: Stream, limitMs: number): void {
  const from = sim.now
  if (measure !== null) measure.wholeMs = Number.POSITIVE_INFINITY
  while (sim.now - from < limitMs && componentsOf(graphOf(sim)).length > 1) runFor(sim, 100)
  if (measure !== null) measure.wholeMs = sim.now
}

function churnOnce(sim: Sim, stream: Stream, count: number): void {
  const speakers = new Set(stream.speakers.map(({ node }) => node))
  const others = aliveNodes(sim).filter((node) => !speakers.has(node))
  for (const node of sample(sim.random, others, count)) crashNode(sim, node)
  for (let i = 0; i < count; i++) joinNode(sim, [aliveNodes(sim)[0]?.address ?? ''])
  runFor(sim, CHURN_EVERY_MS)
}
