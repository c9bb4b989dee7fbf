// What the layers of a stage draw: one network at this moment.
import { Mark, type Shape } from '../../world/shape.ts'
import type { Palette } from './palette.ts'

export interface Picture {
  shape: Shape
  /** x and y of each node, in pixels of the stage. */
  pixels: Float32Array
  /** The radius of a node, in pixels. */
  radius: number
  width: number
  height: number
  palette: Palette
  /** Nodes with odd numbers are on the other side of a cut. */
  isCut: boolean
  /** The node chosen with keys; -1: none. */
  chosen: number
}

export function isUp(mark = 0): boolean {
  return (mark & Mark.up) !== 0
}

export function placeOf({ pixels }: Picture, node: number): [x: number, y: number] {
  return [pixels[2 * node] ?? 0, pixels[2 * node + 1] ?? 0]
}

/** A circle around a node, as a separate part of a path. */
export function addCircle(path: CanvasPath, x: number, y: number, radius: number): void {
  path.moveTo(x + radius, y)
  path.arc(x, y, radius, 0, 2 * Math.PI)
}

/** A canvas over the whole stage. */
export function layerOn(stage: HTMLElement): CanvasRenderingContext2D {
  const canvas = document.createElement('canvas')
  stage.append(canvas)
  const context = canvas.getContext('2d')
  if (context === null) throw new Error('this browser draws on no canvas')
  return context
}

/** As many pixels as the screen has, up to two in each direction: more take time and show nothing. */
export function resizeLayer(layer: CanvasRenderingContext2D, width: number, height: number): void {
  const ratio = Math.min(2, devicePixelRatio)
  layer.canvas.width = Math.round(ratio * width)
  layer.canvas.height = Math.round(ratio * height)
  layer.setTransform(ratio, 0, 0, ratio, 0, 0)
  layer.lineCap = 'round'
}
