// The neighbour graph at one moment, and the questions about it: parts, degrees, paths, what a flood reaches.

import { isGone, isUp, otherEnd } from './ends.ts'
import { below, type Random } from './random.ts'
import type { SimNode } from './sim-node.ts'
import type { Sim } from './state.ts'

/** Nodes that are up, numbered from 0, with their neighbours in one array: node `i` has those from `starts[i]` on. */
export interface Graph {
  readonly nodes: readonly SimNode[]
  readonly starts: Uint32Array
  readonly edges: Uint32Array
}

/**
 * A link counts if both of its ends are up and hold it for a neighbour's: nothing passes over one that only one end
 * holds.
 */
export function graphOf(sim: Sim): Graph {
  const nodes = sim.nodes.filter((node) => node.state !== null)
  const numbers = new Int32Array(sim.nodes.length).fill(-1)
  nodes.forEach((node, i) => {
    numbers[node.index] = i
  })
  const starts = new Uint32Array(nodes.length + 1)
  const edges: number[] = []
  nodes.forEach((node, i) => {
    for (const { link } of node.state?.neighbours.values() ?? []) {
      const peer = peerOver(sim, link)
      if (peer) edges.push(numbers[peer.index]!)
    }
    starts[i + 1] = edges.length
  })
  return { nodes, starts, edges: Uint32Array.from(edges) }
}

/** The sizes of its parts, the largest first. */
export function componentsOf({ nodes, starts, edges }: Graph): number[] {
  const seen = new Uint8Array(nodes.length)
  const stack = new Uint32Array(nodes.length)
  const sizes: number[] = []
  for (let first = 0; first < nodes.length; first++) {
    if (seen[first] === 1) continue
    let [size, top] = [0, 1]
    seen[first] = 1
    stack[0] = first
    while (top > 0) {
      const node = stack[--top]!
      size++
      for (let i = starts[node]!; i < starts[node + 1]!; i++) {
        const next = edges[i]!
        if (seen[next] === 1) continue
        seen[next] = 1
        stack[top++] = next
      }
    }
    sizes.push(size)
  }
  return sizes.sort((a, b) => b - a)
}

export interface DegreeFigures {
  readonly min: number
  readonly median: number
  readonly max: number
  readonly mean: number
}

export function degreesOf({ nodes, starts }: Graph): DegreeFigures {
  const degrees = nodes.map((_, i) => starts[i + 1]! - starts[i]!).sort((a, b) => a - b)
  const sum = degrees.reduce((a, b) => a + b, 0)
  const at = (index: number) => degrees[index] ?? 0
  return {
    min: at(0),
    median: at(degrees.length >> 1),
    max: at(degrees.length - 1),
    mean: sum / Math.max(1, degrees.length)
  }
}

export interface SpreadFigures {
  /** Mean share of the nodes that got a message, with its author; and the smallest share. */
  readonly reach: number
  readonly leastReach: number
  /** Copies received for each node that should get one; the RMR of the literature is one less. */
  readonly copies: number
  /** Hops of the shortest paths from the authors: the mean, and the longest. */
  readonly path: { readonly mean: number; readonly max: number }
}

/**
 * Floods messages from random authors, each by itself over the graph as it stands: every node passes it on once. With
 * equal delays the first copy takes the shortest path, so its hops are the path's.
 */
export function spreadOn(graph: Graph, messages: number, random: Random): SpreadFigures {
  const count = graph.nodes.length
  const work = { seen: new Uint32Array(count), queue: new Uint32Array(count) }
  let [reached, least, copies, hops, paths, longest] = [0, 1, 0, 0, 0, 0]
  for (let round = 1; round <= messages && count > 0; round++) {
    const one = spreadOne(graph, below(random, count), round, work)
    reached += one.reached / count
    least = Math.min(least, one.reached / count)
    copies += one.copies / Math.max(1, count - 1)
    hops += one.hops
    paths += one.reached - 1
    longest = Math.max(longest, one.longest)
  }
  const rounds = Math.max(1, messages)
  const path = { mean: hops / Math.max(1, paths), max: longest }
  return { reach: reached / rounds, leastReach: least, copies: copies / rounds, path }
}

function spreadOne(
  { starts, edges }: Graph,
  author: number,
  round: number,
  { seen, queue }: { seen: Uint32Array; queue: Uint32Array }
) {
  let [head, tail, copies, hops, depth] = [0, 1, 0, 0, 0]
  seen[author] = round
  queue[0] = author
  while (head < tail) {
    depth++
    for (const levelEnd = tail; head < levelEnd; head++) {
      const node = queue[head]!
      for (let i = starts[node]!; i < starts[node + 1]!; i++) {
        const next = edges[i]!
        copies++
        if (seen[next] === round) continue
        seen[next] = round
        queue[tail++] = next
        hops += depth
      }
    }
  }
  // Nobody sends a message back to where it came from: one copy less for each node except the author.
  return { reached: tail, copies: copies - (tail - 1), hops, longest: depth - 1 }
}

function peerOver(sim: Sim, link: number): SimNode | null {
  const other = sim.ends.all[otherEnd(link)]
  if (!other || !isUp(sim, link) || isGone(sim, other.link)) return null
  return other.node.state?.links.get(other.link)?.role === 'neighbour' ? other.node : null
}
