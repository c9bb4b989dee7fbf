// Our own search for neighbours: how many requests to send and where, and when to try again. It never gives up.

import { dialKnownAddress, dialMissed, dialSlots, recentDials } from './dials.ts'
import type { NodeId } from './packets.ts'
import { nextAddressAt, nextLongLost, nextMissed } from './passive-view.ts'
import {
  dialledLinks,
  type JoinState,
  type KnownAddress,
  type Link,
  lacksDialled,
  missingLinks,
  type OwnRequest,
  undialledLinks
} from './state.ts'
import { count, drawU32, emit, jitter, pick, type StepContext, send } from './step-context.ts'
import { meansTheSame } from './told-addresses.ts'

/** A guess: six searches in the first 15 s, where doubled pauses leave four. */
const searchPauseGrowth = 1.5
/** A guess: in a small network that lost half of its nodes, most likely one of them lives. */
const dialsForALink = 8

/** Looks for missing links and for lost neighbours if it is time to. */
export function refill(context: StepContext): void {
  const { state, now } = context
  dialReplacements(context)
  for (let at = searchTime(state); at !== null && at <= now; at = searchTime(state)) {
    if (state.neighbours.size > 0) searchOnce(context)
    else if (!dialKnownAddress(context)) break
  }
  for (let known = missedToDial(state); known && known.retryAt <= now; known = missedToDial(state)) {
    dialMissed(context, known)
  }
  dialOwn(context)
  recontact(context)
}

/** When `refill` has something to do next, or null. */
export function refillTime(state: JoinState): number | null {
  const replacement = replacementsToDial(state) > 0 ? nextAddressAt(state) : null
  return earliest(
    ownDialTime(state),
    searchTime(state),
    missedToDial(state)?.retryAt ?? null,
    replacement,
    recontactTime(state)
  )
}

/** The address for others to dial; none if we assume that nobody can. */
export function askableAddress(state: JoinState): string | null {
  return state.unclaimedOffers >= state.options.maxUnclaimedOffers ? null : state.address
}

/**
 * The passive view replaces neighbours that we lost, with peers from anywhere in the network. Walks from the remaining
 * ones stay in our part of it: after a mass failure many small parts could be content with themselves. A search dials
 * some addresses too, and no more until the next one: a node that always lacks a link must not knock at one door after
 * the other.
 */
function replacementsToDial(state: JoinState): number {
  const wanted = Math.max(state.lostNeighbours, state.searchDials)
  if (wanted === 0 || state.phase !== 'running' || state.neighbours.size === 0 || dialSlots(state) <= 0) return 0
  return Math.min(wanted, undialledLinks(state))
}

/** One address for each link; the next one when it fails or is silent. */
function dialReplacements(context: StepContext): void {
  const { state } = context
  while (replacementsToDial(state) > 0 && dialKnownAddress(context))
    state.searchDials = Math.max(0, state.searchDials - 1)
}

/**
 * Those who dialled us may all be one stranger's: until we have reached some peers of our own choice, we dial one now
 * and then.
 */
function dialOwn(context: StepContext): void {
  const { state, now } = context
  const at = ownDialTime(state)
  if (at === null || at > now) return
  state.ownDialAt = now + jitter(context, state.ownDialPauseMs)
  state.ownDialPauseMs = Math.min(state.options.retryMaxMs, 2 * state.ownDialPauseMs)
  dialKnownAddress(context)
}

function ownDialTime(state: JoinState): number | null {
  if (state.phase !== 'running' || state.neighbours.size < state.options.desiredLinks) return null
  if (!lacksDialled(state) || dialSlots(state) <= 0) return null
  const next = nextAddressAt(state)
  return next === null ? null : Math.max(next, state.ownDialAt)
}

/** Now and then we try to reach a peer that has been out of reach for long, so that a split network merges again. */
function recontact(context: StepContext): void {
  const { state, now } = context
  const at = recontactTime(state)
  if (at === null || at > now) return
  state.recontactAt = now + jitter(context, state.options.recontactMs)
  const known = nextLongLost(state)
  if (known) dialMissed(context, known)
}

