// The page: it asks the simulator for time, shows what it hears, and passes on what somebody wants.
import type { ForLanes, Frame, FromLayout, FromSim, LaneName, ToLayout, ToSim } from '../world/messages.ts'
import { LANES } from '../world/messages.ts'
import { type Action, addressOf, type Settings, type SharedRun, sharedRunOf, WARM_MS } from '../world/settings.ts'
import { Mark, type Shape } from '../world/shape.ts'
import { Clock } from './clock.ts'
import { Controls, element } from './controls.ts'
import { FrameTimes } from './frame-times.ts'
import { LaneView } from './lane-view.ts'
import { readPalette, watchTheme } from './palette.ts'
import { watchPicks } from './picker.ts'
import { Plots } from './plots.ts'
import { showResult } from './result.ts'
import { growingStory, storyOf } from './story.ts'

/** Until the trees stand, in simulated seconds a second. */
const WARM_SPEED = 6
const SKIP_MS = 10_000
/** Real time between two changes of words and figures, which nobody reads faster. */
const TELL_MS = 200

const sim = new Worker(new URL('sim-worker.js', location.href), { type: 'module' })
const layout = new Worker(new URL('layout-worker.js', location.href), { type: 'module' })
const clock = new Clock()
const times = new FrameTimes()
const palette = readPalette()
const plots = new Plots(palette)
const views: ForLanes<LaneView> = {
  flood: new LaneView(element('flood'), palette),
  trees: new LaneView(element('trees'), palette)
}

let shared: SharedRun = sharedRunOf(location.hash)
let run = 0
let isGrown = false
let isWaiting = false
let wasCut = false
let isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches
let latest: Frame | null = null
let frameMs = 0
let toldMs = 0

const controls = new Controls({
  write: () => write(views.trees.chosen),
  kill: (percent) => act({ kind: 'kill', percent }),
  toggleCut: () => act({ kind: latest?.isCut ? 'heal' : 'cut' }),
  togglePause: () => setPaused(!clock.isPaused),
  setSpeed: (speed) => {
    clock.speed = speed
  },
  skip: () => {
    clock.skipToMs = Math.max(clock.knownMs, clock.skipToMs) + SKIP_MS
  },
  restart: (settings: Settings) => begin({ settings, actions: [] }),
  share: async () => {
    try {
      await navigator.clipboard.writeText(location.href)
      return true
    } catch {
      return false
    }
  }
})

for (const name of LANES) watchPicks(views[name], write)
watchTheme(() => {
  const colours = readPalette()
  plots.setPalette(colours)
  for (const name of LANES) views[name].setPalette(colours)
})
addEventListener('hashchange', () => {
  const wanted = sharedRunOf(location.hash)
  if (addressOf(wanted) !== addressOf(shared)) begin(wanted)
})
sim.onmessage = ({ data }: MessageEvent<FromSim>) => hear(data)
layout.onmessage = ({ data }: MessageEvent<FromLayout>) => {
  for (const name of LANES) views[name].setPlaces(data.places)
}
begin(shared)
requestAnimationFrame(drawFrame)

/** For tests, and for the curious. */
Object.assign(globalThis, {
  floodnetPlayground: {
    drawn: () => times.drawn,
    frames: () => times.take(),
    state: () => ({
      isGrown,
      shownMs: clock.shownMs,
      isSkipping: clock.isSkipping,
      command: latest?.command,
      states: latest?.states
    }),
    places: (name: LaneName) => [...views[name].pixels],
    marks: (name: LaneName) => [...views[name].shape.marks]
  }
})

function begin(wanted: SharedRun): void {
  shared = wanted
  latest = null
  isGrown = isWaiting = wasCut = false
  for (const name of LANES) views[name].pulses.clear()
  clock.reset()
  setPaused(false)
  controls.showCut(false)
  controls.showSettings(shared.settings)
  controls.setReady(false)
  plots.clear()
  element('result').hidden = true
  history.replaceState(null, '', `#${addressOf(shared)}`)
  tellLayout({ kind: 'reset', nodes: shared.settings.nodes })
  tellSim({ kind: 'begin', run: ++run, shared })
}

function hear(message: FromSim): void {
  if (message.run !== run) return
  switch (message.kind) {
    case 'growing':
      element('story').textContent = growingStory(message.done, shared.settings.nodes)
      return setShapes({ flood: message.shape, trees: message.shape })
    case 'planned':
      clock.skipToMs = Math.max(clock.skipToMs, message.atMs)
      return
    case 'frame':
      return onFrame(message)
  }
}

