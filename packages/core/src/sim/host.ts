// Runs join actors in simulated time: takes the next event, gives its actor the input, carries out the effects.
import { createJoinState, type JoinEffect, type JoinInput, type JoinState, stepJoin } from '../join/index.ts'
import { checkStep, checkSymmetry, countEnding } from './check.ts'
import { activateEnd, closeEnd, isGone, isUp, otherEnd } from './ends.ts'
import { Event } from './events.ts'
import { onData } from './flood.ts'
import { type Caused, cancelDials, dial, onDialArrives, onDialRefused, onLost, onOpen, sendOn } from './links.ts'
import type { SimNode } from './sim-node.ts'
import type { Message, Sim } from './state.ts'

/** Starts a node that is down and remembers only its options. */
export function startNode(sim: Sim, node: SimNode): void {
  node.incarnation++
  node.silent = false
  node.busyUntil = sim.now
  node.aloneSince = sim.now
  sim.stream?.onNodeUp(node)
  node.state = createJoinState({ ...sim.options.join, ...node.join, id: node.id })
  const knowsNoAddress = !node.reachable && sim.options.natAware
  give(sim, node, { kind: 'listening', address: knowsNoAddress ? null : node.address })
  give(sim, node, { kind: 'start' })
}

/** One step of a node's actor. */
export function give(sim: Sim, node: SimNode, input: JoinInput): void {
  const { state } = node
  if (state === null) return
  const before = state.neighbours.size
  sim.counts.steps++
  const effects = stepJoin(state, input, sim.now, sim.random)
  if (sim.options.check) checkStep(sim, node, state, input)
  const links = sim.options.check ? [...node.ends] : []
  for (const effect of effects) perform(sim, node, effect)
  if (sim.options.check) checkSymmetry(sim, links)
  planWake(sim, node, state)
  const after = state.neighbours.size
  if (after === before) return
  noteDegree(sim, node, after)
}

/** Lets the world run up to `until`, in ms. */
export function runUntil(sim: Sim, until: number): void {
  const { queue } = sim
  while (queue.nextAt <= until) runNext(sim)
  sim.now = until
}

export function runFor(sim: Sim, ms: number): void {
  runUntil(sim, sim.now + ms)
}

/**
 * Runs on until nothing but timers is under way, so that both ends of every link know the same. False if that took too
 * long.
 */
export function runToRest(sim: Sim, limitMs = 60_000): boolean {
  const until = sim.now + limitMs
  while (sim.inFlight > 0 && sim.queue.nextAt <= until) runNext(sim)
  return sim.inFlight === 0
}

/** An action that an experiment schedules. */
export function callAt(sim: Sim, at: number, what: () => void): void {
  sim.queue.add(Math.max(at, sim.now), Event.call, 0, 0, what)
}

function runNext(sim: Sim): void {
  const { queue } = sim
  queue.next()
  const { at, kind, a, b, what } = queue
  sim.now = at
  sim.trace.note(kind, at, a, b)
  switch (kind) {
    case Event.wake:
      return onWake(sim, sim.nodes[a]!, at)
    case Event.report:
      return report(sim, sim.nodes[a]!)
    case Event.call:
      return (what as () => void)()
    case Event.streamWake:
    case Event.streamDepart:
    case Event.streamWrite:
      return sim.stream?.onOwn(kind, a)
  }
  sim.inFlight--
  if (sim.options.check) countEnding(sim, kind, a, -1)
  onArrival(sim, kind, a, b, what)
  // The word that ended a link may have been the only one, and may have been lost on its way to the actor.
  if (sim.options.check && kind >= Event.open) checkSymmetry(sim, [a])
}

function onArrival(sim: Sim, kind: number, a: number, b: number, what: unknown): void {
  switch (kind) {
    case Event.dialArrives:
      return onDialArrives(sim, sim.nodes[a]!, b, what)
    case Event.dialRefused:
      return giveCaused(sim, onDialRefused(sim.nodes[a]!, b, what))
    case Event.open:
      return giveCaused(sim, onOpen(sim, a, b))
    case Event.lost:
      return giveCaused(sim, onLost(sim, a, what as string))
    case Event.data:
      return onData(sim, a, b, what as Message)
    case Event.streamData:
    case Event.streamFrame:
      return sim.stream?.onArrival(kind, a, b, what)
    default:
      return onLinkInput(sim, kind, a, b, what)
  }
}

function giveCaused(sim: Sim, caused: Caused): void {
  if (caused !== null) give(sim, ...caused)
}

/** What comes in on an open link. */
function onLinkInput(sim: Sim, kind: number, link: number, b: number, what: unknown): void {
  const end = sim.ends.all[link]
  if (!end || !isUp(sim, link)) return
  const { node } = end
  if (kind === Event.closed) {
    closeEnd(sim, end)
    return give(sim, node, { kind: 'link-down', link, reason: what as string })
  }
  sim.counts.packets++
  if (kind === Event.degree) return give(sim, node, { kind: 'peer-degree', link, degree: b })
  give(sim, node, { kind: 'packet', link, packet: what as Extract<JoinInput, { kind: 'packet' }>['packet'] })
}

function perform(sim: Sim, node: SimNode, effect: JoinEffect): void {
  switch (effect.kind) {
    case 'dial':
      return dial(sim, node, effect.dial, effect.address)
    case 'cancel-dial':
      return cancelDials()
    case 'send':
      sendOn(sim, otherEnd(effect.link), Event.packet, 0, effect.packet)
      return
    case 'activate':
      activateEnd(sim, effect.link)
      return sim.stream?.onLinkUp(node, effect.link)
    case 'close':
      return close(sim, effect.link, effect.reason)
    case 'event':
      return sim.onEvent?.(node, effect.event)
  }
}

/** Graceful: what was sent before arrives before the end. */
function close(sim: Sim, link: number, reason: string): void {
  const end = sim.ends.all[link]
  if (!end || isGone(sim, link)) throw new Error(`link ${link} is closed twice`)
  sendOn(sim, otherEnd(link), Event.closed, 0, `peer: ${reason}`)
  closeEnd(sim, end)
}

function planWake(sim: Sim, node: SimNode, state: JoinState): void {
  const { wakeAt } = state
  if (wakeAt === null || wakeAt >= node.wakeAt) return
  node.wakeAt = wakeAt
  sim.queue.add(wakeAt, Event.wake, node.index, node.incarnation, null)
}

/** A wake may have been postponed meanwhile: then it is scheduled again, and the actor is not told. */
function onWake(sim: Sim, node: SimNode, at: number): void {
  if (at !== node.wakeAt) return
  node.wakeAt = Number.POSITIVE_INFINITY
  const { state } = node
  if (state === null || state.wakeAt === null) return
  if (state.wakeAt > at) return planWake(sim, node, state)
  give(sim, node, { kind: 'wake' })
}

function noteDegree(sim: Sim, node: SimNode, degree: number): void {
  if (degree === 0) node.aloneSince = sim.now
  else if (node.aloneSince !== Number.POSITIVE_INFINITY) {
    node.longestAloneMs = Math.max(node.longestAloneMs, sim.now - node.aloneSince)
    node.aloneSince = Number.POSITIVE_INFINITY
  }
  if (node.reporting) return
  node.reporting = true
  sim.queue.add(sim.now + sim.options.probeMs, Event.report, node.index, 0, null)
}

function report(sim: Sim, node: SimNode): void {
  node.reporting = false
  if (node.state === null) return
  const degree = node.state.neighbours.size
  for (const { link } of node.state.neighbours.values()) sendOn(sim, otherEnd(link), Event.degree, degree, null)
}
