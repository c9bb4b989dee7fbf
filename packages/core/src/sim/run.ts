// One whole run, as `floodnet sim` makes it: a network grows, a share of it fails at once, the rest heals; then the
// figures.
import { type CrashKind, crashShare, cutAtRandom } from './faults.ts'
import { componentsOf, degreesOf, type Graph, graphOf, spreadOn } from './graph.ts'
import { growNetwork } from './growth.ts'
import { runFor } from './host.ts'
import type { SimOptions } from './options.ts'
import { copyRandom } from './random.ts'
import { aliveNodes, createSim, type Sim } from './state.ts'
import type { SteadyFigures } from './stream/figures.ts'
import { runStream, type StreamRun } from './stream/run.ts'

export interface RunOptions {
  nodes: number
  /** Newcomers at a time, and the simulated time between them. */
  batch: number
  everyMs: number
  /** Share that fails at once, 0 to 1, and how. */
  fail: number
  crash: CrashKind
  /** How long to wait for the survivors to heal, and how long they run on before the figures are taken. */
  healLimitMs: number
  settleMs: number
  /** Messages written at the end, each by a random node. */
  messages: number
  /** Busy authors at the end; null: none. */
  stream: Partial<StreamRun> | null
  sim: Partial<SimOptions>
}

export const runDefaults: RunOptions = {
  nodes: 1_000,
  batch: 100,
  everyMs: 1_000,
  fail: 0,
  crash: 'killed',
  healLimitMs: 300_000,
  settleMs: 30_000,
  // As many as the HyParView paper sends after each failure.
  messages: 1_000,
  stream: null,
  sim: {}
}

export interface RunResult {
  readonly nodes: number
  readonly seed: number
  readonly alive: number
  readonly components: number
  readonly reach: number
  readonly degree: { readonly min: number; readonly median: number; readonly max: number }
  readonly path: { readonly mean: number; readonly max: number }
  /** From the failure until the survivors were one network again; 0 if nothing failed, null if they never were. */
  readonly healSeconds: number | null
  /** Copies of a message received for each node. */
  readonly copies: number
  readonly traceHash: string
  /** Of busy authors, if there are any. */
  readonly steady?: SteadyFigures
}

/** A moment of a run, for drawing. */
export interface Moment {
  readonly seconds: number
  readonly alive: number
  /** Share of the living nodes in the largest part. */
  readonly reach: number
}

export interface RunWatcher {
  /** Nodes that have joined so far; later, seconds since the failure. */
  onProgress?(phase: 'join' | 'heal', done: number, total: number): void
  onMoment?(moment: Moment): void
}

export interface FinishedRun {
  readonly result: RunResult
  readonly graph: Graph
}

export function runSimulation(given: Partial<RunOptions> = {}, watcher: RunWatcher = {}): FinishedRun {
  const options = { ...runDefaults, ...given }
  const sim = createSim(options.sim)
  if (sim.options.cutRate > 0) cutAtRandom(sim)
  grow(sim, options, watcher)
  if (options.stream !== null) return streamOn(sim, options, options.stream)
  const healSeconds = options.fail > 0 ? failAndHeal(sim, options, watcher) : 0
  const graph = graphOf(sim)
  return { graph, result: resultOf(sim, graph, healSeconds, options) }
}

/** The failure happens while authors write. */
function streamOn(sim: Sim, options: RunOptions, stream: Partial<StreamRun>): FinishedRun {
  const { fail, crash } = options
  const { steady, healMs } = runStream(sim, { ...stream, fail, crash })
  const graph = graphOf(sim)
  return { graph, result: { ...resultOf(sim, graph, healMs / 1_000, options), steady } }
}

/**
 * Simulated seconds until the nodes that are up are one network, checked once a second; null if not within the limit.
 */
export function secondsToHeal(
  sim: Sim,
  limitMs: number,
  onSecond?: (graph: Graph, parts: number[]) => void
): number | null {
  const from = sim.now
  while (sim.now - from <= limitMs) {
    const graph = graphOf(sim)
    const parts = componentsOf(graph)
    onSecond?.(graph, parts)
    if (parts.length <= 1) return (sim.now - from) / 1000
    runFor(sim, 1_000)
  }
  return null
}

function grow(sim: Sim, { nodes, batch, everyMs, settleMs }: RunOptions, watcher: RunWatcher): void {
  const onProgress = (done: number) => {
    watcher.onProgress?.('join', done, nodes)
    noteMoment(sim, watcher)
  }
  growNetwork(sim, { nodes, batch, everyMs, settleMs, onProgress })
  noteMoment(sim, watcher)
}

function failAndHeal(sim: Sim, { fail, crash, healLimitMs, settleMs }: RunOptions, watcher: RunWatcher): number | null {
  crashShare(sim, fail, crash)
  const from = sim.now
  const seconds = secondsToHeal(sim, healLimitMs, (graph, parts) => {
    watcher.onProgress?.('heal', (sim.now - from) / 1000, healLimitMs / 1000)
    watcher.onMoment?.(momentOf(sim, graph, parts))
  })
  runFor(sim, settleMs)
  noteMoment(sim, watcher)
  return seconds
}

function noteMoment(sim: Sim, watcher: RunWatcher): void {
  if (!watcher.onMoment) return
  const graph = graphOf(sim)
  watcher.onMoment(momentOf(sim, graph, componentsOf(graph)))
}

function momentOf(sim: Sim, { nodes }: Graph, [largest = 0]: number[]): Moment {
  return { seconds: sim.now / 1000, alive: nodes.length, reach: largest / Math.max(1, nodes.length) }
}

/** The figures of a network as it is now. Draws from a copy of its randomness, so that it continues as it would. */
export function resultOf(
  sim: Sim,
  graph: Graph,
  healSeconds: number | null,
  { nodes, messages }: Pick<RunOptions, 'nodes' | 'messages'>
): RunResult {
  const { min, median, max } = degreesOf(graph)
  const { reach, path, copies } = spreadOn(graph, messages, copyRandom(sim.random))
  return {
    ...{ nodes, seed: sim.options.seed, alive: aliveNodes(sim).length },
    ...{ components: componentsOf(graph).length, reach, degree: { min, median, max }, path, healSeconds, copies },
    traceHash: sim.trace.hash
  }
}
