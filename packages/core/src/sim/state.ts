// The simulated world: nodes, the links between them, and what is under way.
import type { JoinEvent, JoinOptions } from '../join/index.ts'
import { createEnds, type End, type Ends } from './ends.ts'
import { EventQueue } from './event-queue.ts'
import { resolveSimOptions, type SimOptions } from './options.ts'
import { createRandom, drawId, type SeededRandom } from './random.ts'
import type { SimNode } from './sim-node.ts'
import { Trace } from './trace.ts'

/** A message on its way through the network. */
export interface Message {
  readonly number: number
  readonly at: number
  /** By node: the incarnation that has it, 0 when none. */
  readonly seen: Uint32Array
  delivered: number
  copies: number
  inFlight: number
  maxHops: number
  lastAt: number
}

/** Busy authors, which are told of nodes and links; see stream/stream.ts. */
export interface SimStream {
  onNodeUp(node: SimNode): void
  onNodeDown(node: SimNode): void
  /** This end takes part in the flood. */
  onLinkUp(node: SimNode, link: number): void
  onLinkDown(node: SimNode, link: number): void
  /** Something has come over a link. */
  onArrival(kind: number, link: number, b: number, what: unknown): void
  /** Something that a node or an author has scheduled. */
  onOwn(kind: number, a: number): void
}

export interface Sim {
  readonly options: SimOptions
  readonly random: SeededRandom
  readonly queue: EventQueue
  readonly trace: Trace
  readonly nodes: SimNode[]
  readonly byAddress: Map<string, SimNode>
  readonly ends: Ends
  readonly counts: { steps: number; dials: number; packets: number; early: number }
  now: number
  lastMessage: number
  split: boolean
  /** Things under way between nodes, without timers. */
  inFlight: number
  /** By link's end: how many words that end it are on their way there. Kept only in checked worlds. */
  readonly endings: Map<number, number>
  onEvent: ((node: SimNode, event: JoinEvent) => void) | null
  /** A node has received a message for the first time since it started; its author at once. */
  onDelivery: ((node: SimNode, message: Message) => void) | null
  onMessage: ((message: Message) => void) | null
  stream: SimStream | null
}

export function createSim(options: Partial<SimOptions> = {}): Sim {
  const resolved = resolveSimOptions(options)
  return {
    options: resolved,
    random: createRandom(resolved.seed),
    queue: new EventQueue(),
    trace: new Trace(),
    nodes: [],
    byAddress: new Map(),
    ends: createEnds(),
    counts: { steps: 0, dials: 0, packets: 0, early: 0 },
    now: 0,
    lastMessage: 0,
    split: false,
    inFlight: 0,
    endings: new Map(),
    onEvent: null,
    onDelivery: null,
    onMessage: null,
    stream: null
  }
}

/**
 * A place for a node, which is down at first. `address` is made up if it is not given: each node on a network of its
 * own.
 */
export function addNode(sim: Sim, join: Partial<JoinOptions> = {}, address = addressOf(sim.nodes.length)): SimNode {
  const { random, options, nodes } = sim
  const node: SimNode = {
    index: nodes.length,
    id: join.id ?? drawId(random),
    address,
    join,
    reachable: nodes.length === 0 || random() >= options.natShare,
    slow: random() < options.slowShare,
    busyUntil: 0,
    side: 0,
    incarnation: 0,
    state: null,
    silent: false,
    ends: new Set(),
    wakeAt: Number.POSITIVE_INFINITY,
    aloneSince: Number.POSITIVE_INFINITY,
    longestAloneMs: 0,
    reporting: false
  }
  nodes.push(node)
  sim.byAddress.set(address, node)
  return node
}

export function aliveNodes(sim: Sim): SimNode[] {
  return sim.nodes.filter((node) => node.state !== null)
}

/** The diallers' ends of all links that are not gone at both ends. */
export function diallersEnds(sim: Sim): End[] {
  return sim.ends.all.filter((end): end is End => end !== undefined && (end.link & 1) === 0)
}

/** In 10.0.0.0/8, spread so that neighbouring numbers are in different /16 networks. */
function addressOf(index: number): string {
  return `10.${index & 255}.${(index >> 8) & 255}.${(index >> 16) + 1}:55555`
}
