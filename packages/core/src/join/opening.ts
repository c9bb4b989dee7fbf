// What happens to a link whose handshake is done: refused, kept as a guest, or used to ask for a neighbour.

import { prevails } from './admission.ts'
import { closeLink, closePeer } from './closing.ts'
import type { JoinCounter } from './counters.ts'
import { emitDial, takeDial } from './dials.ts'
import type { CloseReason, LinkOpen } from './messages.ts'
import { netgroupOf } from './netgroup.ts'
import { addressFailed, addressOpened, foundAgain, isRecovered } from './passive-view.ts'
import { sendPeers } from './peer-exchange.ts'
import { askDirectly, claimSlot } from './requests.ts'
import {
  type Dial,
  firmProspects,
  guestCount,
  hasRoomForOwn,
  type JoinState,
  type Link,
  lacksDialled,
  linksTo
} from './state.ts'
import { chance, count, emit, type StepContext } from './step-context.ts'
import { claimedAddress, reachOfSocket, strangersAddress } from './told-addresses.ts'

export function onLinkOpen(context: StepContext, input: LinkOpen): void {
  const dial = input.dial === null ? null : takeDial(context, input.dial)
  if (dial === undefined) return refuse(context, input, null, 'cancelled', 'late-dial')
  if (dial) noteOpened(context, dial, input)
  const refusal = refusalOf(context.state, input, dial)
  if (dial && refusal) addressFailed(context, dial.address)
  if (refusal) return refuse(context, input, dial, ...refusal)
  if (
    dial === null &&
    !context.state.reservations.has(input.peer) &&
    guestCount(context.state) >= context.state.options.maxGuests
  )
    makeWay(context)
  const newest = Math.max(-1, ...linksTo(context.state, input.peer).map((link) => link.incarnation))
  if (newest >= 0 && newest < input.incarnation) peerRestarted(context, input)
  // Somebody reached us, so unclaimed slots are not our address's fault.
  if (!dial) context.state.unclaimedOffers = Number.NEGATIVE_INFINITY
  const link = addGuest(context, input, dial)
  if (dial) useDialled(context, link, dial)
}

function makeWay(context: StepContext): void {
  const idle = idleGuest(context.state)
  if (idle) closeLink(context, idle, 'guests-full')
}

function noteOpened(context: StepContext, dial: Dial, input: LinkOpen): void {
  count(context, 'dials-opened')
  if (input.peer === context.state.id) emitDial(context, 'skipped', dial.address, 'self')
  else emitDial(context, 'opened', dial.address)
  addressOpened(context, dial.address, input.peer)
}

function refusalOf(state: JoinState, input: LinkOpen, dial: Dial | null): [CloseReason, JoinCounter] | null {
  if (state.phase === 'left') return ['leaving', 'guests-refused']
  if (input.peer === state.id) return ['self', 'self-links']
  if (dial?.expect && dial.expect !== input.peer) return ['wrong-peer', 'wrong-peers']
  const stale = linksTo(state, input.peer).some((link) => link.incarnation > input.incarnation)
  if (stale) return ['stale', 'stale-links']
  // A peer that comes to claim a slot is let in: the slots have a bound of their own.
  const expected = dial !== null || state.reservations.has(input.peer)
  const full = !expected && guestCount(state) >= state.options.maxGuests
  return full && idleGuest(state) === undefined ? ['guests-full', 'guests-refused'] : null
}

/** The guest that has asked for nothing for longest: it gives way to a newcomer. */
function idleGuest(state: JoinState): Link | undefined {
  for (const link of state.waiting)
    if (link.role === 'guest' && link.dialled === null && link.pendingRequest === null && link.asked === null)
      return link
  return undefined
}

function refuse(
  context: StepContext,
  { link, peer, remote }: LinkOpen,
  dial: Dial | null,
  reason: CloseReason,
  counter: JoinCounter
): void {
  count(context, counter)
  if (reason === 'guests-full') sendPeers(context, link, peer, reachOfSocket(remote ?? null))
  context.effects.push({ kind: 'close', link, reason })
  emit(context, { kind: 'guest-down', peer, link, dialled: dial?.address ?? null, reason })
}

/** Its old links are dead, and so is everything that the old process had asked for. */
function peerRestarted(context: StepContext, input: LinkOpen): void {
  context.state.reservations.delete(input.peer)
  closePeer(context, input.peer, 'restarted')
}

