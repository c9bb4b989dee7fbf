// The join-arbitration actor: it alone decides who is our neighbour. One input at a time goes in; what to do comes out.
//
// A link is a guest after its handshake. Below the desired count the node sends join requests to its neighbours; each
// walks at random until somebody admits: that node reserves a slot and sends an offer back along the walk's path. The
// origin dials the acceptor, presents the offer's nonce, and is told "we are neighbours". Nobody dials an address because
// a packet said so, unless the packet answers a request of its own.

import { onJoinAck, onJoinNo, onJoinOffer } from './answers.ts'
import { hurry, leave, onLinkDown } from './closing.ts'
import { nextDeadline, nextWalkEnd, passDeadlines } from './deadlines.ts'
import { onConnect, onDialFailed } from './dials.ts'
import { onJoinRequest } from './forward-join.ts'
import type { JoinEffect, JoinInput } from './messages.ts'
import { onLinkOpen } from './opening.ts'
import type { JoinPacket } from './packets.ts'
import { configureAddress, forgetSelf, recallPeers } from './passive-view.ts'
import { refill } from './requests.ts'
import { onPeers, onShuffle, onShuffleReply, shuffleIfDue } from './shuffles.ts'
import type { JoinState } from './state.ts'
import { count, type Turn } from './step-context.ts'

/**
 * Changes `state` and returns what the host has to do, in this order. `now` is in milliseconds on a steady clock.
 * Afterwards `state.wakeAt` is the one time at which the host has to come back with a `wake`, or null.
 */
export function stepJoin(state: JoinState, input: JoinInput, now: number, random: () => number): JoinEffect[] {
  const turn: Turn = { state, now, random, effects: [], carried: false }
  state.now = now
  // The most frequent input of all changes nothing but a number.
  if (input.kind === 'peer-degree' && (state.wakeAt === null || state.wakeAt > now)) {
    onPeerDegree(turn, input.link, input.degree)
    return turn.effects
  }
  // Nothing is due before the time that the last step asked to be woken at.
  const isDue = state.wakeAt !== null && state.wakeAt <= now
  if (isDue) passDeadlines(turn)
  onInput(turn, input)
  // Most packets are others' walks. Nothing new can be due because of them but the end of their way back.
  if (turn.carried && !isDue) {
    const walkEnd = nextWalkEnd(state)
    if (walkEnd !== null && (state.wakeAt === null || walkEnd < state.wakeAt)) state.wakeAt = walkEnd
    return turn.effects
  }
  shuffleIfDue(turn)
  refill(turn)
  state.wakeAt = nextDeadline(state)
  return turn.effects
}

function onInput(turn: Turn, input: JoinInput): void {
  switch (input.kind) {
    case 'start':
      return start(turn)
    case 'wake':
      return
    case 'dial-failed':
      return onDialFailed(turn, input.dial, input.reason)
    case 'link-open':
      return onLinkOpen(turn, input)
    case 'link-down':
      return onLinkDown(turn, input.link, input.reason)
    case 'packet':
      return onPacket(turn, input.link, input.packet)
    case 'peer-degree':
      return onPeerDegree(turn, input.link, input.degree)
    case 'connect':
      return onConnect(turn, input.address)
    case 'listening':
      return onListening(turn, input.address)
    case 'leave':
      return leave(turn)
  }
}

function start(turn: Turn): void {
  turn.state.phase = 'running'
  for (const address of turn.state.options.entries) configureAddress(turn.state, address)
  recallPeers(turn.state)
  hurry(turn)
}

function onPacket(turn: Turn, number: number, packet: JoinPacket): void {
  const link = turn.state.links.get(number)
  // We closed the link, and the peer does not know it yet.
  if (!link) return count(turn, 'late-packet')
  switch (packet.kind) {
    case 'join-request':
      return onJoinRequest(turn, link, packet)
    case 'join-offer':
      return onJoinOffer(turn, link, packet)
    case 'join-ack':
      return onJoinAck(turn, link, packet)
    case 'join-no':
      return onJoinNo(turn, link, packet)
    case 'shuffle':
      return onShuffle(turn, link, packet)
    case 'shuffle-reply':
      return onShuffleReply(turn, link, packet)
    case 'peers':
      return onPeers(turn, link, packet)
  }
}

function onPeerDegree(turn: Turn, number: number, degree: number): void {
  const link = turn.state.links.get(number)
  if (link) link.degree = degree
}

function onListening(turn: Turn, address: string | null): void {
  if (address === turn.state.address) return
  turn.state.address = address
  turn.state.vainOffers = 0
  forgetSelf(turn.state)
}
