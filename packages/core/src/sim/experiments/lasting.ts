// Long-lasting conditions: steady churn, a network cut in halves, unreachable nodes, an entry that never comes back.
import { rememberedPeers } from '../../join/index.ts'
import { crashNode, healNetwork, splitNetwork } from '../faults.ts'
import { writeMessage } from '../flood.ts'
import { componentsOf, graphOf } from '../graph.ts'
import { joinNode, longestAlone } from '../growth.ts'
import { callAt, runFor, runUntil, startNode } from '../host.ts'
import { sample } from '../random.ts'
import { secondsToHeal } from '../run.ts'
import type { SimNode } from '../sim-node.ts'
import { aliveNodes, type Message, type Sim } from '../state.ts'
import { cycleMs, type Experiment, percent, type Scale, wholeParts } from './experiment.ts'
import { figuresOf, grown } from './joining.ts'

export const churn: Experiment = {
  name: 'churn',
  about: '0.5 % of the nodes are killed and as many join every cycle of 10 s, and a node writes a message each second',
  metrics: [
    { name: 'reach', unit: '%', published: '100', goal: '100', holds: (value) => value === 100 },
    { name: 'worst message', unit: '%', published: '-', goal: '-' },
    { name: 'copies', unit: 'copies', published: '-', goal: '-' },
    wholeParts
  ],
  run: runChurn
}

export const halves: Experiment = {
  name: 'halves',
  about: 'the network is cut in halves for 10 minutes, then healed',
  metrics: [
    { name: 'merge', unit: 's', published: 'never (several)', goal: '<= 60', holds: (value) => value <= 60 },
    { name: 'parts while cut', unit: 'parts', published: '-', goal: '2', holds: (value) => value === 2 }
  ],
  run(scale) {
    const sim = grown(scale)
    splitNetwork(sim, (node) => node.index % 2)
    runFor(sim, 600_000)
    const parts = componentsOf(graphOf(sim)).length
    healNetwork(sim)
    return { merge: secondsToHeal(sim, 600_000) ?? Number.POSITIVE_INFINITY, 'parts while cut': parts }
  }
}

export const nat: Experiment = {
  name: 'half unreachable',
  about: 'half of all nodes are behind NAT and do not know it: dials of them vanish',
  metrics: [
    wholeParts,
    { name: 'reach', unit: '%', published: '-', goal: '100', holds: (value) => value === 100 },
    { name: 'alone at most', unit: 's', published: '-', goal: '-' },
    { name: 'degree min', unit: 'links', published: '-', goal: '-' },
    { name: 'degree mean', unit: 'links', published: '-', goal: '-' }
  ],
  run(scale) {
    const sim = grown(scale, 100, 1_000, {}, { natShare: 0.5 })
    runFor(sim, 60_000)
    return { ...figuresOf(sim), 'alone at most': longestAlone(sim) / 1000 }
  }
}

export const entryGone: Experiment = {
  name: 'entry gone for good',
  about: 'the entry dies after 100 have joined; then all of them restart at once, with their remembered peers',
  metrics: [
    { name: 'parts without it', unit: 'parts', published: '-', goal: '1', holds: (value) => value === 1 },
    { name: 'back together', unit: 's', published: 'never (tutorial)', goal: '<= 60', holds: (value) => value <= 60 },
    {
      name: 'newcomer who knows one',
      unit: 'links',
      published: '0 (tutorial)',
      goal: '>= 1',
      holds: (value) => value >= 1
    }
  ],
  run: runEntryGone
}

function runChurn(scale: Scale): Record<string, number> {
  const sim = grown(scale)
  const lasting = new Set(aliveNodes(sim))
  const messages: Message[] = []
  const end = sim.now + scale.cycles * cycleMs
  for (let at = sim.now; at < end; at += cycleMs) callAt(sim, at, () => replaceSome(sim, lasting, scale.nodes))
  for (let at = sim.now + 500; at < end; at += 1_000) callAt(sim, at, () => messages.push(writeSomewhere(sim, lasting)))
  runUntil(sim, end + cycleMs)
  const reaches = messages.map((message) => reachAmong(lasting, message))
  const copies = messages.reduce((sum, message) => sum + message.copies / (message.delivered - 1), 0)
  return {
    ...{ reach: percent(reaches.reduce((a, b) => a + b, 0) / reaches.length), copies: copies / messages.length },
    ...{ 'worst message': percent(Math.min(...reaches)), parts: componentsOf(graphOf(sim)).length }
  }
}

function replaceSome(sim: Sim, lasting: Set<SimNode>, nodes: number): void {
  const count = Math.max(1, Math.round(nodes / 200))
  for (const node of sample(sim.random, aliveNodes(sim), count)) {
    crashNode(sim, node)
    lasting.delete(node)
  }
  // Newcomers know three nodes that were up a moment ago.
  for (let i = 0; i < count; i++)
    joinNode(
      sim,
      sample(sim.random, aliveNodes(sim), 3).map((node) => node.address)
    )
}

function writeSomewhere(sim: Sim, lasting: ReadonlySet<SimNode>): Message {
  const [author] = sample(sim.random, [...lasting], 1)
  if (!author) throw new Error('nobody is left to write')
  return writeMessage(sim, author)
}

function reachAmong(lasting: ReadonlySet<SimNode>, message: Message): number {
  let reached = 0
  for (const node of lasting) if (message.seen[node.index] === node.incarnation) reached++
  return reached / lasting.size
}

function runEntryGone(scale: Scale): Record<string, number> {
  const sim = grown({ ...scale, nodes: Math.min(scale.nodes, 101) }, 10)
  const [entry, ...others] = sim.nodes
  if (!entry) throw new Error('there is no entry')
  crashNode(sim, entry, 'vanished')
  runFor(sim, 60_000)
  const parts = componentsOf(graphOf(sim)).length
  for (const node of others) {
    const remembered = node.state ? rememberedPeers(node.state) : []
    crashNode(sim, node)
    node.join = { ...node.join, remembered }
  }
  for (const node of others) startNode(sim, node)
  const seconds = secondsToHeal(sim, 600_000) ?? Number.POSITIVE_INFINITY
  const newcomer = joinNode(sim, [entry.address, ...sample(sim.random, others, 1).map((node) => node.address)])
  runFor(sim, 30_000)
  const links = newcomer.state?.neighbours.size ?? 0
  return { 'parts without it': parts, 'back together': seconds, 'newcomer who knows one': links }
}
