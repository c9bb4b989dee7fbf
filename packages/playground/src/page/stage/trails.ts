// The layer of messages on their way: streaks that fade.
import type { Picture } from './picture.ts'
import type { Pulses } from './pulses.ts'

/** The length of a streak, as a share of its link. */
const TRAIL = 0.22
/** Share of the previous drawing that disappears in each frame. */
const FADE = 0.2

/** `onNews`: a copy that was new to its node has arrived there. */
export function drawTrails(
  layer: CanvasRenderingContext2D,
  { pixels, palette, radius, width, height }: Picture,
  pulses: Pulses,
  shownMs: number,
  onNews: (node: number) => void
): void {
  fade(layer, width, height)
  const [news, copies] = [new Path2D(), new Path2D()]
  pulses.each(
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
      if (fresh) onNews(to)
    }
  )
  layer.lineWidth = 0.9
  layer.globalAlpha = 0.6
  layer.strokeStyle = palette.flood
  layer.stroke(copies)
  layer.lineWidth = Math.min(1.9, 0.5 * radius)
  layer.globalAlpha = 1
  layer.strokeStyle = palette.trees
  layer.stroke(news)
}

function fade(layer: CanvasRenderingContext2D, width: number, height: number): void {
  layer.globalCompositeOperation = 'destination-out'
  layer.fillStyle = `rgb(0 0 0 / ${FADE})`
  layer.fillRect(0, 0, width, height)
  layer.globalCompositeOperation = 'source-over'
}