function recontactTime(state: JoinState): number | null {
  if (state.phase !== 'running' || state.neighbours.size === 0 || dialSlots(state) <= 0) return null
  const known = nextLongLost(state)
  return known ? Math.max(state.recontactAt, known.retryAt) : null
}

function earliest(...times: readonly (number | null)[]): number | null {
  const known = times.filter((time) => time !== null)
  return known.length === 0 ? null : Math.min(...known)
}

function missedToDial(state: JoinState): KnownAddress | undefined {
  return state.phase === 'running' && dialSlots(state) > 0 ? nextMissed(state) : undefined
}

/** Null while no link is missing or nothing can be tried. */
function searchTime(state: JoinState): number | null {
  if (state.phase !== 'running' || missingLinks(state) === 0) return null
  if (state.neighbours.size > 0) return state.refillAt
  // Without neighbours, only a dial can help. Each address has its own pause.
  const limit = state.lostNeighbours > 0 ? state.options.maxDials : state.options.maxBootstrapDials
  const bootstrapDials = Math.min(dialSlots(state), limit - recentDials(state))
  return bootstrapDials > 0 ? nextAddressAt(state) : null
}

/** On a link that we dialled: admit me, or let my request walk from you. */
export function askDirectly(context: StepContext, link: Link, extra: boolean): void {
  const request = sendRequest(context, link, extra)
  link.asked = { kind: 'direct', request }
}

/** On a link to a node that reserved a slot for us. */
export function claimSlot(context: StepContext, link: Link, nonce: string, extra: boolean): void {
  link.asked = { kind: 'nonce', nonce, extra }
  send(context, link, { kind: 'join-ack', nonce })
}

/** Takes out the request that an answer belongs to; only the peer to which we sent it can bring one. */
export function takeRequest(context: StepContext, request: number, from: NodeId): OwnRequest | undefined {
  const own = context.state.requests.get(request)
  if (!own || own.via !== from) return undefined
  context.state.requests.delete(request)
  return own
}

function searchOnce(context: StepContext): void {
  const { state, now } = context
  state.refillAt = now + jitter(context, state.pauseMs)
  state.pauseMs = Math.min(state.pauseMs * searchPauseGrowth, longestPause(state))
  const missing = missingLinks(state)
  for (let i = 0; i < missing; i++) {
    const neighbour = pick(context, [...state.neighbours.values()])
    if (neighbour) sendRequest(context, neighbour, false)
  }
  // Walks stay within our part of the network, and in a small one most end at a neighbour. Known addresses may lead out
  // of it.
  state.searchDials = missing * dialsForALink
  dialReplacements(context)
}

/**
 * The fewer links a node has, the more often it tries: two newcomers that only know each other must not wait for long.
 */
function longestPause({ options, neighbours }: JoinState): number {
  const { retryMinMs, retryMaxMs, desiredLinks } = options
  return Math.max(retryMinMs, (retryMaxMs * Math.min(neighbours.size, desiredLinks)) / desiredLinks)
}

function sendRequest(context: StepContext, link: Link, extra: boolean): number {
  const { state, now } = context
  const request = nextRequest(context)
  state.requests.set(request, { request, via: link.peer, extra, deadline: now + state.options.requestTimeoutMs })
  count(context, 'requests-sent')
  emit(context, { kind: 'request-sent', request, via: link.peer })
  // A node that only others have dialled may be shut in among them, so it is as urgent as one that has nobody.
  const isShutIn = state.neighbours.size >= state.options.desiredLinks && dialledLinks(state) === 0
  const degree = isShutIn ? 0 : state.neighbours.size
  const { id: origin } = state
  // Nobody on the way can remove an address from what we signed, and the walk may leave this machine.
  const own = askableAddress(state)
  const address = own !== null && meansTheSame(own, 'network') ? own : null
  send(context, link, { kind: 'join-request', origin, request, hops: state.options.walkHops, degree, address })
  return request
}

/**
 * From a random start, so that a restarted node's numbers do not collide with those that relays still remember; never
 * 0.
 */
export function nextRequest(context: StepContext): number {
  const { state } = context
  if (state.lastRequest === 0) state.lastRequest = drawU32(context)
  state.lastRequest = state.lastRequest >= 0xffffffff ? 1 : state.lastRequest + 1
  return state.lastRequest
}
