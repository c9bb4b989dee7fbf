// A peer among the tutorial's nodes as a pure machine: state and input in, effects out. Sockets, clock and randomness are elsewhere.
import { formatAddress } from '@floodnet/core'
import { PACKET_TYPES, type TutorialPacket } from '../gob/packet.ts'
import { ask, close, onJoinAck, onJoinRequest, onOpened, onSlotLost, planRetry, seek } from './joining.ts'
import type { LinkId, PeerEffect, PeerInput } from './messages.ts'
import { count, type Link, neighboursOf, type PeerState, type Turn, tell } from './state.ts'

export function step(state: PeerState, input: PeerInput, turn: Omit<Turn, 'effects'>): PeerEffect[] {
  const whole: Turn = { ...turn, effects: [] }
  onInput(state, input, whole)
  return whole.effects
}

function onInput(state: PeerState, input: PeerInput, turn: Turn): void {
  switch (input.kind) {
    case 'listening':
      state.listening = input.address
      return
    case 'join':
      state.entries.push(input.entry)
      ask(state, input.entry, turn)
      return planRetry(state, turn)
    case 'accepted':
      return onAccepted(state, input, turn)
    case 'opened':
      return onOpened(state, input.link, input.remoteHost, input.localHost, turn)
    case 'packet':
      return onPacket(state, input.link, input.packet, turn)
    case 'closed':
      return onClosed(state, input.link, input.reason, turn)
    case 'say':
      return announce(state, messageOf(state, input.payload, input.uniqueId), null, turn)
    case 'wake':
      return onWake(state, turn)
  }
}

function onAccepted(state: PeerState, input: Extract<PeerInput, { kind: 'accepted' }>, turn: Turn): void {
  const { link, remoteHost, localHost } = input
  if (count(state, 'stranger') >= state.options.maxStrangers) {
    tell(turn, { kind: 'refused', host: remoteHost, reason: 'too-many-strangers' })
    return close(state, link, 'too many strangers', turn)
  }
  const deadlineMs = turn.nowMs + state.options.strangerMs
  state.links.set(link, { kind: 'stranger', remoteHost, localHost, deadlineMs })
}

function onPacket(state: PeerState, id: LinkId, packet: TutorialPacket, turn: Turn): void {
  const link = state.links.get(id)
  if (link?.kind === 'stranger') return onFirstPacket(state, id, link, packet, turn)
  if (link?.kind !== 'neighbour') return
  turn.effects.push({ kind: 'known', link: id, uniqueId: packet.uniqueId })
  if (!state.seen.add(packet.uniqueId)) return
  if (packet.type === PACKET_TYPES.joinRequest) return onJoinRequest(state, link, packet, turn)
  if (packet.type !== PACKET_TYPES.message) return
  turn.effects.push({ kind: 'heard', packet })
  forward(state, packet, id, turn)
}

/** The first packet of an accepted connection says what it is for. A request's connection ends, as Go nodes end it. */
function onFirstPacket(
  state: PeerState,
  id: LinkId,
  link: Extract<Link, { kind: 'stranger' }>,
  packet: TutorialPacket,
  turn: Turn
): void {
  if (packet.type === PACKET_TYPES.joinAck) return onJoinAck(state, id, link, packet, turn)
  if (packet.type !== PACKET_TYPES.joinRequest) {
    tell(turn, { kind: 'refused', host: link.remoteHost, reason: 'not-joined' })
    return close(state, id, 'not joined', turn)
  }
  if (state.seen.add(packet.uniqueId)) onJoinRequest(state, link, packet, turn)
  close(state, id, 'request taken', turn)
}

/** What is said here starts its flood. Said twice under one id, it is said once. */
function announce(state: PeerState, packet: TutorialPacket, from: LinkId | null, turn: Turn): void {
  if (state.seen.add(packet.uniqueId)) forward(state, packet, from, turn)
}

/** Go nodes send a packet back to where it came from, too. We need not, and whoever sent it loses nothing. */
function forward(state: PeerState, packet: TutorialPacket, from: LinkId | null, turn: Turn): void {
  for (const [link] of neighboursOf(state)) {
    if (link !== from) turn.effects.push({ kind: 'send', link, packet, last: false })
  }
}

function messageOf({ nodeId }: PeerState, payload: Uint8Array, uniqueId: bigint): TutorialPacket {
  return { type: PACKET_TYPES.message, payload, nodeId, uniqueId, hopsLeft: 0 }
}

function onClosed(state: PeerState, id: LinkId, reason: string, turn: Turn): void {
  const link = state.links.get(id)
  if (link === undefined) return
  state.links.delete(id)
  if (link.kind === 'neighbour') {
    tell(turn, { kind: 'neighbour-down', nodeId: link.nodeId, address: link.address, reason })
    state.attempts = 0
    seek(state, turn)
    planRetry(state, turn)
  } else if (link.kind === 'requesting' || link.kind === 'acking') {
    tell(turn, { kind: 'dial-failed', address: formatAddress(link.address), reason })
    onSlotLost(state, turn)
  }
}

function onWake(state: PeerState, turn: Turn): void {
  for (const [id, link] of state.links) {
    if ('deadlineMs' in link && link.deadlineMs <= turn.nowMs) onDeadline(state, id, link, turn)
  }
  if (state.retryAtMs === null || state.retryAtMs > turn.nowMs) return
  seek(state, turn)
  state.attempts++
  planRetry(state, turn)
}

function onDeadline(state: PeerState, id: LinkId, link: Link, turn: Turn): void {
  if (link.kind === 'stranger') tell(turn, { kind: 'refused', host: link.remoteHost, reason: 'silent' })
  if (link.kind === 'requesting' || link.kind === 'acking')
    tell(turn, { kind: 'dial-failed', address: formatAddress(link.address), reason: 'timeout' })
  close(state, id, 'timeout', turn)
  onSlotLost(state, turn)
}
