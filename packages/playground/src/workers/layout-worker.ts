// The thread that places the nodes: links pull, nodes push. What is well linked moves together, so that the parts of a
// broken network drift apart before one's eyes.
import { forceCollide, forceLink, forceManyBody, forceSimulation, forceX, forceY, type Simulation } from 'd3-force'
import type { FromLayout, ToLayout } from '../world/messages.ts'

interface Place {
  x?: number
  y?: number
  /** Where it stays: d3 moves none that has them. */
  fx?: number | null
  fy?: number | null
  up: boolean
}

interface Link {
  source: number | Place
  target: number | Place
}

/** Between two steps, so that the threads that simulate and draw have their turn. */
const STEP_EVERY_MS = 30
/** Below it nothing moves that anybody sees. */
const REST = 0.01

const port = self as unknown as DedicatedWorkerGlobalScope
let places: Place[] = []
let simulation: Simulation<Place, Link> = simulationOf([])
let isStepping = false

port.onmessage = ({ data }: MessageEvent<ToLayout>) => {
  if (data.kind === 'reset') reset(data.nodes)
  else relink(data.edges, data.up)
}

function reset(nodes: number): void {
  places = Array.from({ length: nodes }, () => ({ up: false }))
  simulation = simulationOf(places)
}

function relink(edges: Uint16Array, up: Uint8Array): void {
  const links: Link[] = []
  for (let i = 0; i < edges.length; i += 2) links.push({ source: edges[i] ?? 0, target: edges[i + 1] ?? 0 })
  for (const [index, place] of places.entries()) setUp(place, up[index] === 1)
  setForces(links)
  simulation.alpha(Math.max(simulation.alpha(), 0.35))
  if (!isStepping) setTimeout(step, 0)
  isStepping = true
}

/** The dead stay where they were, and are in nobody's way. */
function setUp(place: Place, isUp: boolean): void {
  const died = place.up && !isUp
  place.up = isUp
  place.fx = died ? (place.x ?? 0) : isUp ? null : (place.fx ?? null)
  place.fy = died ? (place.y ?? 0) : isUp ? null : (place.fy ?? null)
}

function step(): void {
  simulation.tick()
  isStepping = simulation.alpha() > REST
  if (isStepping) setTimeout(step, STEP_EVERY_MS)
  const flat = new Float32Array(2 * places.length)
  places.forEach(({ x = 0, y = 0 }, index) => void flat.set([x, y], 2 * index))
  port.postMessage({ places: flat, isMoving: isStepping } satisfies FromLayout, [flat.buffer])
}

/** Forces look at who is up when they are made. */
function simulationOf(nodes: Place[]): Simulation<Place, Link> {
  return forceSimulation<Place, Link>(nodes).stop().alphaDecay(0.02)
}

function setForces(links: Link[]): void {
  simulation
    .force('link', forceLink<Place, Link>(links).distance(34))
    .force(
      'push',
      forceManyBody<Place>()
        .strength(({ up }) => (up ? -34 : 0))
        .theta(1.1)
    )
    .force('apart', forceCollide<Place>(({ up }) => (up ? 5 : 0)).iterations(1))
    // Stages are wide.
    .force('x', forceX<Place>(0).strength(0.02))
    .force('y', forceY<Place>(0).strength(0.07))
}