function onFrame(frame: Frame): void {
  isWaiting = false
  latest = frame
  clock.knownMs = frame.nowMs
  if (!isGrown) controls.setReady(true)
  isGrown = true
  for (const name of LANES) {
    views[name].pulses.add(frame.copies[name])
    views[name].setCut(frame.isCut)
  }
  setShapes(frame.shapes)
  controls.showCut(frame.isCut)
  wasCut ||= frame.isCut
  plots.add(frame.samples, frame.actions)
  const last = frame.samples.at(-1)
  if (last) for (const name of LANES) showCost(name, last[name].copies)
}

function drawFrame(nowMs: number): void {
  requestAnimationFrame(drawFrame)
  const began = performance.now()
  const lastMs = nowMs - frameMs
  frameMs = nowMs
  if (isGrown) runOn(lastMs)
  for (const name of LANES) views[name].draw(clock.shownMs, nowMs, isGrown && !clock.isPaused ? clock.speed : 0)
  if (nowMs - toldMs >= TELL_MS) tellStory(nowMs)
  times.note(began, performance.now())
}

function runOn(lastMs: number): void {
  clock.speed = clock.shownMs < WARM_MS ? WARM_SPEED : controls.speed
  // Who wants no motion starts it.
  if (isCalm && clock.shownMs >= WARM_MS) {
    isCalm = false
    setPaused(true)
  }
  const untilMs = clock.tick(lastMs)
  if (isWaiting || untilMs <= clock.knownMs) return
  isWaiting = true
  tellSim({ kind: 'advance', untilMs })
}

function tellStory(nowMs: number): void {
  toldMs = nowMs
  if (latest === null) return
  const { states, isCut, command, actions } = latest
  const authors = views.trees.shape.marks.filter((mark) => (mark & Mark.author) !== 0 && (mark & Mark.up) !== 0).length
  const { shownMs } = clock
  const text = storyOf({ settings: shared.settings, shownMs, isCut, wasCut, states, authors, actions })
  if (element('story').textContent !== text) element('story').textContent = text
  showResult(element('result'), states, command)
  const address = `#${addressOf({ settings: shared.settings, actions })}`
  if (location.hash !== address) history.replaceState(null, '', address)
}

function setShapes(shapes: Partial<ForLanes<Shape>>): void {
  const nowMs = performance.now()
  for (const name of LANES) {
    const shape = shapes[name]
    if (shape) views[name].setShape(shape, nowMs)
  }
  if (!shapes.flood && !shapes.trees) return
  const { flood, trees } = views
  const up = Uint8Array.from(trees.shape.marks, (mark) => mark & Mark.up)
  tellLayout({ kind: 'links', edges: unionOf(flood.shape.edges, trees.shape.edges), up })
}

/** Links of either network, each once: both have one layout. */
function unionOf(a: Uint16Array, b: Uint16Array): Uint16Array {
  const pairs = new Set<number>()
  for (const edges of [a, b]) {
    for (let i = 0; i < edges.length; i += 2) pairs.add((edges[i] ?? 0) * 65_536 + (edges[i + 1] ?? 0))
  }
  return Uint16Array.from([...pairs].flatMap((pair) => [Math.floor(pair / 65_536), pair % 65_536]))
}

function showCost(name: LaneName, copies: number | null): void {
  const figure = document.querySelector(`[data-cost="${name}"]`)
  if (figure !== null && copies !== null) figure.textContent = copies.toFixed(2)
}

/** Of any node when none is chosen. */
function write(node: number): void {
  const up = [...views.trees.shape.marks.keys()].filter(
    (each) => ((views.trees.shape.marks[each] ?? 0) & Mark.up) !== 0
  )
  const from = node >= 0 ? node : (up[Math.floor(Math.random() * up.length)] ?? -1)
  if (from < 0) return
  for (const name of LANES) views[name].choose(from)
  act({ kind: 'write', node: from })
}

function act(action: Action): void {
  setPaused(false)
  if (isGrown) tellSim({ kind: 'act', action })
}

function setPaused(isPaused: boolean): void {
  clock.isPaused = isPaused
  controls.showPaused(isPaused)
}

function tellSim(message: ToSim): void {
  sim.postMessage(message)
}

function tellLayout(message: ToLayout): void {
  layout.postMessage(message)
}
