// Links of the simulated world: dialled, opened at both ends, kept in order, closed, cut.
import type { JoinInput, JoinState } from '../join/index.ts'
import { countEnding } from './check.ts'
import {
  addEnd,
  closeEnd,
  type End,
  earliestAt,
  isCut,
  isGone,
  isUp,
  keepOrder,
  latencyTo,
  otherEnd,
  placeOf
} from './ends.ts'
import { Event } from './events.ts'
import { pairwise } from './random.ts'
import type { SimNode } from './sim-node.ts'
import type { Sim } from './state.ts'

/** What an event means for an actor; the actor's host passes it on. */
export type Caused = readonly [node: SimNode, input: JoinInput] | null

interface DialUnderway {
  /** The dialler's actor: a dial does not survive a restart. */
  readonly state: JoinState
  readonly target: SimNode | undefined
  readonly latencyMs: number
}

// SYN there and back, then the TLS handshake: the acceptor has the dialler's certificate and HELLO after five crossings
// of the path, and the dialler has the acceptor's HELLO after six.
const acceptorCrossings = 5
const diallerCrossings = 6

export function dial(sim: Sim, node: SimNode, number: number, address: string): void {
  const { state } = node
  if (state === null) return
  sim.counts.dials++
  const { random, options } = sim
  if (options.vanishRate > 0 && random() < options.vanishRate) return
  const target = sim.byAddress.get(address)
  const latencyMs = target ? latencyOf(sim, node, target) : options.minLatencyMs
  const refused = options.refuseRate > 0 && random() < options.refuseRate
  const underway: DialUnderway = { state, target: refused ? undefined : target, latencyMs }
  start(sim, sim.now + latencyMs, Event.dialArrives, node.index, number, underway)
}

/** Dials of the host cannot be cancelled once they are under way; the actor handles those that open late. */
export function cancelDials(): void {}

export function onDialArrives(sim: Sim, node: SimNode, number: number, what: unknown): void {
  const underway = what as DialUnderway
  const { state, target, latencyMs } = underway
  if (node.state !== state) return
  if (target && isUnreachable(sim, node, target)) return
  // A node that has left no longer listens.
  if (target?.state && target.state.phase !== 'left') return connect(sim, node, number, target, latencyMs)
  start(sim, sim.now + latencyMs, Event.dialRefused, node.index, number, underway)
}

export function onDialRefused(node: SimNode, number: number, what: unknown): Caused {
  if (node.state !== (what as DialUnderway).state) return null
  return [node, { kind: 'dial-failed', dial: number, reason: 'refused' }]
}

export function onOpen(sim: Sim, link: number, number: number): Caused {
  const end = sim.ends.all[link]
  const other = sim.ends.all[otherEnd(link)]
  if (!end || !other || !isUp(sim, link)) return null
  end.open = true
  const { id, address, reachable } = other.node
  const dialled = number < 0 ? null : number
  const known = reachable || !sim.options.natAware ? address : null
  const { incarnation } = other
  return [end.node, { kind: 'link-open', link, peer: id, incarnation, dial: dialled, address: known }]
}

/** Sends something to the end `to` of a link, after everything that was sent before it. False if the link is cut. */
export function sendOn(sim: Sim, to: number, kind: number, b: number, what: unknown): boolean {
  if (isCut(sim, to)) return false
  const { options, random, now } = sim
  let at = now + latencyTo(sim, to) + random() * options.jitterMs
  for (let late = options.retransmitMs; options.lossRate > 0 && random() < options.lossRate; late *= 2) at += late
  at = Math.max(at, earliestAt(sim, to))
  // Looking at the far node costs a cache miss, which most worlds do not need.
  if (options.slowShare > 0) at = queueUp(sim, sim.nodes[placeOf(sim, to)]!, at)
  keepOrder(sim, to, at)
  start(sim, at, kind, to, b, what)
  return true
}

/** When a node has worked through what came before, and through this: at once unless it is a slow one. */
function queueUp({ options }: Sim, node: SimNode, at: number): number {
  if (!node.slow) return at
  node.busyUntil = Math.max(at, node.busyUntil) + options.slowMs
  return node.busyUntil
}

/** The end finds out by itself that its link is dead. One that never opened is never told. */
export function loseEnd(sim: Sim, end: End, afterMs: number, reason: string): void {
  if (!isGone(sim, end.link)) start(sim, sim.now + afterMs, Event.lost, end.link, 0, reason)
}

export function onLost(sim: Sim, link: number, reason: string): Caused {
  const end = sim.ends.all[link]
  if (!end || isGone(sim, link)) return null
  closeEnd(sim, end)
  return end.open ? [end.node, { kind: 'link-down', link, reason }] : null
}

export function start(sim: Sim, at: number, kind: number, a: number, b: number, what: unknown): void {
  sim.inFlight++
  if (sim.options.check) countEnding(sim, kind, a, 1)
  sim.queue.add(at, kind, a, b, what)
}

function isUnreachable(sim: Sim, from: SimNode, to: SimNode): boolean {
  if (to.state === null && to.silent) return true
  return !to.reachable || (sim.split && from.side !== to.side)
}

function connect(sim: Sim, dialler: SimNode, number: number, acceptor: SimNode, latencyMs: number): void {
  // The dial has crossed the path once already.
  const acceptedAt = sim.now + (acceptorCrossings - 1) * latencyMs
  const openAt = sim.now + (diallerCrossings - 1) * latencyMs
  const link = addEnd(sim, dialler, latencyMs, openAt)
  const accepted = addEnd(sim, acceptor, latencyMs, acceptedAt)
  start(sim, acceptedAt, Event.open, accepted, -1, null)
  start(sim, openAt, Event.open, link, number, null)
}

function latencyOf(sim: Sim, a: SimNode, b: SimNode): number {
  const { seed, minLatencyMs, maxLatencyMs } = sim.options
  return minLatencyMs + pairwise(seed, a.index, b.index) * (maxLatencyMs - minLatencyMs)
}
