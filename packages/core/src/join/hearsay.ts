// The passive view's traffic: peers that we hear of, and samples of our own for others. What is heard is believed only so
// far that it may be dialled once when links are missing; then it proves itself or is forgotten.
import { isDialable } from '../address.ts'
import { addHeard } from './addresses.ts'
import type { PeerHint } from './packets.ts'
import type { KnownAddress, Link } from './state.ts'
import { count, pick, type Turn } from './turn.ts'

/** More in one packet is not looked at. A guess: the default sample and as many again. */
const maxHints = 14
/** Longer ones are dialled, but not handed on: names of hosts seldom need half of it, and a sample fits its frame. */
const maxHintedAddress = 100

export function hearAll(turn: Turn, hints: readonly PeerHint[]): void {
  for (const hint of hints.slice(0, maxHints)) hearOf(turn, hint)
}

export function hearOf(turn: Turn, { peer, address }: PeerHint): void {
  const { state } = turn
  if (peer === state.id || address === state.address || state.known.has(address)) return
  if (address.length > maxHintedAddress || !isDialable(address)) return count(turn, 'bad-hints')
  addHeard(turn, address, peer)
}

/** Some neighbours and some others that we know, `except` left out. */
export function sampleFor(turn: Turn, except: string): PeerHint[] {
  const { neighbours, known, options } = turn.state
  const active = draw(turn, [...neighbours.values()], options.shuffleActive).flatMap(hintOfLink)
  const passive = draw(turn, [...known.values()], options.shufflePassive).flatMap(hintOfKnown)
  const hints = new Map([...passive, ...active].map((hint) => [hint.peer, hint]))
  hints.delete(except)
  return [...hints.values()]
}

/** "Try these instead": for a peer that we send away. */
export function handOver(turn: Turn, link: number, peer: string): void {
  const peers = sampleFor(turn, peer)
  if (peers.length > 0) turn.effects.push({ kind: 'send', link, packet: { kind: 'peers', peers } })
}

function hintOfLink(link: Link): PeerHint[] {
  const address = link.dialled ?? link.address
  return address === null || address.length > maxHintedAddress ? [] : [{ peer: link.peer, address }]
}

function hintOfKnown({ peer, address, failures, self }: KnownAddress): PeerHint[] {
  return peer === null || failures > 0 || self || address.length > maxHintedAddress ? [] : [{ peer, address }]
}

/** Up to `wanted` different items; `items` is used up. */
function draw<T>(turn: Turn, items: T[], wanted: number): T[] {
  const drawn: T[] = []
  while (drawn.length < wanted && items.length > 0) {
    const item = pick(turn, items) as T
    drawn.push(item)
    items[items.indexOf(item)] = items[items.length - 1] as T
    items.pop()
  }
  return drawn
}
