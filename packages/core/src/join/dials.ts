// Dials under way: started, given up, ended. What an open link is good for is not decided here.

import type { DialEvent } from './messages.ts'
import type { JoinOffer } from './packets.ts'
import { addressFailed, configureAddress, nextAddress, uselessAddress } from './passive-view.ts'
import { type Dial, hasRoom, type JoinState, type KnownAddress } from './state.ts'
import { count, emit, type Turn } from './step-context.ts'

/** The program names an entry: dialled at once, whatever else is going on. */
export function onConnect(turn: Turn, address: string): void {
  const known = configureAddress(turn.state, address)
  known.retryAt = turn.now
  const useless = turn.state.phase === 'running' ? uselessAddress(turn.state, known) : turn.state.phase
  const reason = useless ?? (dialSlots(turn.state) > 0 ? null : 'dial-limit')
  if (reason !== null) return emitDial(turn, 'skipped', address, reason)
  startDial(turn, { address, purpose: 'connect', expect: null, nonce: null, extra: false })
}

/** Dials one known address that may bring a link. False when there is none to try now. */
export function dialKnownAddress(turn: Turn): boolean {
  if (dialSlots(turn.state) <= 0) return false
  const known = nextAddress(turn)
  if (!known) return false
  startDial(turn, { address: known.address, purpose: 'entry', expect: null, nonce: null, extra: false })
  return true
}

/** A neighbour that we lost: it may be back. If it evicted us, the place that it left us is kept free. */
export function dialMissed(turn: Turn, known: KnownAddress): void {
  const extra = known.missed === -1 && hasRoom(turn.state)
  startDial(turn, { address: known.address, purpose: 'missed', expect: null, nonce: null, extra })
}

/** An offer to a request of ours: the only packet that makes us dial. */
export function dialOffer(turn: Turn, offer: JoinOffer, extra: boolean): void {
  const { address, origin: expect, nonce } = offer
  startDial(turn, { address, purpose: 'offer', expect, nonce, extra })
}

export function onDialFailed(turn: Turn, number: number, reason: string): void {
  const dial = takeDial(turn, number)
  if (!dial) return count(turn, 'late-dial')
  count(turn, 'dials-failed')
  emitDial(turn, 'failed', dial.address, reason)
  addressFailed(turn, dial.address)
}

export function takeDial(turn: Turn, number: number): Dial | undefined {
  const dial = turn.state.dials.get(number)
  turn.state.dials.delete(number)
  return dial
}

export function giveUpDial(turn: Turn, dial: Dial): void {
  turn.effects.push({ kind: 'cancel-dial', dial: dial.dial })
  onDialFailed(turn, dial.dial, 'timeout')
}

export function dialSlots(state: JoinState): number {
  return state.options.maxDials - state.dials.size
}

/** Dials begun a moment ago. */
export function hopefulDials(state: JoinState): number {
  let hopeful = 0
  for (const dial of state.dials.values()) if (dial.doubtfulAt > state.now) hopeful++
  return hopeful
}

export function emitDial(turn: Turn, phase: DialEvent['phase'], address: string, reason?: string): void {
  const attempt = (turn.state.known.get(address)?.failures ?? 0) + 1
  emit(turn, { kind: 'dial', phase, address, attempt, ...(reason === undefined ? {} : { reason }) })
}

function startDial(turn: Turn, wanted: Omit<Dial, 'dial' | 'doubtfulAt' | 'deadline'>): void {
  const { state, now } = turn
  const { dialTimeoutMs, dialDoubtMs } = state.options
  const [doubtfulAt, deadline] = [now + dialDoubtMs, now + dialTimeoutMs]
  const dial: Dial = { ...wanted, dial: ++state.lastDial, doubtfulAt, deadline }
  state.dials.set(dial.dial, dial)
  const known = state.known.get(dial.address)
  if (known) known.triedAt = now
  count(turn, 'dials-started')
  emitDial(turn, 'start', dial.address)
  turn.effects.push({ kind: 'dial', dial: dial.dial, address: dial.address, expect: dial.expect })
}
