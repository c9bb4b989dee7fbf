// The page: asks the simulator for time, shows what it hears, and passes on what the visitor wants.
import { type Frame, type FromSim, LANES, type LaneName, type ToSim } from '../world/messages.ts'
import { type Action, addressOf, type Settings, type SharedRun, sharedRunOf, WARM_MS } from '../world/settings.ts'
import { Clock } from './clock.ts'
import { Controls, element } from './controls.ts'
import { FrameTimes } from './frame-times.ts'
import { Plots } from './plots.ts'
import { showResult } from './result.ts'
import { Scene, seenOf } from './scene.ts'
import { readPalette, watchTheme } from './stage/palette.ts'
import { growingStory, storyOf } from './story.ts'

/** Until the trees have formed, in simulated seconds a second. */
const WARM_SPEED = 6
const SKIP_MS = 10_000
/** If less than this is skipped, as before each action, the page still shows messages. */
const SEEN_MS = 500
/** Real time between two changes of words and figures; nobody reads faster. */
const TELL_MS = 200

const sim = new Worker(new URL('sim-worker.js', location.href), { type: 'module' })
const clock = new Clock()
const times = new FrameTimes()
const scene = new Scene(write)
const plots = new Plots(readPalette())
const controls = new Controls({
  write: () => write(scene.views.trees.chosen),
  kill: (percent) => act({ kind: 'kill', percent }),
  toggleCut: () => act({ kind: latest?.isCut ? 'heal' : 'cut' }),
  togglePause: () => setPaused(!clock.isPaused),
  skip: () => {
    clock.skipToMs = Math.max(clock.knownMs, clock.skipToMs) + SKIP_MS
  },
  restart: (settings: Settings) => begin({ settings, actions: [] })
})

let shared: SharedRun = sharedRunOf(location.hash)
let run = 0
let isGrown = false
/** We have asked the simulator for time. */
let isWaiting = false
let wasCut = false
/** For visitors who prefer no motion, it starts on. */
let isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches
let latest: Frame | null = null
let drawnMs = 0
let toldMs = 0

watchTheme(() => {
  const palette = readPalette()
  plots.setPalette(palette)
  scene.setPalette(palette)
})
addEventListener('hashchange', () => {
  const wanted = sharedRunOf(location.hash)
  if (addressOf(wanted) !== addressOf(shared)) begin(wanted)
})
sim.onmessage = ({ data }: MessageEvent<FromSim>) => hear(data)
sim.onerror = ({ message }) => tell(`The simulator has stopped: ${message}. Start over.`)
begin(shared)
requestAnimationFrame(drawFrame)

/** For tests, and for the curious. */
Object.assign(globalThis, {
  floodnetPlayground: {
    drawn: () => times.drawn,
    frames: () => times.take(),
    state: () => ({ isGrown, shownMs: clock.shownMs, states: latest?.states }),
    places: (name: LaneName) => seenOf(scene, name).places,
    marks: (name: LaneName) => seenOf(scene, name).marks
  }
})

function begin(wanted: SharedRun): void {
  shared = wanted
  latest = null
  isGrown = isWaiting = wasCut = false
  clock.reset()
  setPaused(false)
  controls.showCut(false)
  controls.showSettings(shared.settings)
  controls.setReady(false)
  plots.clear()
  element('result').hidden = true
  history.replaceState(null, '', `#${addressOf(shared)}`)
  scene.reset(shared.settings.nodes)
  tellSim({ kind: 'begin', run: ++run, shared })
}

function hear(message: FromSim): void {
  if (message.run !== run) return
  switch (message.kind) {
    case 'growing':
      tell(growingStory(message.done, shared.settings.nodes))
      return scene.setShapes({ flood: message.shape, trees: message.shape })
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
  scene.addCopies(frame.copies)
  scene.setCut(frame.isCut)
  scene.setShapes(frame.shapes)
  controls.showCut(frame.isCut)
  wasCut ||= frame.isCut
  plots.add(frame.samples, frame.actions)
  const sample = frame.samples.at(-1)
  if (sample) for (const name of LANES) showCost(name, sample[name].copies)
  // A skip does not wait for frames to be drawn.
  if (clock.isSkipping) ask(clock.tick(0))
}

function drawFrame(nowMs: number): void {
  requestAnimationFrame(drawFrame)
  const began = performance.now()
  if (isGrown) runOn(nowMs - drawnMs)
  drawnMs = nowMs
  scene.draw(clock.shownMs, nowMs, isGrown && !clock.isPaused ? clock.speed : 0)
  if (nowMs - toldMs >= TELL_MS && latest !== null) {
    toldMs = nowMs
    tellAll(latest)
  }
  times.note(began, performance.now())
}

function runOn(frameMs: number): void {
  const isWarm = clock.shownMs >= WARM_MS
  clock.speed = isWarm ? controls.speed : WARM_SPEED
  if (isCalm && isWarm) {
    isCalm = false
    setPaused(true)
  }
  ask(clock.tick(frameMs))
}

function ask(untilMs: number): void {
  if (isWaiting || untilMs <= clock.knownMs) return
  isWaiting = true
  tellSim({ kind: 'advance', untilMs, isSeen: clock.skipToMs - clock.knownMs < SEEN_MS })
}

function tellAll({ states, isCut, command, actions }: Frame): void {
  const { settings } = shared
  const authors = scene.authors.length
  tell(storyOf({ settings, shownMs: clock.shownMs, isCut, wasCut, states, authors, actions }))
  showResult(element('result'), states, command)
  const address = `#${addressOf({ settings, actions })}`
  if (location.hash !== address) history.replaceState(null, '', address)
}

function tell(text: string): void {
  const story = element('story')
  if (story.textContent !== text) story.textContent = text
}

function showCost(name: LaneName, copies: number | null): void {
  if (copies !== null) element(`cost-${name}`).textContent = copies.toFixed(2)
}

/** From any node if none is chosen. */
function write(node: number): void {
  const { nodes } = scene
  const from = nodes.includes(node) ? node : nodes[Math.floor(Math.random() * nodes.length)]
  if (from === undefined) return
  scene.choose(from)
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
