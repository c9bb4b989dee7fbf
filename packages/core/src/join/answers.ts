// Offers, refusals and acks: those for us, and those that we carry back along a walk.

import { acceptAdmission, admit, evict, refuseLink, takeOver } from './admission.ts'
import { closeLink } from './closing.ts'
import { dialOffer, dialSlots } from './dials.ts'
import { carryBack } from './forward-join.ts'
import type { OfferDecline } from './messages.ts'
import type { JoinAck, JoinNo, JoinOffer } from './packets.ts'
import { foundAgain } from './passive-view.ts'
import { claimSlot, takeRequest } from './requests.ts'
import {
  firmProspects,
  hasRoom,
  hasRoomForOwn,
  isDialling,
  type JoinState,
  type Link,
  linksTo,
  needsOwnChoice
} from './state.ts'
import { count, emit, type StepContext } from './step-context.ts'
import { meansTheSame } from './told-addresses.ts'

export function onJoinOffer(context: StepContext, link: Link, packet: JoinOffer): void {
  if (packet.target !== context.state.id) return carryBack(context, link, packet)
  const own = takeRequest(context, packet.request, link.peer)
  if (!own) return count(context, 'unsolicited-offer')
  // Shut in among those who dialled us, we asked for somebody of our own choosing: however many links there are.
  const extra = own.extra || (hasEnough(context.state) && needsOwnChoice(context.state))
  const reason = meansTheSame(packet.address, link.reach)
    ? declineOf(context.state, packet, extra)
    : 'misplaced-address'
  if (reason === null) takeOffer(context, packet, extra)
  else declineOffer(context, packet, reason)
  closeAnswered(context, link, packet.request, true)
}

export function onJoinNo(context: StepContext, link: Link, packet: JoinNo): void {
  if (packet.target !== context.state.id) return carryBack(context, link, packet)
  const { request, origin: by, reason } = packet
  if (request === 0) return onLinkRefused(context, link, packet)
  if (!takeRequest(context, request, link.peer)) return count(context, 'unsolicited-answer')
  count(context, 'requests-refused')
  emit(context, { kind: 'request-refused', request, by, reason })
  closeAnswered(context, link, request, true)
}

export function onJoinAck(context: StepContext, link: Link, packet: JoinAck): void {
  if (packet.nonce === null) return onAdmitted(context, link)
  onNonce(context, link, packet.nonce)
}

/** A direct request was answered, or is given up: its link stays only if it is more than a guest now. */
export function closeAnswered(context: StepContext, link: Link, request: number, answered: boolean): void {
  const { asked, role } = link
  if (role !== 'guest' || asked?.kind !== 'direct' || asked.request !== request) return
  link.asked = null
  if (answered) foundAgain(context.state, link.peer)
  // The peer may want this link for itself.
  if (link.dialled !== null && link.pendingRequest === null)
    closeLink(context, link, answered ? 'answered' : 'guest-timeout')
}

function onAdmitted(context: StepContext, link: Link): void {
  if (link.asked !== null) return acceptAdmission(context, link)
  // Both ends may have admitted the link at the same time, each at the other's request.
  if (link.role !== 'guest') return count(context, 'late-ack')
  count(context, 'unsolicited-ack')
  closeLink(context, link, 'unsolicited-ack')
}

function onNonce(context: StepContext, link: Link, nonce: string): void {
  const { reservations, neighbours } = context.state
  const reservation = reservations.get(link.peer)
  const neighbour = neighbours.get(link.peer)
  if (neighbour === link) return count(context, 'late-ack')
  if (neighbour) return takeOver(context, link, neighbour)
  if (reservation?.nonce !== nonce) return rejectNonce(context, link)
  reservations.delete(link.peer)
  if (hasRoom(context.state) || (reservation.replaces && evict(context, link.group))) return admit(context, link)
  refuseLink(context, link, 'full')
  closeLink(context, link, 'full')
}

function rejectNonce(context: StepContext, link: Link): void {
  count(context, 'bad-nonce')
  refuseLink(context, link, 'bad-nonce')
  closeLink(context, link, 'bad-nonce')
}

/** The peer closes it too; its reason is worth an event. */
function onLinkRefused(context: StepContext, link: Link, packet: JoinNo): void {
  emit(context, { kind: 'link-refused', peer: link.peer, link: link.link, reason: packet.reason })
  if (link.role === 'guest') link.asked = null
  else if (packet.reason === 'replaced') link.evicted = true
}

function declineOf(state: JoinState, packet: JoinOffer, extra: boolean): OfferDecline | null {
  const { origin, address } = packet
  if (origin === state.id || address === '' || address === state.address) return 'own-address'
  if (state.known.get(address)?.self) return 'own-address'
  if (extra ? !hasRoomForOwn(state) : hasEnough(state)) return 'enough'
  if (state.neighbours.has(origin) || isDialling(state, origin)) return 'known'
  return dialSlots(state) > 0 || linksTo(state, origin).length > 0 ? null : 'dial-limit'
}

function hasEnough(state: JoinState): boolean {
  return firmProspects(state) >= state.options.desiredLinks
}

function takeOffer(context: StepContext, packet: JoinOffer, extra: boolean): void {
  count(context, 'offers-taken')
  const open = linksTo(context.state, packet.origin).find((link) => link.role === 'guest')
  if (open) claimSlot(context, open, packet.nonce, extra)
  else dialOffer(context, packet, extra)
}

function declineOffer(context: StepContext, packet: JoinOffer, reason: OfferDecline): void {
  count(context, 'offers-declined')
  emit(context, { kind: 'offer-declined', by: packet.origin, request: packet.request, reason })
}
