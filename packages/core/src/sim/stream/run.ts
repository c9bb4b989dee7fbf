// Busy authors on a grown network: they write until they are busy, then the run measures, with failures or churn
// meanwhile.
import { type CrashKind, crashNode, crashShare } from '../faults.ts'
import { componentsOf, graphOf } from '../graph.ts'
import { joinNode } from '../growth.ts'
import { runFor, runUntil } from '../host.ts'
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
  /** Share of the nodes that fail at once when the measurement begins, and how. */
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
/** After the last packet: late packets have come, or were given up. */
const DRAIN_MS = 13_000

export interface StreamOutcome {
  readonly steady: SteadyFigures
  /** From the failure until the overlay was one component again, checked each 100 ms. */
  readonly healMs: number
}

export function runStream(sim: Sim, given: Partial<StreamRun> = {}): StreamOutcome {
  const options = { ...streamRunDefaults, ...given }
  const stream = new Stream(sim, options.stream)
  runFor(sim, options.warmMs)
  if (options.fail > 0) crashShare(sim, options.fail, options.crash)
  const steps = measureStream(sim, stream, options)
  for (;;) {
    const step = steps.next()
    if (!step.done) {
      runUntil(sim, step.value)
      continue
    }
    sim.stream = null
    return step.value
  }
}

/**
 * Measures from now on. If nodes have just failed, the overlay heals meanwhile. Each step is the time to which the
 * caller must run the world, in ms: at once, or as slowly as somebody watches.
 */
export function* measureStream(
  sim: Sim,
  stream: Stream,
  { fail, measureMs, churn }: Pick<StreamRun, 'fail' | 'measureMs' | 'churn'> = streamRunDefaults
): Generator<number, StreamOutcome, void> {
  const core = nodesOfHonestCore(sim, stream)
  stream.startMeasure()
  const from = sim.now
  if (fail > 0) yield* untilWhole(sim, stream, measureMs)
  const healMs = sim.now - from
  while (churn > 0 && sim.now - from < measureMs) yield churnOnce(sim, stream, churn)
  yield Math.max(sim.now, from + measureMs)
  stream.stopMeasure()
  yield sim.now + DRAIN_MS
  return { steady: stream.figures((node) => core === null || core.has(node)), healMs }
}

/** Until then nobody can promise anything: later deliveries count from there. */
function* untilWhole(sim: Sim, { measure }: Stream, limitMs: number): Generator<number, void, void> {
  const from = sim.now
  if (measure !== null) measure.wholeMs = Number.POSITIVE_INFINITY
  while (sim.now - from < limitMs && componentsOf(graphOf(sim)).length > 1) yield sim.now + 100
  if (measure !== null) measure.wholeMs = sim.now
}

/** Until when the world goes on before the next time. */
function churnOnce(sim: Sim, stream: Stream, count: number): number {
  const speakers = new Set(stream.speakers.map(({ node }) => node))
  const others = aliveNodes(sim).filter((node) => !speakers.has(node))
  for (const node of sample(sim.random, others, count)) crashNode(sim, node)
  for (let i = 0; i < count; i++) joinNode(sim, [aliveNodes(sim)[0]?.address ?? ''])
  return sim.now + CHURN_EVERY_MS
}
