// What must hold after every event of a checked world (`check`): the invariants of the actor that took a step, and
// symmetric links. Symmetry takes time, because each end hears of the other's state by packets. The rule is therefore:
// if an end holds a link for a neighbour's, then its peer does so too, or holds it until a deadline, or word that it is
// gone is on its way.
import { checkJoinState, type JoinInput, type JoinState } from '../join/index.ts'
import { type End, isGone, otherEnd } from './ends.ts'
import { Event } from './events.ts'
import type { SimNode } from './sim-node.ts'
import type { Sim } from './state.ts'

/** @throws if an invariant does not hold for the actor that just had `input`. */
export function checkStep(sim: Sim, node: SimNode, state: JoinState, input: JoinInput): void {
  const broken = checkJoinState(state)
  const where = `seed ${sim.options.seed}, node ${node.index} at ${sim.now} ms after ${JSON.stringify(input)}`
  if (broken !== null) throw new Error(`${where}: ${broken}`)
  if (state.wakeAt !== null && state.wakeAt <= sim.now) throw new Error(`${where}: wakes at once, for ever`)
}

/** @throws if only one end of a link holds it, and nothing will ever tell that end. */
export function checkSymmetry(sim: Sim, links: Iterable<number>): void {
  for (const link of links) {
    for (const end of [sim.ends.all[link], sim.ends.all[otherEnd(link)]]) {
      if (!end || !isNeighbours(sim, end) || isHeldByPeer(sim, end) || isEndUnderway(sim, end)) continue
      const where = `seed ${sim.options.seed} at ${sim.now} ms`
      throw new Error(`${where}: symmetric links: node ${end.node.index} alone holds ${end.link}, and will not be told`)
    }
  }
}

/** Word that ends a link, on its way to an end of it or, with `change` -1, arrived. Other events do not count. */
export function countEnding(sim: Sim, kind: number, link: number, change: number): void {
  if (kind !== Event.closed && kind !== Event.lost) return
  const count = (sim.endings.get(link) ?? 0) + change
  if (count > 0) sim.endings.set(link, count)
  else sim.endings.delete(link)
}

function isNeighbours(sim: Sim, { node, link, incarnation }: End): boolean {
  return !isGone(sim, link) && node.incarnation === incarnation && node.state?.links.get(link)?.role === 'neighbour'
}

function isHeldByPeer(sim: Sim, end: End): boolean {
  const other = sim.ends.all[otherEnd(end.link)]
  if (!other || isGone(sim, other.link) || other.node.incarnation !== other.incarnation) return false
  const held = other.node.state?.links.get(other.link)
  return held !== undefined && (held.role === 'neighbour' || Number.isFinite(held.deadline))
}

function isEndUnderway(sim: Sim, { link }: End): boolean {
  return sim.endings.has(link)
}
