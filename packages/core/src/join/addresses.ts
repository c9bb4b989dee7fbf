// The addresses at which others were or may be found: who answered there, and when to try again.
// Configured ones are never forgotten; learnt ones are bounded, the most recently good stay.
import type { RememberedPeer } from './options.ts'
import type { NodeId } from './packets.ts'
import { isDialling, type JoinState, type Link } from './state.ts'
import { jitter, type Turn } from './turn.ts'

export interface KnownAddress {
  readonly address: string
  configured: boolean
  /** Whether a dial of ours ever succeeded there; else it is only a neighbour's word. */
  verified: boolean
  peer: NodeId | null
  /** Our own id answered. */
  self: boolean
  failures: number
  retryAt: number
  triedAt: number
  goodAt: number
  /**
   * The incarnation of a neighbour that we lost there, until we hear from it again; -1 when it evicted us. If it comes
   * back with a later one it knows nobody, and if nobody looked for it, newcomers would gather around it apart from us.
   */
  missed: number | null
}

// A guess: about six minutes of trying. Then an address that is only a neighbour's word is forgotten, so that it cannot
// make us knock at a stranger's door for ever, and a lost neighbour is missed no more unless it is configured.
const maxFailures = 10

export function configureAddress(state: JoinState, address: string): KnownAddress {
  const known = state.known.get(address) ?? addAddress(state, address)
  known.configured = true
  return known
}

/** Those that an earlier run of this node knew. Their word is as old as that run, so each must prove itself again. */
export function recallPeers(state: JoinState): void {
  for (const { address, peer } of state.options.remembered.slice(0, state.options.maxKnownAddresses)) {
    if (address !== state.address && !state.known.has(address)) addAddress(state, address).peer = peer
  }
}

/** Whom to remember over a restart: peers that can be dialled, those first that were good last. */
export function rememberedPeers(state: JoinState): RememberedPeer[] {
  const known = [...state.known.values()].sort((a, b) => b.goodAt - a.goodAt)
  return known.flatMap(({ address, peer, self }) => (peer === null || self ? [] : [{ address, peer }]))
}

/** A neighbour can be dialled here: we did, or it says so. Its word alone does not rename an address that we trust. */
export function learnAddress(turn: Turn, address: string, peer: NodeId, verified: boolean): void {
  if (address === turn.state.address) return
  const known = turn.state.known.get(address) ?? addAddress(turn.state, address)
  if (!verified && (known.verified || known.configured) && known.peer !== peer) return
  known.peer = peer
  known.goodAt = turn.now
  if (verified) known.verified = true
  dropExcess(turn.state)
}

export function addressOpened(turn: Turn, address: string, peer: NodeId): void {
  const known = turn.state.known.get(address)
  if (!known) return
  known.verified = true
  known.peer = peer
  known.self = peer === turn.state.id
}

/** A dial of it failed, or its link ended before it was of use. */
export function addressFailed(turn: Turn, address: string): void {
  const known = turn.state.known.get(address)
  if (!known) return
  const { retryMinMs, retryMaxMs } = turn.state.options
  known.retryAt = turn.now + jitter(turn, Math.min(retryMaxMs, retryMinMs * 2 ** Math.min(known.failures, 30)))
  known.failures++
  if (known.configured || known.failures < maxFailures) return
  known.missed = null
  if (!known.verified) turn.state.known.delete(address)
}

/** It was of use; there is no hurry to dial it again. */
export function addressServed(turn: Turn, address: string): void {
  const known = turn.state.known.get(address)
  if (!known) return
  known.failures = 0
  known.retryAt = turn.now + jitter(turn, turn.state.options.retryMinMs)
}

/** A neighbour at this address is lost. One that evicted us is to be asked again at once. */
export function missAddress(turn: Turn, address: string, link: Link): void {
  const known = turn.state.known.get(address)
  if (known?.peer !== link.peer) return
  known.missed = link.evicted ? -1 : link.incarnation
  if (link.evicted) known.retryAt = turn.now
}

/** We heard from the peer again. */
export function missNoMore(state: JoinState, peer: NodeId): void {
  for (const known of state.known.values()) if (known.peer === peer) known.missed = null
}

/** The address of a lost neighbour that may be tried again first of all, or undefined. */
export function nextMissed(state: JoinState): KnownAddress | undefined {
  let next: KnownAddress | undefined
  for (const known of state.known.values()) {
    if (known.missed === null || (next && next.retryAt <= known.retryAt)) continue
    if (uselessAddress(state, known) === null) next = known
  }
  return next
}

/** Another address of ours: what we took for ourselves may be somebody else by now. */
export function forgetSelf(state: JoinState): void {
  for (const known of state.known.values()) known.self = false
}

/** The address to dial next: the one not tried for longest whose pause is over; then configured, then recently good. */
export function nextAddress(turn: Turn): KnownAddress | undefined {
  let best: KnownAddress | undefined
  for (const known of candidates(turn.state)) {
    if (known.retryAt > turn.now) continue
    if (best === undefined || comesBefore(known, best)) best = known
  }
  return best
}

/** When the next address may be dialled, or null when there is none to wait for. */
export function nextAddressAt(state: JoinState): number | null {
  let earliest: number | null = null
  for (const known of candidates(state)) {
    if (earliest === null || known.retryAt < earliest) earliest = known.retryAt
  }
  return earliest
}

/** Why there is no use in dialling an address, or null. */
export function uselessAddress(state: JoinState, known: KnownAddress): string | null {
  if (known.self || known.address === state.address) return 'self'
  for (const dial of state.dials.values()) if (dial.address === known.address) return 'dialling'
  if (known.peer === null) return null
  if (isDialling(state, known.peer)) return 'dialling'
  for (const link of state.links.values()) if (link.peer === known.peer) return 'connected'
  return null
}

function candidates(state: JoinState): KnownAddress[] {
  return [...state.known.values()].filter((known) => uselessAddress(state, known) === null)
}

function comesBefore(a: KnownAddress, b: KnownAddress): boolean {
  if (a.triedAt !== b.triedAt) return a.triedAt < b.triedAt
  if (a.configured !== b.configured) return a.configured
  return a.goodAt > b.goodAt
}

function addAddress(state: JoinState, address: string): KnownAddress {
  const never = Number.NEGATIVE_INFINITY
  const fresh = { configured: false, verified: false, peer: null, self: false, failures: 0, missed: null }
  const known: KnownAddress = { address, ...fresh, retryAt: never, triedAt: never, goodAt: never }
  state.known.set(address, known)
  return known
}

function dropExcess(state: JoinState): void {
  const learnt = [...state.known.values()].filter((known) => !known.configured)
  if (learnt.length <= state.options.maxKnownAddresses) return
  const oldest = learnt.reduce((a, b) => (b.goodAt < a.goodAt ? b : a))
  state.known.delete(oldest.address)
}
