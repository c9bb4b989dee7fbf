// Faults on purpose: crashes, restarts, cut links, a network split in two.
import { closeEnd, cutEnd, type End, earliestAt, isCut, isGone, latencyTo, otherEnd } from './ends.ts'
import { Event } from './events.ts'
import { callAt, give, startNode } from './host.ts'
import { loseEnd, start } from './links.ts'
import { below, sample } from './random.ts'
import type { SimNode } from './sim-node.ts'
import { aliveNodes, diallersEnds, type Sim } from './state.ts'

/**
 * `killed`: the process is gone, but its system answers for it, so links end and dials are refused at once. `vanished`:
 * the whole machine is gone. Its links stay unnoticed up to `deadMs`, and dials of it vanish.
 */
export type CrashKind = 'killed' | 'vanished'

export function crashNode(sim: Sim, node: SimNode, kind: CrashKind = 'killed'): void {
  node.state = null
  sim.stream?.onNodeDown(node)
  node.silent = kind === 'vanished'
  node.aloneSince = Number.POSITIVE_INFINITY
  node.wakeAt = Number.POSITIVE_INFINITY
  for (const link of [...node.ends]) {
    const [end, other] = [sim.ends.all[link], sim.ends.all[otherEnd(link)]]
    if (!end || !other) continue
    closeEnd(sim, end)
    if (kind === 'killed') endKilled(sim, other)
    else {
      cutEnd(sim, other.link)
      loseEnd(sim, other, noticeMs(sim), 'dead')
    }
  }
}

/** Leaves properly, and is gone. */
export function leaveNode(sim: Sim, node: SimNode): void {
  give(sim, node, { kind: 'leave' })
  crashNode(sim, node)
}

export function restartNode(sim: Sim, node: SimNode, kind: CrashKind = 'killed'): void {
  if (node.state !== null) crashNode(sim, node, kind)
  startNode(sim, node)
}

/** `share` of the nodes that are up, all at the same moment. Returns the survivors. */
export function crashShare(sim: Sim, share: number, kind: CrashKind = 'killed'): SimNode[] {
  const alive = aliveNodes(sim)
  for (const node of sample(sim.random, alive, Math.round(alive.length * share))) crashNode(sim, node, kind)
  return alive.filter((node) => node.state !== null)
}

/** A link breaks silently; each end notices by itself. */
export function cutLink(sim: Sim, { link }: End): void {
  for (const end of [sim.ends.all[link], sim.ends.all[otherEnd(link)]]) {
    if (!end || isCut(sim, end.link)) continue
    cutEnd(sim, end.link)
    loseEnd(sim, end, noticeMs(sim), 'dead')
  }
}

/** From now on nothing passes between nodes of different sides. */
export function splitNetwork(sim: Sim, sideOf: (node: SimNode) => number): void {
  sim.split = true
  for (const node of sim.nodes) node.side = sideOf(node)
  for (const end of diallersEnds(sim)) {
    if (end.node.side !== sim.ends.all[otherEnd(end.link)]?.node.side) cutLink(sim, end)
  }
}

export function healNetwork(sim: Sim): void {
  sim.split = false
}

/** Cuts links at random, at `cutRate`, from now on. */
export function cutAtRandom(sim: Sim): void {
  callAt(sim, sim.now + 1_000, () => {
    const ends = diallersEnds(sim)
    const cuts = ends.length * sim.options.cutRate
    const whole = Math.floor(cuts) + (sim.random() < cuts % 1 ? 1 : 0)
    for (let i = 0; i < whole; i++) {
      const end = ends[below(sim.random, ends.length)]
      if (end) cutLink(sim, end)
    }
    cutAtRandom(sim)
  })
}

/** The system closes the socket for it: what it had sent before still arrives. */
function endKilled(sim: Sim, { link }: End): void {
  if (isGone(sim, link)) return
  const at = Math.max(earliestAt(sim, link), sim.now + latencyTo(sim, link))
  start(sim, at, Event.lost, link, 0, 'reset')
}

function noticeMs(sim: Sim): number {
  return sim.options.deadMs * (0.5 + sim.random() / 2)
}
