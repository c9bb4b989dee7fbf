// One network on its stage, in three layers: links and nodes, which are drawn when they have changed; trails of
// messages, which fade; and what shines at this moment.
import { Mark, type Shape } from '../world/shape.ts'
import type { Palette } from './palette.ts'
import { Pulses } from './pulses.ts'
import { ViewBox } from './view-box.ts'

/** How long a node shines when news has come, and when it has died. */
const SHINE_MS = 450
const DEATH_MS = 1_500
/** A finger is no finer. */
const NEAR_PIXELS = 28
/** A trail is this share of a link long. */
const TRAIL = 0.22
/** Of a trail, in each frame. */
const FADE = 0.2

export class LaneView {
  readonly stage: HTMLElement
  readonly pulses = new Pulses()
  isCut = false
  readonly #still: CanvasRenderingContext2D
  readonly #trails: CanvasRenderingContext2D
  readonly #shine: CanvasRenderingContext2D
  readonly #box = new ViewBox()
  #palette: Palette
  #shape: Shape = { marks: new Uint8Array(0), edges: new Uint16Array(0) }
  #places: Float32Array = new Float32Array(0)
  #pixels = new Float32Array(0)
  #shineUntil = new Float64Array(0)
  #deadSince = new Float64Array(0)
  #size = { width: 0, height: 0 }
  #isStale = true
  #chosen = -1

