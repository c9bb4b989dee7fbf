// The nodes for which a stream can promise anything: those that reach all authors over honest nodes.
import { graphOf } from '../graph.ts'
import type { SimNode } from '../sim-node.ts'
import type { Sim } from '../state.ts'
import type { Stream } from './stream.ts'

/** The honest nodes that the first author reaches over honest ones; null when all are honest. */
export function nodesOfHonestCore(sim: Sim, stream: Stream): Set<SimNode> | null {
  if (stream.options.hostileShare === 0) return null
  const { nodes, starts, edges } = graphOf(sim)
  const begin = stream.speakers[0]?.node
  const core = new Set<SimNode>()
  const open = nodes.map((node, i) => (node === begin ? i : -1)).filter((i) => i >= 0)
  for (let i = open.pop(); i !== undefined; i = open.pop()) {
    const node = nodes[i]
    if (node === undefined || core.has(node) || stream.isHostile(node)) continue
    core.add(node)
    for (let edge = starts[i]!; edge < starts[i + 1]!; edge++) open.push(edges[edge]!)
  }
  return core
}
