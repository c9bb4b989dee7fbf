// Dials under way: started, given up, ended. What an open link is used for is decided elsewhere.

import { isHeard, takeHeardDial } from './heard-dials.ts'
import type { DialEvent } from './messages.ts'
import type { JoinOffer, NodeId } from './packets.ts'
import { addressFailed, configureAddress, nextAddress } from './passive-view.ts'
import { type Dial, hasRoomForOwn, type JoinState, type KnownAddress } from './state.ts'
import { count, emit, type StepContext } from './step-context.ts'
import { uselessAddress } from './useless-address.ts'

/** The program names an entry: dialled at once, whatever else is going on. */
export function onConnect(context: StepContext, address: string, pin: NodeId | null): void {
  const known = configureAddress(context.state, address, pin)
  known.retryAt = context.now
  const useless = context.state.phase === 'running' ? uselessAddress(context.state, known) : context.state.phase
  const reason = useless ?? (dialSlots(context.state) > 0 ? null : 'dial-limit')
  if (reason !== null) return emitDial(context, 'skipped', address, reason)
  startDial(context, { address, purpose: 'connect', expect: known.pin, nonce: null, extra: false })
}

/** Dials one known address that may bring a link. False if there is none to try now. */
export function dialKnownAddress(context: StepContext): boolean {
  if (dialSlots(context.state) <= 0) return false
  const known = nextAddress(context)
  if (!known) return false
  if (isHeard(known)) takeHeardDial(context.state)
  startDial(context, { address: known.address, purpose: 'entry', expect: known.pin, nonce: null, extra: false })
  return true
}

/** A neighbour that we lost: it may be back. If it evicted us, the place that it left us stays free. */
export function dialMissed(context: StepContext, known: KnownAddress): void {
  const extra = known.missed === -1 && hasRoomForOwn(context.state)
  startDial(context, { address: known.address, purpose: 'missed', expect: known.pin, nonce: null, extra })
}

/** An offer in answer to our own request: the only packet that makes us dial. */
export function dialOffer(context: StepContext, offer: JoinOffer, extra: boolean): void {
  const { address, origin: expect, nonce } = offer
  startDial(context, { address, purpose: 'offer', expect, nonce, extra })
}

export function onDialFailed(context: StepContext, number: number, reason: string): void {
  const dial = takeDial(context, number)
  if (!dial) return count(context, 'late-dial')
  count(context, 'dials-failed')
  emitDial(context, reason === 'self' ? 'skipped' : 'failed', dial.address, reason)
  addressFailed(context, dial.address)
}

export function takeDial(context: StepContext, number: number): Dial | undefined {
  const dial = context.state.dials.get(number)
  context.state.dials.delete(number)
  return dial
}

export function giveUpDial(context: StepContext, dial: Dial): void {
  context.effects.push({ kind: 'cancel-dial', dial: dial.dial })
  onDialFailed(context, dial.dial, 'timeout')
}

export function dialSlots(state: JoinState): number {
  return state.options.maxDials - state.dials.size
}

/** Dials begun a moment ago. */
export function recentDials(state: JoinState): number {
  let hopeful = 0
  for (const dial of state.dials.values()) if (dial.countsUntil > state.now) hopeful++
  return hopeful
}

export function emitDial(context: StepContext, phase: DialEvent['phase'], address: string, reason?: string): void {
  const attempt = (context.state.known.get(address)?.failures ?? 0) + 1
  emit(context, { kind: 'dial', phase, address, attempt, ...(reason === undefined ? {} : { reason }) })
}

function startDial(context: StepContext, wanted: Omit<Dial, 'dial' | 'countsUntil' | 'deadline'>): void {
  const { state, now } = context
  const { dialDeadlineMs, dialDoubtMs } = state.options
  const [countsUntil, deadline] = [now + dialDoubtMs, now + dialDeadlineMs]
  const dial: Dial = { ...wanted, dial: ++state.lastDial, countsUntil, deadline }
  state.dials.set(dial.dial, dial)
  const known = state.known.get(dial.address)
  if (known) known.triedAt = now
  count(context, 'dials-started')
  emitDial(context, 'start', dial.address)
  context.effects.push({ kind: 'dial', dial: dial.dial, address: dial.address, expect: dial.expect })
}
