// The flood: a message that a node has not seen goes on over every link in the flood but the one that it came from.
//
// This is the step of `flood/flood-step.ts` on a set of seen ids. The real one keeps a replay window for each author at
// each node: a thousand authors at ten thousand nodes are ten million windows, some 5 GB. `test/sim-flood.test.ts`
// floods the same network with the real code and holds the two to be equal.
import { incarnationOf, isFlooding, isUp, otherEnd, placeOf } from './ends.ts'
import { Event } from './events.ts'
import { sendOn } from './links.ts'
import type { SimNode } from './sim-node.ts'
import type { Message, Sim } from './state.ts'

/** A node writes a message; `sim.onMessage` is called when nothing of it is under way any more. */
export function writeMessage(sim: Sim, from: SimNode): Message {
  const message: Message = {
    ...{ number: ++sim.lastMessage, at: sim.now, seen: new Uint32Array(sim.nodes.length) },
    ...{ delivered: 0, copies: 0, inFlight: 0, maxHops: 0, lastAt: sim.now }
  }
  deliver(sim, from, message, 0)
  pass(sim, from, message, -1, 0)
  finish(sim, message)
  return message
}

export function onData(sim: Sim, link: number, hops: number, message: Message): void {
  message.inFlight--
  receive(sim, link, hops, message)
  finish(sim, message)
}

function receive(sim: Sim, link: number, hops: number, message: Message): void {
  if (!isUp(sim, link)) return
  if (!isFlooding(sim, link)) {
    sim.counts.early++
    return
  }
  message.copies++
  const place = placeOf(sim, link)
  if (message.seen[place] === incarnationOf(sim, link)) return
  const node = sim.nodes[place]!
  deliver(sim, node, message, hops)
  pass(sim, node, message, link, hops)
}

function deliver(sim: Sim, node: SimNode, message: Message, hops: number): void {
  if (node.index >= message.seen.length) return
  message.seen[node.index] = node.incarnation
  message.delivered++
  message.maxHops = Math.max(message.maxHops, hops)
  message.lastAt = sim.now
  sim.onDelivery?.(node, message)
}

function pass(sim: Sim, node: SimNode, message: Message, source: number, hops: number): void {
  if (node.state === null || node.index >= message.seen.length) return
  for (const end of node.state.links.values()) {
    if (!end.flooding || end.link === source) continue
    if (sendOn(sim, otherEnd(end.link), Event.data, hops + 1, message)) message.inFlight++
  }
}

function finish(sim: Sim, message: Message): void {
  if (message.inFlight === 0) sim.onMessage?.(message)
}
