// The thread that places the nodes.
import { Layout } from '../world/layout.ts'
import type { FromLayout, ToLayout } from '../world/messages.ts'

/** Between two steps, so that the threads that simulate and draw have their turn. */
const STEP_EVERY_MS = 30

const port = self as unknown as DedicatedWorkerGlobalScope
let layout = new Layout(0)
let isStepping = false

port.onmessage = ({ data }: MessageEvent<ToLayout>) => {
  if (data.kind === 'reset') layout = new Layout(data.nodes)
  else layout.relink(data.edges, data.up)
  if (!isStepping) setTimeout(step, 0)
  isStepping = true
}

function step(): void {
  layout.step()
  isStepping = layout.isMoving
  if (isStepping) setTimeout(step, STEP_EVERY_MS)
  const places = layout.places()
  port.postMessage({ places, isMoving: isStepping } satisfies FromLayout, [places.buffer])
}
