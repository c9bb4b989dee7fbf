// Everything that waits has a deadline. This file handles the deadlines that pass, and finds the next one.

import { closeAnswered } from './answers.ts'
import { closeLink } from './closing.ts'
import { giveUpDial } from './dials.ts'
import { refillTime } from './requests.ts'
import { shuffleTime } from './shuffles.ts'
import { type JoinState, linksTo, type OwnRequest } from './state.ts'
import { count, emit, type StepContext } from './step-context.ts'

export function passDeadlines(context: StepContext): void {
  const { state, now } = context
  for (const dial of expired(state.dials, now)) giveUpDial(context, dial)
  for (const reservation of expired(state.reservations, now)) {
    state.reservations.delete(reservation.peer)
    count(context, 'slots-expired')
    state.unclaimedOffers++
    emit(context, { kind: 'slot-expired', peer: reservation.peer })
  }
  for (const request of expired(state.requests, now)) giveUpRequest(context, request)
  passWalks(context)
  passLinks(context)
}

/** The earliest time at which something is due, or null. */
export function nextDeadline(state: JoinState): number | null {
  let next = Math.min(refillTime(state) ?? Number.POSITIVE_INFINITY, shuffleTime(state) ?? Number.POSITIVE_INFINITY)
  for (const map of [state.dials, state.reservations]) {
    for (const { countsUntil } of map.values()) if (countsUntil > state.now) next = Math.min(next, countsUntil)
  }
  for (const map of [state.dials, state.reservations, state.requests, state.walks]) {
    for (const waiting of map.values()) {
      next = Math.min(next, waiting.deadline)
      // The maps are in the order of their deadlines.
      break
    }
  }
  for (const link of state.waiting) next = Math.min(next, link.deadline)
  return next === Number.POSITIVE_INFINITY ? null : next
}

/** When the oldest walk that we remember expires, or null. */
export function nextWalkEnd({ walks }: JoinState): number | null {
  for (const { deadline } of walks.values()) return deadline
  return null
}

function expired<T extends { readonly deadline: number }>(map: ReadonlyMap<unknown, T>, now: number): T[] {
  const due: T[] = []
  for (const waiting of map.values()) {
    if (waiting.deadline > now) break
    due.push(waiting)
  }
  return due
}

function giveUpRequest(context: StepContext, own: OwnRequest): void {
  const { request, via } = own
  context.state.requests.delete(request)
  count(context, 'requests-timed-out')
  emit(context, { kind: 'request-timeout', request, via })
  for (const link of linksTo(context.state, via)) closeAnswered(context, link, request, false)
}

function passWalks(context: StepContext): void {
  for (const [key, walk] of context.state.walks) {
    if (walk.deadline > context.now) break
    context.state.walks.delete(key)
    count(context, 'walks-expired')
  }
}

function passLinks(context: StepContext): void {
  for (const link of [...context.state.waiting]) {
    if (link.deadline > context.now || !context.state.links.has(link.link)) continue
    if (link.role === 'guest') count(context, 'guests-timed-out')
    closeLink(context, link, link.role === 'guest' ? 'guest-timeout' : 'duplicate')
  }
}
