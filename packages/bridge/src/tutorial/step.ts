// A peer among the tutorial's nodes as a pure machine: state and input in, effects out. Sockets, clock and randomness
// are elsewhere.
import { formatAddress } from '@floodnet/core'
import { PACKET_TYPES, type TutorialPacket } from '../gob/packet.ts'
import {
  ask,
  close,
  onJoinAck,
  onJoinRequest,
  onOpened,
  onSlotLost,
  planRetry,
  seek,
  tellUnanswered
} from './joining.ts'
import type { LinkId, PeerEffect, PeerInput } from './messages.ts'
import { count, type Link, neighboursOf, type PeerState, type StepContext, tell } from './state.ts'

export function step(state: PeerState, input: PeerInput, context: Omit<StepContext, 'effects'>): PeerEffect[] {
  const whole: StepContext = { ...context, effects: [] }
  onInput(state, input, whole)
  return whole.effects
}

function onInput(state: PeerState, input: PeerInput, context: StepContext): void {
  switch (input.kind) {
    case 'listening':
      state.listening = input.address
      return
    case 'join':
      state.entries.push(input.entry)
      ask(state, input.entry, context)
      return planRetry(state, context)
    case 'accepted':
      return onAccepted(state, input, context)
    case 'opened':
      return onOpened(state, input.link, input.remoteHost, input.localHost, context)
    case 'packet':
      return onPacket(state, input.link, input.packet, context)
    case 'closed':
      return onClosed(state, input.link, input.reason, context)
    case 'say':
      return announce(state, messageOf(state, input.payload, input.uniqueId), null, context)
    case 'wake':
      return onWake(state, context)
  }
}

function onAccepted(state: PeerState, input: Extract<PeerInput, { kind: 'accepted' }>, context: StepContext): void {
  const { link, remoteHost, localHost } = input
  if (count(state, 'stranger') >= state.options.maxStrangers) {
    tell(context, { kind: 'refused', host: remoteHost, reason: 'too-many-strangers' })
    return close(state, link, 'too many strangers', context)
  }
  const deadlineMs = context.nowMs + state.options.strangerMs
  state.links.set(link, { kind: 'stranger', remoteHost, localHost, deadlineMs })
}

function onPacket(state: PeerState, id: LinkId, packet: TutorialPacket, context: StepContext): void {
  const link = state.links.get(id)
  if (link?.kind === 'stranger') return onFirstPacket(state, id, link, packet, context)
  if (link?.kind !== 'neighbour') return
  context.effects.push({ kind: 'known', link: id, uniqueId: packet.uniqueId })
  if (!state.seen.add(packet.uniqueId)) return
  if (packet.type === PACKET_TYPES.joinRequest) return onJoinRequest(state, link, packet, context)
  if (packet.type !== PACKET_TYPES.message) return
  context.effects.push({ kind: 'heard', packet })
  forward(state, packet, id, context)
}

/** The first packet of an accepted connection says what it is for. A request's connection ends, as Go nodes end it. */
function onFirstPacket(
  state: PeerState,
  id: LinkId,
  link: Extract<Link, { kind: 'stranger' }>,
  packet: TutorialPacket,
  context: StepContext
): void {
  if (packet.type === PACKET_TYPES.joinAck) return onJoinAck(state, id, link, packet, context)
  if (packet.type !== PACKET_TYPES.joinRequest) {
    tell(context, { kind: 'refused', host: link.remoteHost, reason: 'not-joined' })
    return close(state, id, 'not joined', context)
  }
  if (state.seen.add(packet.uniqueId)) onJoinRequest(state, link, packet, context)
  close(state, id, 'request taken', context)
}

/** What we say starts its flood here. If it is said twice under one id, it floods once. */
function announce(state: PeerState, packet: TutorialPacket, from: LinkId | null, context: StepContext): void {
  if (state.seen.add(packet.uniqueId)) forward(state, packet, from, context)
}

/** Go nodes also send a packet back to where it came from. We need not, and its sender loses nothing. */
function forward(state: PeerState, packet: TutorialPacket, from: LinkId | null, context: StepContext): void {
  for (const [link] of neighboursOf(state)) {
    if (link !== from) context.effects.push({ kind: 'send', link, packet, last: false })
  }
}

function messageOf({ nodeId }: PeerState, payload: Uint8Array, uniqueId: bigint): TutorialPacket {
  return { type: PACKET_TYPES.message, payload, nodeId, uniqueId, hopsLeft: 0 }
}

function onClosed(state: PeerState, id: LinkId, reason: string, context: StepContext): void {
  const link = state.links.get(id)
  if (link === undefined) return
  state.links.delete(id)
  if (link.kind === 'neighbour') {
    tell(context, { kind: 'neighbour-down', nodeId: link.nodeId, address: link.address, reason })
    state.attempts = 0
    seek(state, context)
    planRetry(state, context)
  } else if (link.kind === 'requesting' || link.kind === 'acking') {
    tell(context, { kind: 'dial-failed', address: formatAddress(link.address), reason })
    onSlotLost(state, context)
  }
}

function onWake(state: PeerState, context: StepContext): void {
  for (const [id, link] of state.links) {
    if ('deadlineMs' in link && link.deadlineMs <= context.nowMs) onDeadline(state, id, link, context)
  }
  tellUnanswered(state, context)
  if (state.retryAtMs === null || state.retryAtMs > context.nowMs) return
  seek(state, context)
  state.attempts++
  planRetry(state, context)
}

function onDeadline(state: PeerState, id: LinkId, link: Link, context: StepContext): void {
  if (link.kind === 'stranger') tell(context, { kind: 'refused', host: link.remoteHost, reason: 'silent' })
  if (link.kind === 'requesting' || link.kind === 'acking')
    tell(context, { kind: 'dial-failed', address: formatAddress(link.address), reason: 'timeout' })
  close(state, id, 'timeout', context)
  onSlotLost(state, context)
}
