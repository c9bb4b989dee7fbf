// Where the nodes are: links pull, nodes push. Well-linked nodes move together, so that the parts of a broken network
// visibly drift apart.
import { forceCollide, forceLink, forceManyBody, forceSimulation, forceX, forceY, type Simulation } from 'd3-force'

interface Place {
  x?: number
  y?: number
  /** A fixed place: d3 does not move nodes that have one. */
  fx?: number | null
  fy?: number | null
  up: boolean
}

interface Link {
  source: number | Place
  target: number | Place
}

/** Below this, nothing moves visibly. */
const REST = 0.01
/** How much everything moves when links come or go, in d3's measure, which starts at 1. */
const STIR = 0.35

export class Layout {
  readonly #places: Place[]
  readonly #simulation: Simulation<Place, Link>

  constructor(nodes: number) {
    this.#places = Array.from({ length: nodes }, () => ({ up: false }))
    this.#simulation = forceSimulation<Place, Link>(this.#places).stop().alphaDecay(0.02)
  }

  get isMoving(): boolean {
    return this.#simulation.alpha() > REST
  }

  /** `edges`: two nodes for each link; `up`: 1 for each node that is up. */
  relink(edges: Uint16Array, up: Uint8Array): void {
    const links: Link[] = []
    for (let i = 0; i < edges.length; i += 2) links.push({ source: edges[i] ?? 0, target: edges[i + 1] ?? 0 })
    for (const [index, place] of this.#places.entries()) setUp(place, up[index] === 1)
    setForces(this.#simulation, links)
    this.#simulation.alpha(Math.max(this.#simulation.alpha(), STIR))
  }

  step(): void {
    this.#simulation.tick()
  }

  /** x and y of each node, around 0. */
  places(): Float32Array<ArrayBuffer> {
    const flat = new Float32Array(2 * this.#places.length)
    for (const [index, { x = 0, y = 0 }] of this.#places.entries()) flat.set([x, y], 2 * index)
    return flat
  }
}

/** Dead nodes stay where they were, and are in nobody's way. */
function setUp(place: Place, isUp: boolean): void {
  const died = place.up && !isUp
  place.up = isUp
  place.fx = died ? (place.x ?? 0) : isUp ? null : (place.fx ?? null)
  place.fy = died ? (place.y ?? 0) : isUp ? null : (place.fy ?? null)
}

/** Made again each time: forces look at which nodes are up when they are made. */
function setForces(simulation: Simulation<Place, Link>, links: Link[]): void {
  const push = forceManyBody<Place>().strength(({ up }) => (up ? -34 : 0))
  simulation
    .force('link', forceLink<Place, Link>(links).distance(34))
    .force('push', push.theta(1.1))
    .force('apart', forceCollide<Place>(({ up }) => (up ? 5 : 0)).iterations(1))
    // Stages are wide.
    .force('x', forceX<Place>(0).strength(0.02))
    .force('y', forceY<Place>(0).strength(0.07))
}
