// The traffic of the passive view: peers that we hear of, and samples of our own for others. What we hear is only
// believed so far that we may dial it once when links are missing; then it proves itself or is forgotten.
import { isDialable } from '../address.ts'
import type { Reach } from '../ip.ts'
import type { Candidate } from './messages.ts'
import type { PeerHint } from './packets.ts'
import { addHeard, refreshAddress } from './passive-view.ts'
import { below, count, type StepContext } from './step-context.ts'
import { meansTheSame, strangersAddress } from './told-addresses.ts'

/** Further peers in one packet are ignored. A guess: the default sample and as many again. */
const maxHints = 14
/** Longer ones are dialled but not passed on: host names seldom need half of it, and a sample fits its frame. */
const maxHintedAddress = 100

/** `from`: the reach of the link that brought them. */
export function hearAll(context: StepContext, hints: readonly PeerHint[], from: Reach): void {
  for (const hint of hints.slice(0, maxHints)) addCandidate(context, hint, from)
}

export function addCandidate(context: StepContext, { peer, address: named }: PeerHint, from: Reach): void {
  const { state } = context
  const address = state.options.literalsOnly ? strangersAddress(named) : named
  if (address === null) return count(context, 'bad-hints')
  if (peer === state.id || address === state.address || state.known.has(address)) return
  if (address.length > maxHintedAddress || !isDialable(address)) return count(context, 'bad-hints')
  if (!meansTheSame(address, from)) return count(context, 'misplaced-addresses')
  addHeard(context, address, peer)
}

/** What the host found: on this machine or its networks, so every address may mean something. */
export function addFound(context: StepContext, { address, peer }: Candidate): void {
  const { state } = context
  if (peer === state.id || address === state.address || !isDialable(address)) return
  const known = state.known.get(address)
  if (known) refreshAddress(context, known)
  else addHeard(context, address, peer)
}

/**
 * Some neighbours and some other peers that we know, without `except`, by addresses that mean the same at the end of a
 * link of reach `to`.
 */
export function sampleFor(context: StepContext, except: string, to: Reach): PeerHint[] {
  const { neighbours, addresses, options } = context.state
  const hints: PeerHint[] = []
  for (const link of draw(context, [...neighbours.values()], options.shuffleActive)) {
    addHint(hints, except, link.peer, link.dialled ?? link.address, to)
  }
  for (const { peer, address, failures, self } of draw(context, addresses, options.shufflePassive)) {
    if (failures === 0 && !self) addHint(hints, except, peer, address, to)
  }
  return hints
}

/** "Try these instead": for a peer that we send away. */
export function sendPeers(context: StepContext, link: number, peer: string, to: Reach): void {
  const peers = sampleFor(context, peer, to)
  if (peers.length > 0) context.effects.push({ kind: 'send', link, packet: { kind: 'peers', peers } })
}

function addHint(hints: PeerHint[], except: string, peer: string | null, address: string | null, to: Reach): void {
  if (peer === null || peer === except || address === null || address.length > maxHintedAddress) return
  if (!meansTheSame(address, to)) return
  if (!hints.some((hint) => hint.peer === peer)) hints.push({ peer, address })
}

/** Up to `wanted` different items: a few, of many. */
function draw<T>(context: StepContext, items: readonly T[], wanted: number): readonly T[] {
  if (items.length <= wanted) return items
  const drawn: T[] = []
  while (drawn.length < wanted) {
    let place = below(context, items.length)
    while (drawn.includes(items[place] as T)) place = (place + 1) % items.length
    drawn.push(items[place] as T)
  }
  return drawn
}
