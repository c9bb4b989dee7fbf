// How links end, whoever ends them, and what a lost link triggers.

import type { CloseReason } from './messages.ts'
import type { NodeId } from './packets.ts'
import { addressFailed, addressServed, missAddress, spareAddress } from './passive-view.ts'
import { sendPeers } from './peer-exchange.ts'
import { type Link, linksTo, linkTo } from './state.ts'
import { count, emit, type StepContext } from './step-context.ts'

export function closeLink(context: StepContext, link: Link, reason: CloseReason): void {
  if (reason === 'duplicate') count(context, 'duplicates-closed')
  context.effects.push({ kind: 'close', link: link.link, reason })
  forgetLink(context, link, reason)
}

export function closePeer(context: StepContext, peer: NodeId, reason: CloseReason): void {
  // Retiring links first: none of them may take the place of the neighbour that goes.
  const links = linksTo(context.state, peer).sort((a, b) => rank(a) - rank(b))
  for (const link of links) closeLink(context, link, reason)
}

export function onLinkDown(context: StepContext, number: number, reason: string): void {
  const link = context.state.links.get(number)
  if (!link) return
  forgetLink(context, link, reason)
  const address = link.dialled ?? link.address
  // Nobody misses a guest, and a peer that is still a neighbour need not be missed.
  if (link.role !== 'neighbour' || address === null || context.state.neighbours.has(link.peer)) return
  missAddress(context, address, link)
  if (reason === 'leaving') spareAddress(context, address)
}

/** The next search for links starts at once. */
export function hurry(context: StepContext): void {
  context.state.refillAt = context.now
  context.state.pauseMs = context.state.options.retryMinMs
}

function forgetLink(context: StepContext, link: Link, reason: string): void {
  context.state.links.delete(link.link)
  context.state.waiting.delete(link)
  settleAddress(context, link, reason)
  if (context.state.neighbours.get(link.peer) === link) loseNeighbour(context, link, reason)
  else emit(context, { kind: 'guest-down', peer: link.peer, link: link.link, dialled: link.dialled, reason })
  if (linkTo(context.state, link.peer) === undefined) loseRequests(context, link.peer)
}

// These reasons are no argument against dialling the address again.
const harmless: ReadonlySet<string> = new Set<CloseReason>(['answered', 'not-needed', 'duplicate', 'leaving'])

function settleAddress(context: StepContext, link: Link, reason: string): void {
  const address = link.dialled ?? link.address
  if (address === null) return
  const trusted = link.dialled !== null || context.state.known.get(address)?.peer === link.peer
  if (!trusted) return
  if (link.role !== 'guest') return addressServed(context, address)
  if (link.dialled === null) return
  if (harmless.has(reason)) addressServed(context, address)
  else addressFailed(context, address)
}

function loseNeighbour(context: StepContext, link: Link, reason: string): void {
  context.state.neighbours.delete(link.peer)
  const heir = linksTo(context.state, link.peer).find((other) => other.role === 'retiring')
  if (heir) return restore(context, heir, link)
  emit(context, { kind: 'peer-down', peer: link.peer, link: link.link, reason })
  context.state.lostNeighbours = Math.min(context.state.lostNeighbours + 1, context.state.options.desiredLinks)
  hurry(context)
}

/** The peer kept the link that we considered the loser. */
function restore(context: StepContext, link: Link, from: Link): void {
  link.role = 'neighbour'
  context.state.waiting.delete(link)
  link.deadline = Number.POSITIVE_INFINITY
  context.state.neighbours.set(link.peer, link)
  if (!link.flooding) context.effects.push({ kind: 'activate', link: link.link })
  link.flooding = true
  emit(context, { kind: 'peer-moved', peer: link.peer, link: link.link, from: from.link })
}

function loseRequests(context: StepContext, via: NodeId): void {
  for (const request of context.state.requests.values()) {
    if (request.via !== via) continue
    context.state.requests.delete(request.request)
    count(context, 'requests-lost')
    emit(context, { kind: 'request-lost', request: request.request, via })
  }
}

function rank(link: Link): number {
  return link.role === 'neighbour' ? 1 : 0
}

export function leave(context: StepContext): void {
  const { state } = context
  for (const dial of state.dials.values()) context.effects.push({ kind: 'cancel-dial', dial: dial.dial })
  state.dials.clear()
  state.reservations.clear()
  state.requests.clear()
  state.walks.clear()
  // Those who lose us get to know each other.
  for (const link of state.neighbours.values()) sendPeers(context, link.link, link.peer, link.reach)
  for (const link of [...state.links.values()]) closePeer(context, link.peer, 'leaving')
  state.phase = 'left'
}
