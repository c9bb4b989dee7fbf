// How networks grow: newcomers that know one entry, one by one or many at a time.
import type { JoinOptions } from '../join/index.ts'
import { runUntil, startNode } from './host.ts'
import type { SimNode } from './sim-node.ts'
import { addNode, aliveNodes, type Sim } from './state.ts'

export interface Growth {
  nodes: number
  /** How many newcomers come at the same moment, and the time until the next ones. */
  batch: number
  everyMs: number
  /** Time to settle after the last one. */
  settleMs: number
  onProgress?: ((done: number) => void) | undefined
}

/** Adds nodes that join through `entries` until there are as many as wanted; the very first node has no entry. */
export function growNetwork(sim: Sim, growth: Growth, entries: readonly string[] = entriesOf(sim)): void {
  let at = sim.now
  while (sim.nodes.length < growth.nodes) {
    runUntil(sim, at)
    const end = Math.min(growth.nodes, sim.nodes.length + (sim.nodes.length === 0 ? 1 : growth.batch))
    while (sim.nodes.length < end)
      joinNode(sim, sim.nodes.length === 0 ? [] : entries.length > 0 ? entries : entriesOf(sim))
    growth.onProgress?.(sim.nodes.length)
    at += growth.everyMs
  }
  runUntil(sim, at + growth.settleMs)
}

export function joinNode(sim: Sim, entries: readonly string[], join: Partial<JoinOptions> = {}): SimNode {
  const node = addNode(sim, { ...join, entries })
  startNode(sim, node)
  return node
}

/** The longest time that any node was up without a neighbour, in ms, without the first node's wait for the second. */
export function longestAlone(sim: Sim): number {
  const waits = sim.nodes.slice(1).map((node) => Math.max(node.longestAloneMs, aloneNow(sim, node)))
  return waits.reduce((a, b) => Math.max(a, b), 0)
}

function aloneNow(sim: Sim, node: SimNode): number {
  return node.state !== null && node.aloneSince !== Number.POSITIVE_INFINITY ? sim.now - node.aloneSince : 0
}

function entriesOf(sim: Sim): string[] {
  return aliveNodes(sim)
    .slice(0, 1)
    .map((node) => node.address)
}
