// Everything that waits has a deadline. Here they pass, and here is the next of them.

import { endErrand } from './answers.ts'
import { closeLink } from './closing.ts'
import { giveUpDial } from './dials.ts'
import { refillTime } from './requests.ts'
import { shuffleTime } from './shuffles.ts'
import { type JoinState, linksTo, type OwnRequest } from './state.ts'
import { count, emit, type Turn } from './step-context.ts'

export function passDeadlines(turn: Turn): void {
  const { state, now } = turn
  for (const dial of expired(state.dials, now)) giveUpDial(turn, dial)
  for (const reservation of expired(state.reservations, now)) {
    state.reservations.delete(reservation.peer)
    count(turn, 'slots-expired')
    state.vainOffers++
    emit(turn, { kind: 'slot-expired', peer: reservation.peer })
  }
  for (const request of expired(state.requests, now)) giveUpRequest(turn, request)
  passWalks(turn)
  passLinks(turn)
}

/** The earliest time at which something is due, or null. */
export function nextDeadline(state: JoinState): number | null {
  let next = Math.min(refillTime(state) ?? Number.POSITIVE_INFINITY, shuffleTime(state) ?? Number.POSITIVE_INFINITY)
  for (const map of [state.dials, state.reservations]) {
    for (const { doubtfulAt } of map.values()) if (doubtfulAt > state.now) next = Math.min(next, doubtfulAt)
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

/** When the oldest walk that we remember is forgotten, or null. */
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

function giveUpRequest(turn: Turn, own: OwnRequest): void {
  const { request, via } = own
  turn.state.requests.delete(request)
  count(turn, 'requests-timed-out')
  emit(turn, { kind: 'request-timeout', request, via })
  for (const link of linksTo(turn.state, via)) endErrand(turn, link, request, false)
}

function passWalks(turn: Turn): void {
  for (const [key, walk] of turn.state.walks) {
    if (walk.deadline > turn.now) break
    turn.state.walks.delete(key)
    count(turn, 'walks-expired')
  }
}

function passLinks(turn: Turn): void {
  for (const link of [...turn.state.waiting]) {
    if (link.deadline > turn.now || !turn.state.links.has(link.link)) continue
    if (link.role === 'guest') count(turn, 'guests-timed-out')
    closeLink(turn, link, link.role === 'guest' ? 'guest-timeout' : 'duplicate')
  }
}