  constructor(stage: HTMLElement, palette: Palette) {
    this.stage = stage
    this.#palette = palette
    this.#still = layerOn(stage)
    this.#trails = layerOn(stage)
    this.#shine = layerOn(stage)
    new ResizeObserver(() => this.#resize()).observe(stage)
    this.#resize()
  }

  get shape(): Shape {
    return this.#shape
  }

  /** Pixels of the stage: x and y of each node. */
  get pixels(): Float32Array {
    return this.#pixels
  }

  /** The node that keys have chosen; -1: none. */
  get chosen(): number {
    return this.#chosen
  }

  choose(node: number): void {
    this.#chosen = node
    this.#isStale = true
  }

  setCut(isCut: boolean): void {
    if (this.isCut !== isCut) this.#isStale = true
    this.isCut = isCut
  }

  setPalette(palette: Palette): void {
    this.#palette = palette
    this.#isStale = true
  }

  setShape(shape: Shape, nowMs: number): void {
    const before = this.#shape.marks
    if (before.length !== shape.marks.length) this.#resizeNodes(shape.marks.length)
    shape.marks.forEach((mark, node) => {
      if (((before[node] ?? 0) & Mark.up) !== 0 && (mark & Mark.up) === 0) this.#deadSince[node] = nowMs
    })
    this.#shape = shape
    this.#isStale = true
  }

  setPlaces(places: Float32Array): void {
    this.#places = places
    if (places.length === this.#pixels.length) this.#isStale = true
  }

  /** `shownMs`: the simulated time that is seen; `nowMs`: real time; `speed`: of the one in the other, 0: it stands. */
  draw(shownMs: number, nowMs: number, speed: number): void {
    if (this.#places.length !== this.#pixels.length) return
    const { width, height } = this.#size
    const moves = this.#box.fit(this.#places, this.#shape.marks, width, height)
    if (moves || this.#isStale) {
      this.#box.toPixels(this.#places, this.#pixels)
      this.#drawStill()
      this.#isStale = moves
    }
    if (speed > 0) this.#drawTrails(shownMs, nowMs)
    this.#drawShine(nowMs, Math.min(1, 0.45 / Math.max(speed, 0.01)))
  }

  /** As below, but -1 when it is not near. */
  nodeAt(x: number, y: number): number {
    const node = this.nearest(x, y)
    const apart = Math.hypot((this.#pixels[2 * node] ?? 0) - x, (this.#pixels[2 * node + 1] ?? 0) - y)
    return node >= 0 && apart <= NEAR_PIXELS ? node : -1
  }

  /** The node that is nearest to this pixel and up; -1: none is up. */
  nearest(x: number, y: number): number {
    let [best, distance] = [-1, Number.POSITIVE_INFINITY]
    this.#shape.marks.forEach((mark, node) => {
      const apart = ((this.#pixels[2 * node] ?? 0) - x) ** 2 + ((this.#pixels[2 * node + 1] ?? 0) - y) ** 2
      if ((mark & Mark.up) !== 0 && apart < distance) [best, distance] = [node, apart]
    })
    return best
  }

  get #radius(): number {
    const { width, height } = this.#size
    return Math.min(6, Math.max(1.7, 0.13 * Math.sqrt((width * height) / Math.max(1, this.#shape.marks.length))))
  }

  #drawStill(): void {
    const [layer, pixels] = [this.#still, this.#pixels]
    this.#clear(layer)
    const { edges, marks } = this.#shape
    layer.beginPath()
    for (let i = 0; i < edges.length; i += 2) {
      const [a, b] = [2 * (edges[i] ?? 0), 2 * (edges[i + 1] ?? 0)]
      layer.moveTo(pixels[a] ?? 0, pixels[a + 1] ?? 0)
      layer.lineTo(pixels[b] ?? 0, pixels[b + 1] ?? 0)
    }
    layer.strokeStyle = this.#palette.link
    layer.globalAlpha = Math.min(0.45, Math.max(0.1, 330 / Math.max(1, edges.length / 2)))
    layer.lineWidth = 0.8
    layer.stroke()
    layer.globalAlpha = 1
    for (const kind of kinds) {
      this.#drawNodes(layer, (mark, node) => kind.is(mark, this.isCut && (node & 1) === 1), this.#palette[kind.colour])
    }
    this.#ring(layer, (mark) => (mark & (Mark.author | Mark.up)) === (Mark.author | Mark.up), this.#palette.ink)
    this.#drawChosen(layer, marks)
  }

  #drawNodes(layer: CanvasRenderingContext2D, is: (mark: number, node: number) => boolean, colour: string): void {
    const radius = this.#radius
    layer.fillStyle = colour
    layer.beginPath()
    this.#shape.marks.forEach((mark, node) => {
      if (!is(mark, node)) return
      const [x, y] = [this.#pixels[2 * node] ?? 0, this.#pixels[2 * node + 1] ?? 0]
      const size = (mark & Mark.up) === 0 ? 0.6 * radius : radius
      layer.moveTo(x + size, y)
      if ((mark & Mark.withholds) !== 0) layer.rect(x - size, y - size, 2 * size, 2 * size)
      else layer.arc(x, y, size, 0, 7)
    })
    layer.fill()
  }

  #ring(layer: CanvasRenderingContext2D, is: (mark: number) => boolean, colour: string): void {
    const radius = this.#radius + 2
    layer.strokeStyle = colour
    layer.lineWidth = 1.6
    layer.beginPath()
    this.#shape.marks.forEach((mark, node) => {
      if (!is(mark)) return
      const [x, y] = [this.#pixels[2 * node] ?? 0, this.#pixels[2 * node + 1] ?? 0]
      layer.moveTo(x + radius, y)
      layer.arc(x, y, radius, 0, 7)
    })
    layer.stroke()
  }

  #drawChosen(layer: CanvasRenderingContext2D, marks: Uint8Array): void {
    if (this.#chosen < 0 || this.#chosen >= marks.length) return
    const [x, y] = [this.#pixels[2 * this.#chosen] ?? 0, this.#pixels[2 * this.#chosen + 1] ?? 0]
    layer.strokeStyle = this.#palette.ink
    layer.lineWidth = 2
    layer.beginPath()
    layer.arc(x, y, this.#radius + 6, 0, 7)
    layer.stroke()
  }

  #drawTrails(shownMs: number, nowMs: number): void {
    const [layer, pixels] = [this.#trails, this.#pixels]
    layer.globalCompositeOperation = 'destination-out'
    layer.fillStyle = `rgb(0 0 0 / ${FADE})`
    layer.fillRect(0, 0, this.#size.width, this.#size.height)
    layer.globalCompositeOperation = 'source-over'
    const [news, copies] = [new Path2D(), new Path2D()]
    this.pulses.each(
      shownMs,
      (from, to, at, fresh) => {
        const [x, y] = [pixels[2 * from] ?? 0, pixels[2 * from + 1] ?? 0]
        const [dx, dy] = [(pixels[2 * to] ?? 0) - x, (pixels[2 * to + 1] ?? 0) - y]
        const tail = Math.max(0, at - TRAIL)
        const path = fresh ? news : copies
        path.moveTo(x + tail * dx, y + tail * dy)
        path.lineTo(x + at * dx, y + at * dy)
      },
      (to, fresh) => {
        if (fresh) this.#shineUntil[to] = nowMs + SHINE_MS
      }
    )
    layer.lineWidth = 0.9
    layer.globalAlpha = 0.6
    layer.strokeStyle = this.#palette.flood
    layer.stroke(copies)
    layer.lineWidth = Math.min(1.9, 0.5 * this.#radius)
    layer.globalAlpha = 1
    layer.strokeStyle = this.#palette.trees
    layer.stroke(news)
  }

  /**
   * In a few steps of brightness, since each is a path of its own. What is quick shines less: else all nodes shone all
   * the time.
   */
  #drawShine(nowMs: number, brightness: number): void {
    const layer = this.#shine
    this.#clear(layer)
    const steps = 4
    const glow = Array.from({ length: steps }, () => new Path2D())
    const death = Array.from({ length: steps }, () => new Path2D())
    const radius = this.#radius
    for (let node = 0; node < this.#shape.marks.length; node++) {
      const left = Math.max(0, ((this.#shineUntil[node] ?? 0) - nowMs) / SHINE_MS)
      const gone = Math.max(0, 1 - (nowMs - (this.#deadSince[node] ?? 0)) / DEATH_MS)
      const share = Math.max(left, gone)
      if (share <= 0) continue
      const path = (gone > 0 ? death : glow)[Math.min(steps - 1, Math.floor(share * steps))]
      const [x, y] = [this.#pixels[2 * node] ?? 0, this.#pixels[2 * node + 1] ?? 0]
      const size = radius * (gone > 0 ? 1 + 1.6 * (1 - gone) : 1.15)
      path?.moveTo(x + size, y)
      path?.arc(x, y, size, 0, 7)
    }
    for (let step = 0; step < steps; step++) {
      layer.globalAlpha = (brightness * (step + 1)) / steps
      layer.fillStyle = this.#palette.trees
      layer.fill(glow[step] ?? new Path2D())
      layer.globalAlpha = (step + 1) / steps
      layer.fillStyle = this.#palette.danger
      layer.fill(death[step] ?? new Path2D())
    }
    layer.globalAlpha = 1
  }

  #clear(layer: CanvasRenderingContext2D): void {
    layer.clearRect(0, 0, this.#size.width, this.#size.height)
  }

  #resize(): void {
    const { clientWidth: width, clientHeight: height } = this.stage
    const ratio = Math.min(2, devicePixelRatio)
    this.#size = { width, height }
    for (const layer of [this.#still, this.#trails, this.#shine]) {
      layer.canvas.width = Math.round(ratio * width)
      layer.canvas.height = Math.round(ratio * height)
      layer.setTransform(ratio, 0, 0, ratio, 0, 0)
      layer.lineCap = 'round'
    }
    this.#isStale = true
  }

  #resizeNodes(count: number): void {
    this.#pixels = new Float32Array(2 * count)
    this.#shineUntil = new Float64Array(count)
    this.#deadSince = new Float64Array(count).fill(-DEATH_MS)
    this.#shape = { marks: new Uint8Array(count), edges: new Uint16Array(0) }
    this.#chosen = -1
  }
}

/** What a node looks like: the first of them that it is, `other` being the other side of a cut. */
const kinds: { readonly colour: keyof Palette; is(mark: number, other: boolean): boolean }[] = [
  { colour: 'dead', is: (mark) => (mark & Mark.up) === 0 },
  { colour: 'withholds', is: (mark) => (mark & Mark.up) !== 0 && (mark & Mark.withholds) !== 0 },
  { colour: 'other-side', is: (mark, other) => isPlain(mark) && other },
  { colour: 'node', is: (mark, other) => isPlain(mark) && !other }
]

function isPlain(mark: number): boolean {
  return (mark & Mark.up) !== 0 && (mark & Mark.withholds) === 0
}

function layerOn(stage: HTMLElement): CanvasRenderingContext2D {
  const canvas = document.createElement('canvas')
  stage.append(canvas)
  const context = canvas.getContext('2d')
  if (context === null) throw new Error('this browser draws on no canvas')
  return context
}
