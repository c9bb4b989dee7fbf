// The layer of links and nodes, drawn when they have changed or moved.
import { Mark } from '../../world/shape.ts'
import type { Palette } from './palette.ts'
import { addCircle, isUp, type Picture, placeOf } from './picture.ts'

/** The look of a node: the first of these that applies. */
const looks: readonly { readonly colour: keyof Palette; is(mark: number, isOther: boolean): boolean }[] = [
  { colour: 'dead', is: (mark) => !isUp(mark) },
  { colour: 'withholds', is: (mark) => (mark & Mark.withholds) !== 0 },
  { colour: 'other-side', is: (_, isOther) => isOther },
  { colour: 'node', is: () => true }
]

export function drawStill(layer: CanvasRenderingContext2D, picture: Picture): void {
  layer.clearRect(0, 0, picture.width, picture.height)
  drawLinks(layer, picture)
  drawNodes(layer, picture)
  drawRings(layer, picture)
}

/** The more links there are, the fainter each is. */
function drawLinks(layer: CanvasRenderingContext2D, { shape: { edges }, pixels, palette }: Picture): void {
  layer.beginPath()
  for (let i = 0; i < edges.length; i += 2) {
    const [a, b] = [2 * (edges[i] ?? 0), 2 * (edges[i + 1] ?? 0)]
    layer.moveTo(pixels[a] ?? 0, pixels[a + 1] ?? 0)
    layer.lineTo(pixels[b] ?? 0, pixels[b + 1] ?? 0)
  }
  layer.strokeStyle = palette.link
  layer.globalAlpha = Math.min(0.45, Math.max(0.1, 330 / Math.max(1, edges.length / 2)))
  layer.lineWidth = 0.8
  layer.stroke()
  layer.globalAlpha = 1
}

function drawNodes(layer: CanvasRenderingContext2D, picture: Picture): void {
  const { shape, radius, palette, isCut } = picture
  const paths = looks.map(() => new Path2D())
  shape.marks.forEach((mark, node) => {
    const path = paths[looks.findIndex(({ is }) => is(mark, isCut && (node & 1) === 1))]
    const [x, y] = placeOf(picture, node)
    const size = isUp(mark) ? radius : 0.6 * radius
    if ((mark & Mark.withholds) !== 0) path?.rect(x - size, y - size, 2 * size, 2 * size)
    else if (path) addCircle(path, x, y, size)
  })
  looks.forEach(({ colour }, index) => {
    layer.fillStyle = palette[colour]
    layer.fill(paths[index] ?? new Path2D())
  })
}

/** Around authors, and around the chosen node. */
function drawRings(layer: CanvasRenderingContext2D, picture: Picture): void {
  const { shape, radius, palette, chosen } = picture
  layer.strokeStyle = palette.ink
  layer.lineWidth = 1.6
  layer.beginPath()
  shape.marks.forEach((mark, node) => {
    if (isUp(mark) && (mark & Mark.author) !== 0) addCircle(layer, ...placeOf(picture, node), radius + 2)
  })
  if (chosen >= 0 && chosen < shape.marks.length) addCircle(layer, ...placeOf(picture, chosen), radius + 6)
  layer.stroke()
}
