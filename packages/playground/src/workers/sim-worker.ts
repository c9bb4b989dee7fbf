// The thread that simulates: it obeys the page, and reports what has happened since.
import type { Copy } from '@floodnet/core/sim'
import {
  COPY_FIELDS,
  type ForLanes,
  type Frame,
  type FromSim,
  LANES,
  type LaneName,
  type ToSim
} from '../world/messages.ts'
import { Run } from '../world/run.ts'
import type { SharedRun } from '../world/settings.ts'
import { isSameShape, type Shape, shapeOf } from '../world/shape.ts'

/** Work between two frames: less than a page takes to draw one on a busy machine, so that the page can stop it. */
const SLICE_MS = 24
/** The same, if there is nothing to draw. */
const UNSEEN_SLICE_MS = 120
/** Real time between two looks at which nodes are linked. */
const LOOK_MS = 100
/** As many as a page can draw; the rest is left out. */
const MAX_COPIES = 6_000

const port = self as unknown as DedicatedWorkerGlobalScope
let run: Run | null = null
let number = 0
let lookedMs = 0
let tellsCopies = true
let shapes: Partial<Record<LaneName, Shape>> = {}
let copies: Record<LaneName, number[]> = { flood: [], trees: [] }

port.onmessage = ({ data }: MessageEvent<ToSim>) => {
  switch (data.kind) {
    case 'begin':
      number = data.run
      return begin(data.shared)
    case 'advance':
      return advance(data.untilMs, data.isSeen)
    case 'act':
      if (run !== null) tell({ kind: 'planned', run: number, atMs: run.plan(data.action) })
  }
}

function begin({ settings, actions }: SharedRun): void {
  shapes = {}
  run = new Run(settings, actions, (shape, done) => tell({ kind: 'growing', run: number, shape, done }))
  for (const name of LANES) run.lanes[name].onCopy = (copy) => note(name, copy)
  lookedMs = 0
  tell(frameOf(run))
}

function advance(untilMs: number, isSeen: boolean): void {
  if (run === null) return
  tellsCopies = isSeen
  const endMs = performance.now() + (isSeen ? SLICE_MS : UNSEEN_SLICE_MS)
  run.advance(untilMs, () => performance.now() < endMs)
  tell(frameOf(run))
}

function note(name: LaneName, { from, to, delayMs, fresh }: Copy): void {
  const list = copies[name]
  if (run !== null && tellsCopies && list.length < MAX_COPIES * COPY_FIELDS) {
    list.push(from, to, run.lanes[name].sim.now - run.startMs, delayMs, fresh ? 1 : 0)
  }
}

function frameOf(current: Run): Frame {
  const taken = forLanes((name) => Float32Array.from(copies[name]))
  copies = { flood: [], trees: [] }
  return {
    ...{ kind: 'frame', run: number, nowMs: current.nowMs, copies: taken, shapes: lookAt(current) },
    states: forLanes((name) => stateOf(current, name)),
    ...{ samples: current.samples.splice(0), actions: current.actions, command: current.command, isCut: current.isCut }
  }
}

function lookAt(current: Run): Partial<Record<LaneName, Shape>> {
  const nowMs = performance.now()
  if (nowMs - lookedMs < LOOK_MS) return {}
  lookedMs = nowMs
  const changed: Partial<Record<LaneName, Shape>> = {}
  for (const name of LANES) {
    const { sim, stream } = current.lanes[name]
    const shape = shapeOf(sim, stream, current.lanes[name].look())
    const before = shapes[name]
    if (before !== undefined && isSameShape(before, shape)) continue
    shapes[name] = changed[name] = shape
  }
  return changed
}

function stateOf(current: Run, name: LaneName) {
  const lane = current.lanes[name]
  const { parts, killedMs, wholeMs, measured, settled } = lane
  const healMs = killedMs === null || wholeMs === null ? null : wholeMs - killedMs
  return {
    alive: parts.reduce((a, b) => a + b, 0),
    ...{ parts, measured, result: settled?.result ?? null },
    healMs: settled?.healMs ?? healMs
  }
}

function forLanes<T>(of: (name: LaneName) => T): ForLanes<T> {
  return { flood: of('flood'), trees: of('trees') }
}

function tell(message: FromSim): void {
  port.postMessage(message)
}
