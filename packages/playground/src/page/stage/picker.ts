// Chooses a node on a stage, with a pointer or with keys.
import { Mark } from '../../world/shape.ts'
import type { LaneView } from './lane-view.ts'

const directions: Readonly<Record<string, readonly [x: number, y: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1]
}

/** `onPick`: the visitor wants a message from this node. */
export function watchPicks(view: LaneView, onPick: (node: number) => void): void {
  const { stage } = view
  stage.addEventListener('click', ({ clientX, clientY, detail }) => {
    // Enter and the space bar also click, but at no position.
    if (detail === 0) return view.chosen >= 0 ? onPick(view.chosen) : undefined
    const { left, top } = stage.getBoundingClientRect()
    const node = view.nodeAt(clientX - left, clientY - top)
    if (node >= 0) onPick(node)
  })
  stage.addEventListener('keydown', (event) => {
    const direction = directions[event.key]
    if (direction === undefined) return
    event.preventDefault()
    view.choose(nextOf(view, direction))
  })
}

/** The nearest node in this direction; at first, the one nearest to the middle. */
function nextOf(view: LaneView, [dx, dy]: readonly [x: number, y: number]): number {
  const { pixels, stage, chosen } = view
  if (chosen < 0) return view.nearest(stage.clientWidth / 2, stage.clientHeight / 2)
  const [x, y] = [pixels[2 * chosen] ?? 0, pixels[2 * chosen + 1] ?? 0]
  let [best, least] = [chosen, Number.POSITIVE_INFINITY]
  view.shape.marks.forEach((mark, node) => {
    const [ax, ay] = [(pixels[2 * node] ?? 0) - x, (pixels[2 * node + 1] ?? 0) - y]
    const ahead = ax * dx + ay * dy
    if ((mark & Mark.up) === 0 || ahead <= 0.5) return
    // Nodes to the side count as farther away.
    const cost = ahead + 2 * Math.abs(ax * dy - ay * dx)
    if (cost < least) [best, least] = [node, cost]
  })
  return best
}
