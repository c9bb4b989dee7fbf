// What goes wrong on purpose: crashes, restarts, cut links, a network split in two.
import { Event } from './events.ts'
import { callAt, give, startNode } from './host.ts'
import { closeEnd, loseEnd, otherEnd, start } from './links.ts'
import { below, sample } from './random.ts'
import { aliveNodes, nodeOf, type Pipe, type Sim, type SimNode } from './state.ts'

/**
 * `killed`: the process is gone; its system answers for it, so that links end and dials are refused at once.
 * `vanished`: the whole machine is gone. Links stay unnoticed up to `deadMs`, and dials of it vanish.
 */
export type CrashKind = 'killed' | 'vanished'

export function crashNode(sim: Sim, node: SimNode, kind: CrashKind = 'killed'): void {
  node.state = null
  node.silent = kind === 'vanished'
  node.aloneSince = Number.POSITIVE_INFINITY
  node.wakeAt = Number.POSITIVE_INFINITY
  for (const link of [...node.ends]) {
    const pipe = sim.pipes.get(link >> 1)
    if (!pipe) continue
    closeEnd(sim, pipe, link & 1)
    if (kind === 'killed') endKilled(sim, pipe, otherEnd(link))
    else {
      pipe.cut = true
      loseEnd(sim, pipe, otherEnd(link) & 1, noticeMs(sim), 'dead')
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

/** `share` of the nodes that are up, at this very moment. Returns the survivors. */
export function crashShare(sim: Sim, share: number, kind: CrashKind = 'killed'): SimNode[] {
  const alive = aliveNodes(sim)
  for (const node of sample(sim.random, alive, Math.round(alive.length * share))) crashNode(sim, node, kind)
  return alive.filter((node) => node.state !== null)
}

/** A link breaks in silence; each end notices on its own. */
export function cutPipe(sim: Sim, pipe: Pipe): void {
  if (pipe.cut) return
  pipe.cut = true
  for (const side of [0, 1]) loseEnd(sim, pipe, side, noticeMs(sim), 'dead')
}

/** From now on nothing passes between nodes of different sides. */
export function splitNetwork(sim: Sim, sideOf: (node: SimNode) => number): void {
  sim.split = true
  for (const node of sim.nodes) node.side = sideOf(node)
  for (const pipe of [...sim.pipes.values()]) if (nodeOf(pipe, 0).side !== nodeOf(pipe, 1).side) cutPipe(sim, pipe)
}

export function healNetwork(sim: Sim): void {
  sim.split = false
}

/** Cuts links at random, at `cutRate`, from now on. */
export function cutAtRandom(sim: Sim): void {
  callAt(sim, sim.now + 1_000, () => {
    const pipes = [...sim.pipes.values()]
    const cuts = pipes.length * sim.options.cutRate
    const whole = Math.floor(cuts) + (sim.random() < cuts % 1 ? 1 : 0)
    for (let i = 0; i < whole; i++) {
      const pipe = pipes[below(sim.random, pipes.length)]
      if (pipe) cutPipe(sim, pipe)
    }
    cutAtRandom(sim)
  })
}

/** The system closes the socket for it: what it had sent before still arrives. */
function endKilled(sim: Sim, pipe: Pipe, link: number): void {
  const side = (link & 1) as 0 | 1
  if (pipe.gone[side]) return
  const at = Math.max(pipe.arrivesAt[side], sim.now + pipe.latencyMs)
  start(sim, at, Event.lost, link, 0, 'reset')
}

function noticeMs(sim: Sim): number {
  return sim.options.deadMs * (0.5 + sim.random() / 2)
}
