// One network on its stage, in three layers: links and nodes; messages on their way; what is lit at the moment.
import type { Shape } from '../../world/shape.ts'
import type { Palette } from './palette.ts'
import { isUp, layerOn, type Picture, placeOf, resizeLayer } from './picture.ts'
import { Pulses } from './pulses.ts'
import { Shine } from './shine.ts'
import { drawStill } from './still.ts'
import { drawTrails } from './trails.ts'
import { ViewBox } from './view-box.ts'

/** A finger is no more precise. */
const NEAR_PIXELS = 28

export class LaneView {
  readonly stage: HTMLElement
  readonly pulses = new Pulses()
  readonly #still: CanvasRenderingContext2D
  readonly #trails: CanvasRenderingContext2D
  readonly #shining: CanvasRenderingContext2D
  readonly #shine = new Shine()
  readonly #box = new ViewBox()
  readonly #picture: Picture
  #places: Float32Array = new Float32Array(0)
  /** Whether links and nodes must be drawn again. */
  #isStale = true

  constructor(stage: HTMLElement, palette: Palette) {
    this.stage = stage
    this.#picture = emptyPicture(palette)
    this.#still = layerOn(stage)
    this.#trails = layerOn(stage)
    this.#shining = layerOn(stage)
    new ResizeObserver(() => this.#resize()).observe(stage)
    this.#resize()
  }

  get shape(): Shape {
    return this.#picture.shape
  }

  /** Pixels of the stage: x and y of each node. */
  get pixels(): Float32Array {
    return this.#picture.pixels
  }

  /** The node chosen with keys; -1: none. */
  get chosen(): number {
    return this.#picture.chosen
  }

  choose(node: number): void {
    this.#change({ chosen: node })
  }

  setCut(isCut: boolean): void {
    if (this.#picture.isCut !== isCut) this.#change({ isCut })
  }

  setPalette(palette: Palette): void {
    this.#change({ palette })
  }

  setShape(shape: Shape, nowMs: number): void {
    const { marks } = shape
    if (this.shape.marks.length !== marks.length) this.#resizeNodes(marks.length)
    this.#shine.noteDeaths(this.shape.marks, marks, nowMs)
    this.#change({ shape })
  }

  setPlaces(places: Float32Array): void {
    this.#places = places
    this.#isStale = true
  }

  /** `shownMs`: the simulated time shown; `nowMs`: real time; `speed`: simulated time over real time, 0 when paused. */
  draw(shownMs: number, nowMs: number, speed: number): void {
    const picture = this.#picture
    // The layout still belongs to another run.
    if (this.#places.length !== picture.pixels.length) return
    const { width, height } = picture
    const moves = this.#box.fit(this.#places, picture.shape.marks, width, height)
    if (moves || this.#isStale) {
      this.#box.toPixels(this.#places, picture.pixels)
      drawStill(this.#still, picture)
      this.#isStale = moves
    }
    const onNews = (node: number) => this.#shine.noteNews(node, nowMs)
    if (speed > 0) drawTrails(this.#trails, picture, this.pulses, shownMs, onNews)
    this.#shine.draw(this.#shining, picture, nowMs, Math.min(1, 0.45 / Math.max(speed, 0.01)))
  }

  /** Like `nearest`, but -1 if the node is not near. */
  nodeAt(x: number, y: number): number {
    const node = this.nearest(x, y)
    const [nodeX, nodeY] = placeOf(this.#picture, node)
    return node >= 0 && Math.hypot(nodeX - x, nodeY - y) <= NEAR_PIXELS ? node : -1
  }

  /** The nearest node to this pixel that is up; -1: none is up. */
  nearest(x: number, y: number): number {
    let [best, distance] = [-1, Number.POSITIVE_INFINITY]
    this.shape.marks.forEach((mark, node) => {
      const [nodeX, nodeY] = placeOf(this.#picture, node)
      const apart = Math.hypot(nodeX - x, nodeY - y)
      if (isUp(mark) && apart < distance) [best, distance] = [node, apart]
    })
    return best
  }

  #change(change: Partial<Picture>): void {
    Object.assign(this.#picture, change)
    this.#isStale = true
  }

  #resize(): void {
    const { clientWidth: width, clientHeight: height } = this.stage
    for (const layer of [this.#still, this.#trails, this.#shining]) resizeLayer(layer, width, height)
    this.#change({ width, height, radius: radiusOf(width, height, this.shape.marks.length) })
  }

  #resizeNodes(count: number): void {
    this.#shine.resize(count)
    const { width, height } = this.#picture
    const shape = { marks: new Uint8Array(count), edges: new Uint16Array(0) }
    this.#change({ shape, pixels: new Float32Array(2 * count), chosen: -1, radius: radiusOf(width, height, count) })
  }
}

function emptyPicture(palette: Palette): Picture {
  const shape = { marks: new Uint8Array(0), edges: new Uint16Array(0) }
  return { shape, pixels: new Float32Array(0), radius: 1, width: 0, height: 0, palette, isCut: false, chosen: -1 }
}

function radiusOf(width: number, height: number, nodes: number): number {
  return Math.min(6, Math.max(1.7, 0.13 * Math.sqrt((width * height) / Math.max(1, nodes))))
}
