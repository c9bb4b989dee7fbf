// One of the two networks that run side by side: a simulated world with authors who write, measured live, and after
// nodes were killed also as `floodnet sim` measures it.
import {
  type Copy,
  componentsOf,
  type Graph,
  graphOf,
  measureStream,
  type RunResult,
  resultOf,
  runDefaults,
  runUntil,
  type Sim,
  Stream,
  type StreamOptions,
  type StreamOutcome,
  streamRunDefaults
} from '@floodnet/core/sim'
import { Meter } from './meter.ts'

export interface Settled {
  readonly result: RunResult
  readonly healMs: number
}

export class Lane {
  readonly sim: Sim
  readonly stream: Stream
  readonly meter: Meter
  /** Parts of the overlay at the last look, the largest first. */
  parts: readonly number[] = []
  /** Called for each copy that arrives. */
  onCopy: ((copy: Copy) => void) | null = null
  /** The result of the last failure; null while it is being measured, and if nothing has failed. */
  settled: Settled | null = null
  /** When nodes were killed, and when the overlay was one again; null: not yet. */
  killedMs: number | null = null
  wholeMs: number | null = null
  #steps: Generator<number, StreamOutcome, void> | null = null
  #stepMs = 0

  constructor(sim: Sim, options: Partial<StreamOptions>) {
    this.sim = sim
    this.stream = new Stream(sim, options)
    this.meter = new Meter(sim, this.stream)
    this.stream.onCopy = (copy) => {
      this.meter.onCopy(copy)
      this.onCopy?.(copy)
    }
    this.look()
  }

  /** Nodes were killed, and the rest has not been one network since. */
  get isBroken(): boolean {
    return this.killedMs !== null && this.wholeMs === null
  }

  /** The progress of the measurement, 0 to 1. */
  get measured(): number {
    if (this.killedMs === null) return 0
    return this.#steps === null ? 1 : Math.min(1, (this.sim.now - this.killedMs) / MEASURE_TAKES_MS)
  }

  /** To this time, in ms of the simulated world. */
  runTo(atMs: number): void {
    while (this.#steps !== null && this.#stepMs <= atMs) {
      runUntil(this.sim, this.#stepMs)
      this.#takeStep()
    }
    if (this.sim.now < atMs) runUntil(this.sim, atMs)
    this.meter.look()
  }

  look(): Graph {
    const graph = graphOf(this.sim)
    this.parts = componentsOf(graph)
    return graph
  }

  /** Checks whether it is one network again. Call this at the times at which `floodnet sim` looks. */
  noteWhole(): void {
    this.look()
    if (this.isBroken && this.parts.length <= 1) this.wholeMs = this.sim.now
  }

  /** Nodes have just been killed: from now on we measure how the rest does. */
  measureFailure(fail: number): void {
    const { measureMs, churn } = streamRunDefaults
    this.settled = null
    this.killedMs = this.sim.now
    this.wholeMs = null
    this.#steps = measureStream(this.sim, this.stream, { fail, measureMs, churn })
    this.#takeStep()
    this.noteWhole()
  }

  #takeStep(): void {
    const step = this.#steps?.next()
    if (!step) return
    if (!step.done) {
      this.#stepMs = step.value
      return
    }
    this.#steps = null
    const { healMs, steady } = step.value
    const size = { nodes: this.sim.nodes.length, messages: runDefaults.messages }
    const result = resultOf(this.sim, graphOf(this.sim), healMs / 1_000, size)
    this.settled = { healMs, result: { ...result, steady } }
    this.stream.measure = null
  }
}

/** What `measureStream` takes if healing is quick: it measures, and waits for late packets. */
const MEASURE_TAKES_MS = 23_000
