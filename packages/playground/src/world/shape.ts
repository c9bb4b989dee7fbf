// What a network looks like at one moment: which nodes are up, and which are linked.
import { type Graph, graphOf, type Sim, type Stream } from '@floodnet/core/sim'

/** By index of the node. */
export const Mark = { up: 1, author: 2, withholds: 4 } as const

export interface Shape {
  /** Marks of each node. */
  readonly marks: Uint8Array
  /** Two nodes for each link. */
  readonly edges: Uint16Array
}

export function shapeOf(sim: Sim, stream: Stream | null, graph = graphOf(sim)): Shape {
  const marks = new Uint8Array(sim.nodes.length)
  for (const node of sim.nodes) {
    marks[node.index] = (node.state === null ? 0 : Mark.up) | (stream?.isHostile(node) ? Mark.withholds : 0)
  }
  for (const { node } of stream?.speakers ?? []) marks[node.index] = (marks[node.index] ?? 0) | Mark.author
  return { marks, edges: edgesOf(graph) }
}

export function isSameShape(a: Shape, b: Shape): boolean {
  return isSame(a.marks, b.marks) && isSame(a.edges, b.edges)
}

/** Each link once, the smaller index first. */
function edgesOf({ nodes, starts, edges }: Graph): Uint16Array {
  const pairs: number[] = []
  nodes.forEach(({ index }, i) => {
    for (let edge = starts[i] ?? 0; edge < (starts[i + 1] ?? 0); edge++) {
      const peer = nodes[edges[edge] ?? 0]?.index ?? 0
      if (index < peer) pairs.push(index, peer)
    }
  })
  return Uint16Array.from(pairs)
}

function isSame(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}
