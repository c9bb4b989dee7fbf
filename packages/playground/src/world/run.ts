// A run: one network grows, and continues as two, in which the same nodes write and the same nodes are killed. In one,
// every packet floods; in the other, packets take trees.
import {
  copySim,
  crashNode,
  crashShare,
  createSim,
  growNetwork,
  healNetwork,
  runDefaults,
  splitNetwork
} from '@floodnet/core/sim'
import { Lane } from './lane.ts'
import { SAMPLE_MS, type Sample } from './meter.ts'
import { ACTION_STEP_MS, type Action, AUTHOR_RATE, commandOf, type Settings, type TimedAction } from './settings.ts'
import { type Shape, shapeOf } from './shape.ts'

/** A sample of both networks. */
export interface TimedSample {
  readonly atMs: number
  readonly flood: Sample
  readonly trees: Sample
}

export interface Lanes {
  readonly flood: Lane
  readonly trees: Lane
}

export class Run {
  readonly settings: Settings
  readonly lanes: Lanes
  /** Done so far, in order. */
  readonly done: TimedAction[] = []
  readonly samples: TimedSample[] = []
  /** Prints the figures of the last failure; null if there was none, or other things were done. */
  command: string | null = null
  isCut = false
  /** In simulated time, when authors began to write. */
  readonly startMs: number
  readonly #pending: TimedAction[]
  #nowMs = 0

  /** `onGrowth` sees the network as it grows. The run takes the times of all its actions from `pending`. */
  constructor(
    settings: Settings,
    pending: readonly TimedAction[] = [],
    onGrowth?: (shape: Shape, done: number) => void
  ) {
    this.settings = settings
    this.#pending = [...pending]
    const sim = createSim({ ...runDefaults.sim, seed: settings.seed })
    const { nodes } = settings
    const { batch, everyMs, settleMs } = runDefaults
    growNetwork(sim, { nodes, batch, everyMs, settleMs, onProgress: (done) => onGrowth?.(shapeOf(sim, null), done) })
    const { authors, withhold, parents } = settings
    const stream = { speakers: authors, rate: AUTHOR_RATE, hostileShare: withhold / 100 }
    this.startMs = sim.now
    const flood = new Lane(copySim(sim), { ...stream, trees: { parents: 0 } })
    this.lanes = { flood, trees: new Lane(sim, { ...stream, trees: { parents } }) }
  }

  /** Since authors began to write, in simulated ms. */
  get nowMs(): number {
    return this.#nowMs
  }

  /** Done and planned. */
  get actions(): TimedAction[] {
    return [...this.done, ...this.#pending]
  }

  /** Plans the action for the next possible time, and returns that time. */
  plan(action: Action): number {
    const atMs = ACTION_STEP_MS * (Math.floor(this.#nowMs / ACTION_STEP_MS) + 1)
    this.#pending.push({ atMs, action })
    this.#pending.sort((a, b) => a.atMs - b.atMs)
    return atMs
  }

  /** Continues to `atMs`, in steps, until `hasTime` returns false. */
  advance(atMs: number, hasTime: () => boolean): void {
    while (this.#nowMs < atMs && hasTime()) this.#step(Math.min(atMs, this.#nextStop(), this.#nowMs + STEP_MS))
  }

  #step(atMs: number): void {
    this.#nowMs = atMs
    const { flood, trees } = this.lanes
    for (const lane of [flood, trees]) {
      lane.runTo(this.startMs + atMs)
      if (lane.isBroken && atMs % ACTION_STEP_MS === 0) lane.noteWhole()
    }
    if (atMs % SAMPLE_MS === 0) this.samples.push({ atMs, flood: flood.meter.sample(), trees: trees.meter.sample() })
    for (let next = this.#pending[0]; next && next.atMs <= atMs; next = this.#pending[0]) {
      this.#pending.shift()
      this.#act(next)
    }
  }

  /** Samples and actions have times of their own, which are multiples of one step. */
  #nextStop(): number {
    return ACTION_STEP_MS * (Math.floor(this.#nowMs / ACTION_STEP_MS) + 1)
  }

  #act(timed: TimedAction): void {
    const { action } = timed
    this.done.push(timed)
    switch (action.kind) {
      case 'kill':
        return this.#kill(action.percent)
      case 'cut':
      case 'heal':
        return this.#setCut(action.kind === 'cut')
      case 'write':
        return this.#write(action.node)
    }
  }

  /** The same nodes in both: chosen by the network of trees, as `floodnet sim` does. */
  #kill(percent: number): void {
    const { flood, trees } = this.lanes
    const share = percent / 100
    crashShare(trees.sim, share)
    for (const { index, state } of trees.sim.nodes) {
      const twin = flood.sim.nodes[index]
      if (state === null && twin && twin.state !== null) crashNode(flood.sim, twin)
    }
    for (const lane of [flood, trees]) lane.measureFailure(share)
    const isOnly = this.done.length === 1 && this.settings.authors > 0
    this.command = isOnly ? commandOf(this.settings, this.#nowMs, percent) : null
  }

  #setCut(isCut: boolean): void {
    if (this.isCut === isCut) return
    this.isCut = isCut
    this.#noLongerAlike()
    for (const { sim } of [this.lanes.flood, this.lanes.trees]) {
      if (isCut) splitNetwork(sim, sideOf)
      else healNetwork(sim)
    }
  }

  #write(index: number): void {
    this.#noLongerAlike()
    for (const { sim, stream } of [this.lanes.flood, this.lanes.trees]) {
      const node = sim.nodes[index]
      if (node) stream.writeFrom(node)
    }
  }

  /** While a failure is measured, nothing else may happen, or the figures differ from those of the command. */
  #noLongerAlike(): void {
    if (this.lanes.trees.settled === null) this.command = null
  }
}

/** The largest step, so that both networks stay together and the caller can stop. */
const STEP_MS = 10

/** Every other node: in neither half does a node know how much is missing. */
export function sideOf({ index }: { readonly index: number }): number {
  return index & 1
}
