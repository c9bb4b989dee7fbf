// Shuffles (HyParView): a sample of the peers that a node knows walks at random and is traded, where the walk ends, for
// another one. So every passive view stays a fresh random draw from the whole network, and not from the neighbourhood.

import { carryBack, nextHop, passOn, rememberWalk, takeToken, takeWayBack } from './forward-join.ts'
import type { Peers, Shuffle, ShuffleReply } from './packets.ts'
import { hearAll, hearOf, sampleFor } from './peer-exchange.ts'
import { askableAddress, nextRequest } from './requests.ts'
import { type JoinState, type Link, neighbours } from './state.ts'
import { count, jitter, pick, send, type Turn } from './step-context.ts'

/** A guess: ten shuffles in a newcomer's first minute. In a trial one that knew 33 peers was cut off when nine of ten died. */
const pauseGrowth = 1.5

/** Sends a shuffle if it is time to. */
export function shuffleIfDue(turn: Turn): void {
  const at = shuffleTime(turn.state)
  if (at !== null && at <= turn.now) shuffle(turn)
}

/** When the next shuffle is due, or null. */
export function shuffleTime(state: JoinState): number | null {
  const possible = state.phase === 'running' && state.neighbours.size > 0
  return possible && Number.isFinite(state.shuffleAt) ? state.shuffleAt : null
}

export function onShuffle(turn: Turn, link: Link, packet: Shuffle): void {
  if (!takeToken(turn, link)) return count(turn, 'rate-limited')
  if (packet.origin === turn.state.id) return count(turn, 'own-request')
  if (link.role === 'guest') return count(turn, 'request-from-guest')
  if (!rememberWalk(turn, link, packet)) return count(turn, 'walks-refused')
  const next = packet.hops > 0 ? nextHop(turn, link, packet.origin) : undefined
  if (!next) return trade(turn, packet)
  passOn(turn, next, packet)
  turn.carried = true
}

export function onShuffleReply(turn: Turn, link: Link, packet: ShuffleReply): void {
  const { state } = turn
  if (packet.target !== state.id) return carryBack(turn, link, packet)
  const { shuffle } = state
  if (shuffle?.request !== packet.request || shuffle.via !== link.peer) return count(turn, 'unsolicited-answer')
  state.shuffle = null
  hearAll(turn, packet.peers)
}

/** Handed over by a neighbour, or by a node that we dialled and that sends us away. */
export function onPeers(turn: Turn, link: Link, packet: Peers): void {
  if (link.role === 'guest' && link.dialled === null) return count(turn, 'unsolicited-answer')
  if (!takeToken(turn, link)) return count(turn, 'rate-limited')
  hearAll(turn, packet.peers)
}

function shuffle(turn: Turn): void {
  const { state, now } = turn
  state.shuffleAt = now + jitter(turn, state.shufflePauseMs)
  state.shufflePauseMs = Math.min(pauseGrowth * state.shufflePauseMs, state.options.shuffleMs)
  const neighbour = pick(turn, neighbours(state))
  if (!neighbour) return
  const request = nextRequest(turn)
  state.shuffle = { request, via: neighbour.peer }
  count(turn, 'shuffles-sent')
  const peers = sampleFor(turn, neighbour.peer)
  const { walkHops: hops } = state.options
  send(turn, neighbour, { kind: 'shuffle', origin: state.id, request, hops, address: askableAddress(state), peers })
}

function trade(turn: Turn, { origin, request, address, peers }: Shuffle): void {
  const back = takeWayBack(turn, origin, request)
  if (!back) return
  const sample = sampleFor(turn, origin)
  send(turn, back, { kind: 'shuffle-reply', origin: turn.state.id, target: origin, request, peers: sample })
  if (address !== null) hearOf(turn, { peer: origin, address })
  hearAll(turn, peers)
}
