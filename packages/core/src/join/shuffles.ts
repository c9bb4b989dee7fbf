// Shuffles (HyParView): a sample of the peers that a node knows walks at random, and where the walk ends it is traded
// for another one. So every passive view stays a fresh random sample of the whole network, not of the neighbourhood.

import { carryBack, nextHop, passOn, rememberWalk, takeToken, takeWayBack } from './forward-join.ts'
import type { Peers, Shuffle, ShuffleReply } from './packets.ts'
import { addCandidate, hearAll, sampleFor } from './peer-exchange.ts'
import { askableAddress, nextRequest } from './requests.ts'
import { type JoinState, type Link, neighbours } from './state.ts'
import { count, jitter, pick, type StepContext, send } from './step-context.ts'
import { meansTheSame } from './told-addresses.ts'

/**
 * A guess: ten shuffles in a newcomer's first minute. In a trial, one that knew 33 peers was cut off when nine of ten
 * died.
 */
const pauseGrowth = 1.5

/** Sends a shuffle if it is time to. */
export function shuffleIfDue(context: StepContext): void {
  const at = shuffleTime(context.state)
  if (at !== null && at <= context.now) shuffle(context)
}

/** When the next shuffle is due, or null. */
export function shuffleTime(state: JoinState): number | null {
  const possible = state.phase === 'running' && state.neighbours.size > 0
  return possible && Number.isFinite(state.shuffleAt) ? state.shuffleAt : null
}

export function onShuffle(context: StepContext, link: Link, packet: Shuffle): void {
  if (!takeToken(context, link)) return count(context, 'rate-limited')
  if (packet.origin === context.state.id) return count(context, 'own-request')
  if (link.role === 'guest') return count(context, 'request-from-guest')
  if (!rememberWalk(context, link, packet)) return count(context, 'walks-refused')
  const next = packet.hops > 0 ? nextHop(context, link, packet.origin) : undefined
  if (!next || !mayCarry(packet, next)) return trade(context, link, packet)
  passOn(context, next, packet)
  context.relayedOnly = true
}

export function onShuffleReply(context: StepContext, link: Link, packet: ShuffleReply): void {
  const { state } = context
  if (packet.target !== state.id) return carryBack(context, link, packet)
  const { shuffle } = state
  if (shuffle?.request !== packet.request || shuffle.via !== link.peer) return count(context, 'unsolicited-answer')
  state.shuffle = null
  hearAll(context, packet.peers, link.reach)
}

/** From a neighbour, or from a node that we dialled and that sends us away. */
export function onPeers(context: StepContext, link: Link, packet: Peers): void {
  if (link.role === 'guest' && link.dialled === null) return count(context, 'unsolicited-answer')
  if (!takeToken(context, link)) return count(context, 'rate-limited')
  hearAll(context, packet.peers, link.reach)
}

function shuffle(context: StepContext): void {
  const { state, now } = context
  state.shuffleAt = now + jitter(context, state.shufflePauseMs)
  state.shufflePauseMs = Math.min(pauseGrowth * state.shufflePauseMs, state.options.shuffleMs)
  const neighbour = pick(context, neighbours(state))
  if (!neighbour) return
  const request = nextRequest(context)
  state.shuffle = { request, via: neighbour.peer }
  count(context, 'shuffles-sent')
  const peers = sampleFor(context, neighbour.peer, neighbour.reach)
  const { walkHops: hops } = state.options
  const own = askableAddress(state)
  const address = own !== null && meansTheSame(own, neighbour.reach) ? own : null
  send(context, neighbour, { kind: 'shuffle', origin: state.id, request, hops, address, peers })
}

/** A shuffle that names addresses of this machine ends before it leaves the machine. */
function mayCarry({ address, peers }: Shuffle, next: Link): boolean {
  if (address !== null && !meansTheSame(address, next.reach)) return false
  return peers.every((hint) => meansTheSame(hint.address, next.reach))
}

/** Our sample may travel further than the link back: as far as the origin may be. */
function trade(context: StepContext, from: Link, { origin, request, address, peers }: Shuffle): void {
  const back = takeWayBack(context, origin, request)
  if (!back) return
  const isNear = address !== null && !meansTheSame(address, 'network')
  const sample = sampleFor(context, origin, isNear ? back.reach : 'network')
  send(context, back, { kind: 'shuffle-reply', origin: context.state.id, target: origin, request, peers: sample })
  if (address !== null) addCandidate(context, { peer: origin, address }, from.reach)
  hearAll(context, peers, from.reach)
}
