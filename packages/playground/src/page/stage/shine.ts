// The layer of what lights up for a moment: nodes that news has reached, and nodes that have just died.
import { addCircle, isUp, type Picture, placeOf } from './picture.ts'

const NEWS_MS = 450
const DEATH_MS = 1_500
/** Each step of brightness is a separate path. */
const STEPS = 4

export class Shine {
  #newsMs = new Float64Array(0)
  #deathMs = new Float64Array(0)

  resize(nodes: number): void {
    this.#newsMs = new Float64Array(nodes).fill(Number.NEGATIVE_INFINITY)
    this.#deathMs = new Float64Array(nodes).fill(Number.NEGATIVE_INFINITY)
  }

  noteNews(node: number, nowMs: number): void {
    this.#newsMs[node] = nowMs
  }

  noteDeaths(before: Uint8Array, after: Uint8Array, nowMs: number): void {
    after.forEach((mark, node) => {
      if (isUp(before[node]) && !isUp(mark)) this.#deathMs[node] = nowMs
    })
  }

  /** `newsAlpha`, 0 to 1: at high speed news must be dimmer, or all nodes are lit all the time. */
  draw(layer: CanvasRenderingContext2D, picture: Picture, nowMs: number, newsAlpha: number): void {
    const { width, height, radius, palette } = picture
    layer.clearRect(0, 0, width, height)
    this.#drawSteps(layer, picture, palette.trees, newsAlpha, (node) => {
      return [left(this.#newsMs[node], nowMs, NEWS_MS), 1.15 * radius]
    })
    this.#drawSteps(layer, picture, palette.danger, 1, (node) => {
      const share = left(this.#deathMs[node], nowMs, DEATH_MS)
      return [share, radius * (2.6 - 1.6 * share)]
    })
  }

  #drawSteps(
    layer: CanvasRenderingContext2D,
    picture: Picture,
    colour: string,
    alpha: number,
    of: (node: number) => [share: number, radius: number]
  ): void {
    const paths = Array.from({ length: STEPS }, () => new Path2D())
    for (let node = 0; node < picture.shape.marks.length; node++) {
      const [share, radius] = of(node)
      const path = paths[Math.min(STEPS - 1, Math.floor(share * STEPS))]
      if (share > 0 && path) addCircle(path, ...placeOf(picture, node), radius)
    }
    layer.fillStyle = colour
    paths.forEach((path, step) => {
      layer.globalAlpha = (alpha * (step + 1)) / STEPS
      layer.fill(path)
    })
    layer.globalAlpha = 1
  }
}

/** Share of the time left, 0 to 1. */
function left(sinceMs = Number.NEGATIVE_INFINITY, nowMs: number, lastsMs: number): number {
  return Math.max(0, 1 - (nowMs - sinceMs) / lastsMs)
}
