// Links of the simulated world: dialled, opened at both ends, kept in order, closed, cut.
import type { JoinState } from '../join/index.ts'
import { Event } from './events.ts'
import { give } from './host.ts'
import { pairwise } from './random.ts'
import { nodeOf, type Pipe, type Sim, type SimNode } from './state.ts'

interface DialUnderway {
  /** The dialler's actor: a dial does not survive a restart. */
  readonly state: JoinState
  readonly target: SimNode | undefined
  readonly latencyMs: number
}

// SYN there and back, then the TLS handshake: the acceptor has the dialler's certificate and HELLO after five crossings
// of the path, the dialler has the acceptor's HELLO after six.
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

/** The host's dials cannot be cancelled once they are under way; the actor takes care of those that open late. */
export function cancelDials(): void {}

export function onDialArrives(sim: Sim, node: SimNode, number: number, what: unknown): void {
  const underway = what as DialUnderway
  const { state, target, latencyMs } = underway
  if (node.state !== state) return
  if (target && isUnreachable(sim, node, target)) return
  // Who has left listens no more.
  if (target?.state && target.state.phase !== 'left') return connect(sim, node, number, target, latencyMs)
  start(sim, sim.now + latencyMs, Event.dialRefused, node.index, number, underway)
}

export function onDialRefused(sim: Sim, node: SimNode, number: number, what: unknown): void {
  if (node.state === (what as DialUnderway).state)
    give(sim, node, { kind: 'dial-failed', dial: number, reason: 'refused' })
}

export function onOpen(sim: Sim, link: number, number: number): void {
  const pipe = sim.pipes.get(link >> 1)
  const side = (link & 1) as 0 | 1
  if (!pipe || pipe.cut || pipe.gone[side]) return
  const node = nodeOf(pipe, side)
  const peer = nodeOf(pipe, 1 - side)
  pipe.open[side] = true
  const { id, address, reachable } = peer
  const incarnation = pipe.incarnations[side === 0 ? 1 : 0]
  const dialled = number < 0 ? null : number
  const known = reachable || !sim.options.natAware ? address : null
  give(sim, node, { kind: 'link-open', link, peer: id, incarnation, dial: dialled, address: known })
}

/** Something for the end `to` of a link, after all that was sent before it. False when the link is cut. */
export function sendOn(sim: Sim, to: number, kind: number, b: number, what: unknown): boolean {
  const pipe = sim.pipes.get(to >> 1)
  if (!pipe || pipe.cut) return false
  start(sim, arrivalAt(sim, pipe, (to & 1) as 0 | 1), kind, to, b, what)
  return true
}

function arrivalAt(sim: Sim, pipe: Pipe, side: 0 | 1): number {
  const { options, random, now } = sim
  let at = now + pipe.latencyMs + random() * options.jitterMs
  for (let late = options.retransmitMs; options.lossRate > 0 && random() < options.lossRate; late *= 2) at += late
  at = Math.max(at, pipe.arrivesAt[side])
  const node = nodeOf(pipe, side)
  if (node.slow) {
    at = Math.max(at, node.busyUntil) + options.slowMs
    node.busyUntil = at
  }
  pipe.arrivesAt[side] = at
  return at
}

/** This end is done with the link. */
export function closeEnd(sim: Sim, pipe: Pipe, side: number): void {
  pipe.gone[side as 0 | 1] = true
  nodeOf(pipe, side).ends.delete(2 * pipe.id + side)
  if (pipe.gone[0] && pipe.gone[1]) sim.pipes.delete(pipe.id)
}

/** The end finds out by itself that its link is dead. One that never opened is never heard of. */
export function loseEnd(sim: Sim, pipe: Pipe, side: number, afterMs: number, reason: string): void {
  if (!pipe.gone[side as 0 | 1]) start(sim, sim.now + afterMs, Event.lost, 2 * pipe.id + side, 0, reason)
}

export function onLost(sim: Sim, link: number, reason: string): void {
  const pipe = sim.pipes.get(link >> 1)
  const side = (link & 1) as 0 | 1
  if (!pipe || pipe.gone[side]) return
  closeEnd(sim, pipe, side)
  if (pipe.open[side]) give(sim, nodeOf(pipe, side), { kind: 'link-down', link, reason })
}

export function otherEnd(link: number): number {
  return link ^ 1
}

export function start(sim: Sim, at: number, kind: number, a: number, b: number, what: unknown): void {
  sim.inFlight++
  sim.queue.add(at, kind, a, b, what)
}

function isUnreachable(sim: Sim, from: SimNode, to: SimNode): boolean {
  if (to.state === null && to.silent) return true
  return !to.reachable || (sim.split && from.side !== to.side)
}

function connect(sim: Sim, dialler: SimNode, number: number, acceptor: SimNode, latencyMs: number): void {
  const id = ++sim.lastPipe
  const pipe: Pipe = {
    ...{ id, dialler, acceptor, latencyMs, incarnations: [dialler.incarnation, acceptor.incarnation] },
    ...{ open: [false, false], gone: [false, false], arrivesAt: [0, 0], cut: false }
  }
  sim.pipes.set(id, pipe)
  dialler.ends.add(2 * id)
  acceptor.ends.add(2 * id + 1)
  // The dial has crossed the path once already.
  openAt(sim, pipe, 1, sim.now + (acceptorCrossings - 1) * latencyMs, -1)
  openAt(sim, pipe, 0, sim.now + (diallerCrossings - 1) * latencyMs, number)
}

function openAt(sim: Sim, pipe: Pipe, side: 0 | 1, at: number, number: number): void {
  pipe.arrivesAt[side] = at
  start(sim, at, Event.open, 2 * pipe.id + side, number, null)
}

function latencyOf(sim: Sim, a: SimNode, b: SimNode): number {
  const { seed, minLatencyMs, maxLatencyMs } = sim.options
  return minLatencyMs + pairwise(seed, a.index, b.index) * (maxLatencyMs - minLatencyMs)
}
