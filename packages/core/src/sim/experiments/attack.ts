// An attacker with a thousand identities tries to become all of one node's neighbours.
import { runFor, runUntil, startNode } from '../host.ts'
import type { SimNode } from '../sim-node.ts'
import { addNode, aliveNodes, type Sim } from '../state.ts'
import type { Experiment, Scale } from './experiment.ts'
import { grown } from './joining.ts'

const attackers = 1_000
const honestLinks = 5

/** Each asks only the victim for a link, like a node without neighbours, and comes back when it loses it. */
const hostile = { desiredLinks: 1, maxLinks: 1, walkHops: 0, shuffleMs: Number.POSITIVE_INFINITY }

const metrics: Experiment['metrics'] = [
  { name: 'honest left of 5', unit: 'links', published: '0.05 (20 joins)', goal: '>= 3', holds: (value) => value >= 3 },
  { name: 'least in the storm', unit: 'links', published: '-', goal: '>= 3', holds: (value) => value >= 3 },
  { name: 'attackers in', unit: 'links', published: '-', goal: '-' }
]

export const eclipse: Experiment = {
  name: 'eclipse',
  about: '1000 identities, each from a network of its own, ask one node with 5 links for a link, ten a second',
  metrics,
  run: (scale) => storm(scale, (i) => `172.${i & 255}.${i >> 8}.1:55555`)
}

export const eclipseFromOneNetwork: Experiment = {
  name: 'eclipse from one network',
  about: 'the same from the addresses of one /24 network',
  metrics,
  run: (scale) => storm(scale, (i) => `172.16.1.${(i % 250) + 1}:${50_000 + i}`)
}

function storm(scale: Scale, addressOf: (i: number) => string): Record<string, number> {
  const sim = grown({ ...scale, nodes: Math.min(scale.nodes, 1_000) })
  const victim = victimIn(sim)
  const honest = new Set(victim.state?.neighbours.keys())
  let least = honestLinks
  for (let i = 0; i < attackers; i++) {
    startNode(sim, addNode(sim, { ...hostile, entries: [victim.address] }, addressOf(i)))
    runUntil(sim, sim.now + 100)
    least = Math.min(least, left(victim, honest))
  }
  runFor(sim, 60_000)
  const after = left(victim, honest)
  const strangers = [...(victim.state?.neighbours.keys() ?? [])].filter((peer) => isAttacker(sim, peer, scale)).length
  return { 'honest left of 5': after, 'least in the storm': Math.min(least, after), 'attackers in': strangers }
}

function victimIn(sim: Sim): SimNode {
  const victims = aliveNodes(sim).filter((node) => node.state?.neighbours.size === honestLinks)
  // The node that dialled least has least to protect it.
  const dialled = (node: SimNode) =>
    [...(node.state?.neighbours.values() ?? [])].filter((link) => link.dialled !== null).length
  const victim = victims.sort((a, b) => dialled(a) - dialled(b))[0]
  if (!victim) throw new Error(`no node has ${honestLinks} links`)
  return victim
}

function left(victim: SimNode, honest: ReadonlySet<string>): number {
  return [...honest].filter((peer) => victim.state?.neighbours.has(peer)).length
}

function isAttacker(sim: Sim, peer: string, scale: Scale): boolean {
  return sim.nodes.slice(Math.min(scale.nodes, 1_000)).some((node) => node.id === peer)
}
