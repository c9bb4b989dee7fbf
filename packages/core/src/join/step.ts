// The join-arbitration actor: it alone decides who is our neighbour. One input at a time goes in; what to do comes out.
//
// A link is a guest after its handshake. Below the desired count the node sends join requests to its neighbours; each
// walks at random until somebody admits: that node reserves a slot and sends an offer back along the walk's path. The
// origin dials the acceptor, presents the offer's nonce, and is told "we are neighbours". Nobody dials an address
// because a packet said so, unless the packet answers a request of its own.

import { onJoinAck, onJoinNo, onJoinOffer } from './answers.ts'
import { hurry, leave, onLinkDown } from './closing.ts'
import { nextDeadline, nextWalkEnd, passDeadlines } from './deadlines.ts'
import { onConnect, onDialFailed } from './dials.ts'
import { onJoinRequest } from './forward-join.ts'
import type { Candidate, JoinEffect, JoinInput } from './messages.ts'
import { onLinkOpen } from './opening.ts'
import type { JoinPacket } from './packets.ts'
import { configureAddress, forgetSelf, recallPeers } from './passive-view.ts'
import { addFound } from './peer-exchange.ts'
import { refill } from './requests.ts'
import { onPeers, onShuffle, onShuffleReply, shuffleIfDue } from './shuffles.ts'
import { type JoinState, missingLinks } from './state.ts'
import { count, type StepContext } from './step-context.ts'

/**
 * Changes `state` and returns what the host has to do, in this order. `now` is in milliseconds on a steady clock.
 * Afterwards `state.wakeAt` is the one time at which the host has to come back with a `wake`, or null.
 */
export function stepJoin(state: JoinState, input: JoinInput, now: number, random: () => number): JoinEffect[] {
  const context: StepContext = { state, now, random, effects: [], relayedOnly: false }
  state.now = now
  // The most frequent input of all changes only a number.
  if (input.kind === 'peer-degree' && (state.wakeAt === null || state.wakeAt > now)) {
    onPeerDegree(context, input.link, input.degree)
    return context.effects
  }
  // Nothing is due before the time at which the last step asked to be woken.
  const isDue = state.wakeAt !== null && state.wakeAt <= now
  if (isDue) passDeadlines(context)
  onInput(context, input)
  // Most packets are others' walks. The only deadline that they can add is the end of their way back.
  if (context.relayedOnly && !isDue) {
    const walkEnd = nextWalkEnd(state)
    if (walkEnd !== null && (state.wakeAt === null || walkEnd < state.wakeAt)) state.wakeAt = walkEnd
    return context.effects
  }
  shuffleIfDue(context)
  refill(context)
  state.wakeAt = nextDeadline(state)
  return context.effects
}

function onInput(context: StepContext, input: JoinInput): void {
  switch (input.kind) {
    case 'start':
      return start(context)
    case 'wake':
      return
    case 'dial-failed':
      return onDialFailed(context, input.dial, input.reason)
    case 'link-open':
      return onLinkOpen(context, input)
    case 'link-down':
      return onLinkDown(context, input.link, input.reason)
    case 'packet':
      return onPacket(context, input.link, input.packet)
    case 'peer-degree':
      return onPeerDegree(context, input.link, input.degree)
    case 'connect':
      return onConnect(context, input.address, input.peer ?? null)
    case 'candidates':
      return onCandidates(context, input.found)
    case 'listening':
      return onListening(context, input.address, input.checked === true)
    case 'leave':
      return leave(context)
  }
}

function start(context: StepContext): void {
  context.state.phase = 'running'
  for (const address of context.state.options.entries) configureAddress(context.state, address)
  for (const { address, peer } of context.state.options.pinned) configureAddress(context.state, address, peer)
  recallPeers(context.state)
  hurry(context)
}

/** A node that lacks links checks at once whether these help. */
function onCandidates(context: StepContext, found: readonly Candidate[]): void {
  const before = context.state.known.size
  for (const candidate of found) addFound(context, candidate)
  if (context.state.known.size > before && missingLinks(context.state) > 0) hurry(context)
}

function onPacket(context: StepContext, number: number, packet: JoinPacket): void {
  const link = context.state.links.get(number)
  // We closed the link, and the peer does not know it yet.
  if (!link) return count(context, 'late-packet')
  switch (packet.kind) {
    case 'join-request':
      return onJoinRequest(context, link, packet)
    case 'join-offer':
      return onJoinOffer(context, link, packet)
    case 'join-ack':
      return onJoinAck(context, link, packet)
    case 'join-no':
      return onJoinNo(context, link, packet)
    case 'shuffle':
      return onShuffle(context, link, packet)
    case 'shuffle-reply':
      return onShuffleReply(context, link, packet)
    case 'peers':
      return onPeers(context, link, packet)
  }
}

function onPeerDegree(context: StepContext, number: number, degree: number): void {
  const link = context.state.links.get(number)
  if (link) link.degree = degree
}

function onListening(context: StepContext, address: string | null, checked: boolean): void {
  if (checked) context.state.unclaimedOffers = 0
  if (address === context.state.address) return
  context.state.address = address
  context.state.unclaimedOffers = 0
  forgetSelf(context.state)
}
