// Offers, refusals and acks: those for us, and those that we carry back along a walk.

import { acceptAdmission, admit, evict, refuseLink, takeOver } from './admission.ts'
import { closeLink } from './closing.ts'
import { dialOffer, dialSlots } from './dials.ts'
import { carryBack } from './forward-join.ts'
import type { OfferDecline } from './messages.ts'
import type { JoinAck, JoinNo, JoinOffer } from './packets.ts'
import { missNoMore } from './passive-view.ts'
import { claimSlot, takeRequest } from './requests.ts'
import { firmProspects, hasRoom, isDialling, type JoinState, type Link, linksTo } from './state.ts'
import { count, emit, type Turn } from './step-context.ts'

export function onJoinOffer(turn: Turn, link: Link, packet: JoinOffer): void {
  if (packet.target !== turn.state.id) return carryBack(turn, link, packet)
  const own = takeRequest(turn, packet.request, link.peer)
  if (!own) return count(turn, 'unsolicited-offer')
  const reason = declineOf(turn.state, packet, own.extra)
  if (reason === null) takeOffer(turn, packet, own.extra)
  else declineOffer(turn, packet, reason)
  endErrand(turn, link, packet.request, true)
}

export function onJoinNo(turn: Turn, link: Link, packet: JoinNo): void {
  if (packet.target !== turn.state.id) return carryBack(turn, link, packet)
  const { request, origin: by, reason } = packet
  if (request === 0) return onLinkRefused(turn, link, packet)
  if (!takeRequest(turn, request, link.peer)) return count(turn, 'unsolicited-answer')
  count(turn, 'requests-refused')
  emit(turn, { kind: 'request-refused', request, by, reason })
  endErrand(turn, link, request, true)
}

export function onJoinAck(turn: Turn, link: Link, packet: JoinAck): void {
  if (packet.nonce === null) return onAdmitted(turn, link)
  onNonce(turn, link, packet.nonce)
}

/** A direct request was answered, or is given up: its link stays only if it is more than a guest now. */
export function endErrand(turn: Turn, link: Link, request: number, answered: boolean): void {
  const { asked, role } = link
  if (role !== 'guest' || asked?.kind !== 'direct' || asked.request !== request) return
  link.asked = null
  if (answered) missNoMore(turn.state, link.peer)
  // The peer may want this link for itself.
  if (link.dialled !== null && link.wants === null) closeLink(turn, link, answered ? 'answered' : 'guest-timeout')
}

function onAdmitted(turn: Turn, link: Link): void {
  if (link.asked !== null) return acceptAdmission(turn, link)
  // Both ends may have admitted the link at the same time, each at the other's request.
  if (link.role !== 'guest') return count(turn, 'late-ack')
  count(turn, 'unsolicited-ack')
  closeLink(turn, link, 'unsolicited-ack')
}

function onNonce(turn: Turn, link: Link, nonce: string): void {
  const { reservations, neighbours } = turn.state
  const reservation = reservations.get(link.peer)
  const neighbour = neighbours.get(link.peer)
  if (neighbour === link) return count(turn, 'late-ack')
  if (neighbour) return takeOver(turn, link, neighbour)
  if (reservation?.nonce !== nonce) return rejectNonce(turn, link)
  reservations.delete(link.peer)
  if (hasRoom(turn.state) || (reservation.replaces && evict(turn, link.group))) return admit(turn, link)
  refuseLink(turn, link, 'full')
  closeLink(turn, link, 'full')
}

function rejectNonce(turn: Turn, link: Link): void {
  count(turn, 'bad-nonce')
  refuseLink(turn, link, 'bad-nonce')
  closeLink(turn, link, 'bad-nonce')
}

/** The peer closes it too; what it says is worth an event. */
function onLinkRefused(turn: Turn, link: Link, packet: JoinNo): void {
  emit(turn, { kind: 'link-refused', peer: link.peer, link: link.link, reason: packet.reason })
  if (link.role === 'guest') link.asked = null
  else if (packet.reason === 'replaced') link.evicted = true
}

function declineOf(state: JoinState, packet: JoinOffer, extra: boolean): OfferDecline | null {
  const { origin, address } = packet
  if (origin === state.id || address === '' || address === state.address) return 'own-address'
  if (state.known.get(address)?.self) return 'own-address'
  const enough = extra ? !hasRoom(state) : firmProspects(state) >= state.options.desiredLinks
  if (enough) return 'enough'
  if (state.neighbours.has(origin) || isDialling(state, origin)) return 'known'
  return dialSlots(state) > 0 || linksTo(state, origin).length > 0 ? null : 'dial-limit'
}

function takeOffer(turn: Turn, packet: JoinOffer, extra: boolean): void {
  count(turn, 'offers-taken')
  const open = linksTo(turn.state, packet.origin).find((link) => link.role === 'guest')
  if (open) claimSlot(turn, open, packet.nonce, extra)
  else dialOffer(turn, packet, extra)
}

function declineOffer(turn: Turn, packet: JoinOffer, reason: OfferDecline): void {
  count(turn, 'offers-declined')
  emit(turn, { kind: 'offer-declined', by: packet.origin, request: packet.request, reason })
}
