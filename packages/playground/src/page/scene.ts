// Both networks as drawn, and the thread that places their nodes: at the same places in both.
import { type ForLanes, type FromLayout, LANES, type LaneName, type ToLayout } from '../world/messages.ts'
import { Mark, type Shape } from '../world/shape.ts'
import { element } from './controls.ts'
import { LaneView } from './stage/lane-view.ts'
import { type Palette, readPalette } from './stage/palette.ts'
import { watchPicks } from './stage/picker.ts'

export class Scene {
  readonly views: ForLanes<LaneView>
  readonly #layout = new Worker(new URL('layout-worker.js', location.href), { type: 'module' })

  /** `onPick`: the visitor wants a message from this node. */
  constructor(onPick: (node: number) => void) {
    const palette = readPalette()
    this.views = {
      flood: new LaneView(element('flood'), palette),
      trees: new LaneView(element('trees'), palette)
    }
    for (const name of LANES) watchPicks(this.views[name], onPick)
    this.#layout.onmessage = ({ data }: MessageEvent<FromLayout>) => {
      for (const name of LANES) this.views[name].setPlaces(data.places)
    }
  }

  /** The nodes that are up. */
  get nodes(): number[] {
    return this.#marked(Mark.up)
  }

  get authors(): number[] {
    return this.#marked(Mark.up | Mark.author)
  }

  /** Starts with another network, about which nothing is known yet. */
  reset(nodes: number): void {
    for (const name of LANES) this.views[name].pulses.clear()
    this.#tell({ kind: 'reset', nodes })
  }

  setPalette(palette: Palette): void {
    for (const name of LANES) this.views[name].setPalette(palette)
  }

  setCut(isCut: boolean): void {
    for (const name of LANES) this.views[name].setCut(isCut)
  }

  /** Sets the shapes of the networks that have changed. */
  setShapes(shapes: Partial<ForLanes<Shape>>): void {
    const nowMs = performance.now()
    const changed = LANES.filter((name) => shapes[name] !== undefined)
    for (const name of changed) this.views[name].setShape(shapes[name] as Shape, nowMs)
    if (changed.length === 0) return
    const { flood, trees } = this.views
    const up = Uint8Array.from(trees.shape.marks, (mark) => mark & Mark.up)
    this.#tell({ kind: 'links', edges: unionOf(flood.shape.edges, trees.shape.edges), up })
  }

  addCopies(copies: ForLanes<Float32Array>): void {
    for (const name of LANES) this.views[name].pulses.add(copies[name])
  }

  choose(node: number): void {
    for (const name of LANES) this.views[name].choose(node)
  }

  draw(shownMs: number, nowMs: number, speed: number): void {
    for (const name of LANES) this.views[name].draw(shownMs, nowMs, speed)
  }

  #marked(marks: number): number[] {
    const { marks: all } = this.views.trees.shape
    return [...all.keys()].filter((node) => ((all[node] ?? 0) & marks) === marks)
  }

  #tell(message: ToLayout): void {
    this.#layout.postMessage(message)
  }
}

/** Links of either network, each once. */
function unionOf(a: Uint16Array, b: Uint16Array): Uint16Array {
  const pairs = new Set<number>()
  for (const edges of [a, b]) {
    for (let i = 0; i < edges.length; i += 2) pairs.add((edges[i] ?? 0) * 65_536 + (edges[i + 1] ?? 0))
  }
  return Uint16Array.from([...pairs].flatMap((pair) => [Math.floor(pair / 65_536), pair % 65_536]))
}

/** For tests, and for the curious. */
export function seenOf({ views }: Scene, name: LaneName): { places: number[]; marks: number[] } {
  return { places: [...views[name].pixels], marks: [...views[name].shape.marks] }
}