function addGuest(context: StepContext, input: LinkOpen, dial: Dial | null): Link {
  const { state, now } = context
  const { link: number, peer, incarnation, remote } = input
  const address = addressOf(context, input)
  const link: Link = {
    link: number,
    peer,
    incarnation,
    dialled: dial?.address ?? null,
    address,
    group: netgroupOfSocket(state, remote ?? dial?.address ?? address),
    reach: reachOfSocket(remote ?? null),
    role: 'guest',
    flooding: false,
    admittedByUs: false,
    deadline: now + state.options.guestTimeoutMs,
    since: now,
    degree: 0,
    asked: null,
    pendingRequest: null,
    evicted: false,
    tokens: state.options.joinBurst,
    tokensAt: now
  }
  state.links.set(number, link)
  state.waiting.add(link)
  emit(context, { kind: 'guest-up', peer, link: number, dialled: dial?.address ?? null })
  return link
}

/** Where the peer says that it can be dialled, if that is possible. */
function addressOf(context: StepContext, { address, remote }: LinkOpen): string | null {
  if (address === null || remote === undefined) return address
  if (claimedAddress(address, remote) === null) {
    count(context, 'misplaced-addresses')
    return null
  }
  return context.state.options.literalsOnly ? strangersAddress(address) : address
}

function netgroupOfSocket(state: JoinState, address: string | null): string | null {
  const known = address === null ? undefined : state.known.get(address)
  return known ? known.group : netgroupOf(address ?? '')
}

function useDialled(context: StepContext, link: Link, dial: Dial): void {
  const { state } = context
  // Whatever comes of it, the peer's part of the network now knows that we are looking for somebody.
  if (dial.purpose === 'entry') state.lostNeighbours = Math.max(0, state.lostNeighbours - 1)
  const better = betterLink(state, link)
  if (better?.role === 'neighbour') return closeLink(context, link, 'duplicate')
  const extra = dial.extra || isMissed(state, link, dial) || (isWanted(context, dial) && hasRoomForOwn(state))
  const optional = dial.purpose === 'entry' || dial.purpose === 'missed'
  const enough = optional && firmProspects(state) >= state.options.desiredLinks && !isOwnChoice(state, link)
  if (enough && !extra && !state.neighbours.has(link.peer)) {
    foundAgain(state, link.peer)
    return closeLink(context, link, 'not-needed')
  }
  if (extra && !dial.extra && !hasRoomForOwn(state)) return closeLink(context, link, 'full')
  ask(context, better ?? link, dial, extra)
  if (better) closeLink(context, link, 'duplicate')
}

/** It is the first neighbour that we chose ourselves, if it admits us. */
function isOwnChoice(state: JoinState, link: Link): boolean {
  return lacksDialled(state) && linksTo(state, link.peer).length === 1
}

/** Another link to the same peer on which we had better ask. */
function betterLink(state: JoinState, link: Link): Link | undefined {
  const others = linksTo(state, link.peer).filter((other) => other !== link)
  return others.find((other) => {
    // Our own second dial: a neighbour gives way to it, because the peer may have lost that link; a guest was asked
    // already.
    if (other.dialled !== null) return other.role === 'guest' && other.asked !== null
    return other.role !== 'retiring' && !prevails(state, link, other)
  })
}

/**
 * A lost neighbour is back and has forgotten us: without a link to it, we might lose the newcomers that it leads in.
 */
function isMissed(state: JoinState, link: Link, dial: Dial): boolean {
  const missed = state.known.get(dial.address)?.missed ?? null
  return missed !== null && dial.nonce === null && link.incarnation > missed
}

/** It was out of reach and is back. In a large network many find each other again, and few links are enough. */
function isWanted(context: StepContext, dial: Dial): boolean {
  const known = context.state.known.get(dial.address)
  if (!known || dial.nonce !== null || !isRecovered(known)) return false
  const excess = Math.max(0, firmProspects(context.state) - context.state.options.desiredLinks)
  return chance(context, 1 / (1 + excess))
}

function ask(context: StepContext, link: Link, dial: Dial, extra: boolean): void {
  if (dial.nonce !== null) claimSlot(context, link, dial.nonce, extra)
  else if (link.asked === null) askDirectly(context, link, extra)
}
