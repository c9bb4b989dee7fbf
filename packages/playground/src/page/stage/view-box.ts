// Maps the places of nodes, around 0, to pixels of a stage: all nodes that are up are in view, and the view moves
// slowly.
import { Mark } from '../../world/shape.ts'

const MARGIN = 14
/** Share of the remaining way that the view moves in each frame. */
const EASE = 0.12

export class ViewBox {
  #scale = 0
  #x = 0
  #y = 0

  /** False if nothing has moved visibly. */
  fit(places: Float32Array, marks: Uint8Array, width: number, height: number): boolean {
    const [left, top, right, bottom] = boundsOf(places, marks)
    const scale = Math.min(
      (width - 2 * MARGIN) / Math.max(60, right - left),
      (height - 2 * MARGIN) / Math.max(60, bottom - top)
    )
    const goal = [scale, width / 2 - (scale * (left + right)) / 2, height / 2 - (scale * (top + bottom)) / 2] as const
    const ease = this.#scale === 0 ? 1 : EASE
    const before = [this.#scale, this.#x, this.#y] as const
    this.#scale += ease * (goal[0] - before[0])
    this.#x += ease * (goal[1] - before[1])
    this.#y += ease * (goal[2] - before[2])
    const moved = Math.abs(goal[0] - before[0]) / Math.max(goal[0], 0.001) > 0.002
    return moved || Math.abs(goal[1] - before[1]) > 0.3 || Math.abs(goal[2] - before[2]) > 0.3
  }

  toPixels(places: Float32Array, pixels: Float32Array): void {
    for (let i = 0; i < places.length; i += 2) {
      pixels[i] = this.#x + this.#scale * (places[i] ?? 0)
      pixels[i + 1] = this.#y + this.#scale * (places[i + 1] ?? 0)
    }
  }
}

function boundsOf(places: Float32Array, marks: Uint8Array): [left: number, top: number, right: number, bottom: number] {
  const bounds: [number, number, number, number] = [Infinity, Infinity, -Infinity, -Infinity]
  for (let node = 0; node < marks.length; node++) {
    if (((marks[node] ?? 0) & Mark.up) === 0) continue
    const [x, y] = [places[2 * node] ?? 0, places[2 * node + 1] ?? 0]
    bounds[0] = Math.min(bounds[0], x)
    bounds[1] = Math.min(bounds[1], y)
    bounds[2] = Math.max(bounds[2], x)
    bounds[3] = Math.max(bounds[3], y)
  }
  return bounds[0] === Infinity ? [-1, -1, 1, 1] : bounds
}
