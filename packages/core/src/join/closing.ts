// How links end, whoever ends them, and what a lost link sets off.

import type { CloseReason } from './messages.ts'
import type { NodeId } from './packets.ts'
import { addressFailed, addressServed, missAddress } from './passive-view.ts'
import { handOver } from './peer-exchange.ts'
import { type Link, linksTo, linkTo } from './state.ts'
import { count, emit, type Turn } from './step-context.ts'

export function closeLink(turn: Turn, link: Link, reason: CloseReason): void {
  if (reason === 'duplicate') count(turn, 'duplicates-closed')
  turn.effects.push({ kind: 'close', link: link.link, reason })
  forgetLink(turn, link, reason)
}

export function closePeer(turn: Turn, peer: NodeId, reason: CloseReason): void {
  // Retiring links first: none of them may take the place of the neighbour that goes.
  const links = linksTo(turn.state, peer).sort((a, b) => rank(a) - rank(b))
  for (const link of links) closeLink(turn, link, reason)
}

export function onLinkDown(turn: Turn, number: number, reason: string): void {
  const link = turn.state.links.get(number)
  if (!link) return
  forgetLink(turn, link, reason)
  const address = link.dialled ?? link.address
  // A guest cannot be missed, and a peer that is still a neighbour need not be.
  if (link.role !== 'neighbour' || address === null || turn.state.neighbours.has(link.peer)) return
  missAddress(turn, address, link)
}

/** The next search for links starts at once. */
export function hurry(turn: Turn): void {
  turn.state.refillAt = turn.now
  turn.state.pauseMs = turn.state.options.retryMinMs
}

function forgetLink(turn: Turn, link: Link, reason: string): void {
  turn.state.links.delete(link.link)
  turn.state.waiting.delete(link)
  settleAddress(turn, link, reason)
  if (turn.state.neighbours.get(link.peer) === link) loseNeighbour(turn, link, reason)
  else emit(turn, { kind: 'guest-down', peer: link.peer, link: link.link, reason })
  if (linkTo(turn.state, link.peer) === undefined) loseRequests(turn, link.peer)
}

// Ends that say nothing against dialling the address again.
const harmless: ReadonlySet<string> = new Set<CloseReason>(['answered', 'not-needed', 'duplicate', 'leaving'])

function settleAddress(turn: Turn, link: Link, reason: string): void {
  const address = link.dialled ?? link.address
  if (address === null) return
  const trusted = link.dialled !== null || turn.state.known.get(address)?.peer === link.peer
  if (!trusted) return
  if (link.role !== 'guest') return addressServed(turn, address)
  if (link.dialled === null) return
  if (harmless.has(reason)) addressServed(turn, address)
  else addressFailed(turn, address)
}

function loseNeighbour(turn: Turn, link: Link, reason: string): void {
  turn.state.neighbours.delete(link.peer)
  const heir = linksTo(turn.state, link.peer).find((other) => other.role === 'retiring')
  if (heir) return restore(turn, heir, link)
  emit(turn, { kind: 'peer-down', peer: link.peer, link: link.link, reason })
  turn.state.bereft = Math.min(turn.state.bereft + 1, turn.state.options.desiredLinks)
  hurry(turn)
}

/** The peer kept the link that we took for the loser. */
function restore(turn: Turn, link: Link, from: Link): void {
  link.role = 'neighbour'
  turn.state.waiting.delete(link)
  link.deadline = Number.POSITIVE_INFINITY
  turn.state.neighbours.set(link.peer, link)
  if (!link.flooding) turn.effects.push({ kind: 'activate', link: link.link })
  link.flooding = true
  emit(turn, { kind: 'peer-moved', peer: link.peer, link: link.link, from: from.link })
}

function loseRequests(turn: Turn, via: NodeId): void {
  for (const request of turn.state.requests.values()) {
    if (request.via !== via) continue
    turn.state.requests.delete(request.request)
    count(turn, 'requests-lost')
    emit(turn, { kind: 'request-lost', request: request.request, via })
  }
}

function rank(link: Link): number {
  return link.role === 'neighbour' ? 1 : 0
}

export function leave(turn: Turn): void {
  const { state } = turn
  for (const dial of state.dials.values()) turn.effects.push({ kind: 'cancel-dial', dial: dial.dial })
  state.dials.clear()
  state.reservations.clear()
  state.requests.clear()
  state.walks.clear()
  // Those who lose us get to know each other.
  for (const link of state.neighbours.values()) handOver(turn, link.link, link.peer)
  for (const link of [...state.links.values()]) closePeer(turn, link.peer, 'leaving')
  state.phase = 'left'
}
