// The passive view: addresses at which others were or may be found, which peer answered there, and when to try again.
// Configured ones are never forgotten. Learnt ones are bounded, and stay a random sample of all that the node has heard
// of.

import { parseAddress } from '../address.ts'
import { ipBytes } from '../ip.ts'
import { dialTime } from './heard-dials.ts'
import { netgroupOf } from './netgroup.ts'
import type { RememberedPeer } from './options.ts'
import type { NodeId } from './packets.ts'
import { groupCells, type JoinState, type KnownAddress, type Link } from './state.ts'
import { below, jitter, pick, type StepContext } from './step-context.ts'
import { busyWith, isUseless, uselessAddress } from './useless-address.ts'

// A guess: about six minutes of trying. Then an address that only a neighbour claimed is forgotten, so that it cannot
// make us knock at a stranger's door for ever, and a lost neighbour is only tried now and then.
const maxFailures = 10
// A guess: all the links that a node can lose at once, and a few from before.
const maxMissed = 16

/** `pin`: the only peer that may answer there. A later mention without one does not change it. */
export function configureAddress(state: JoinState, address: string, pin: NodeId | null = null): KnownAddress {
  const known = state.known.get(address) ?? addAddress(state, address)
  if (pin !== null) known.pin = pin
  if (known.configured) return known
  known.configured = true
  state.configured.add(known)
  return known
}

/**
 * Peers that an earlier run of this node knew. This knowledge is as old as that run, so each must prove itself again.
 */
export function recallPeers(state: JoinState): void {
  for (const { address, peer } of state.options.remembered.slice(0, state.options.maxKnownAddresses)) {
    if (address !== state.address && !state.known.has(address)) addAddress(state, address).peer = peer
  }
}

/** Which peers to remember over a restart: those that can be dialled, most recently useful first. */
export function rememberedPeers(state: JoinState): RememberedPeer[] {
  const known = [...state.known.values()].sort((a, b) => b.goodAt - a.goodAt)
  return known.flatMap(({ address, peer, self }) => (peer === null || self ? [] : [{ address, peer }]))
}

/**
 * A neighbour can be dialled here: we did so, or it says so. Its claim alone does not rename an address that we trust.
 */
export function learnAddress(context: StepContext, address: string, peer: NodeId, verified: boolean): void {
  if (address === context.state.address) return
  const known = context.state.known.get(address) ?? addAddress(context.state, address)
  if (!verified && (known.verified || known.configured) && known.peer !== peer) return
  known.peer = peer
  known.goodAt = context.now
  if (verified) known.verified = true
  dropExcess(context)
}

/**
 * An unverified address replaces another unverified one: within its address group if that has its share already,
 * otherwise anywhere.
 */
export function addHeard(context: StepContext, address: string, peer: NodeId | null): void {
  const { state } = context
  const group = netgroupOf(address)
  const { maxKnownAddresses, maxKnownPerGroup } = state.options
  const full = group !== null && isCrowded(state, group, maxKnownPerGroup)
  if ((full || countLearnt(state) >= maxKnownAddresses) && !dropSome(context, full ? group : null)) return
  addAddress(state, address, group).peer = peer
}

export function addressOpened(context: StepContext, address: string, peer: NodeId): void {
  const known = context.state.known.get(address)
  if (!known) return
  known.verified = true
  const isSelf = peer === context.state.id
  // A name may lead elsewhere the next time; an address leads here until we have another one.
  known.self = isSelf && isLiteral(address)
  known.peer = isSelf ? null : peer
}

/** A dial of it failed, or its link ended before it was useful. */
export function addressFailed(context: StepContext, address: string): void {
  const known = context.state.known.get(address)
  if (!known) return
  const { retryMinMs, retryMaxMs, desiredLinks } = context.state.options
  known.retryAt = context.now + jitter(context, Math.min(retryMaxMs, retryMinMs * 2 ** Math.min(known.failures, 30)))
  known.failures++
  if (known.configured) return
  // Hearsay gets one chance, unless we may be the ones that are cut off.
  const heard = !known.verified && known.goodAt === Number.NEGATIVE_INFINITY
  if (known.failures >= maxFailures ? !known.verified : heard && 2 * context.state.neighbours.size >= desiredLinks) {
    forgetAddress(context.state, known)
  }
}

/**
 * Somebody says that the address is good now: it need not wait for its pause, but we do not dial it at every mention
 * either.
 */
export function refreshAddress(context: StepContext, known: KnownAddress): void {
  const { now, state } = context
  if (known.failures > 0)
    known.retryAt = Math.min(known.retryAt, Math.max(now, known.triedAt + state.options.retryMinMs))
}

/** It was useful; there is no hurry to dial it again. */
export function addressServed(context: StepContext, address: string): void {
  const known = context.state.known.get(address)
  if (!known) return
  known.failures = 0
  known.retryAt = context.now + jitter(context, context.state.options.retryMinMs)
}

/** A neighbour at this address is lost. One that evicted us is asked again at once. */
export function missAddress(context: StepContext, address: string, link: Link): void {
  const known = context.state.known.get(address)
  if (known?.peer !== link.peer) return
  setMissed(context.state, known, link.evicted ? -1 : link.incarnation)
  if (link.evicted) known.retryAt = context.now
  const { missed } = context.state
  if (missed.size > maxMissed)
    setMissed(
      context.state,
      [...missed].reduce((a, b) => (b.goodAt < a.goodAt ? b : a)),
      null
    )
}

/** The peer at this address said goodbye: it may come back, but we do not knock while its door is closing. */
export function spareAddress(context: StepContext, address: string): void {
  const known = context.state.known.get(address)
  if (known) known.retryAt = Math.max(known.retryAt, context.now + jitter(context, context.state.options.goodbyeMs))
}

/** We heard from the peer again. */
export function foundAgain(state: JoinState, peer: NodeId): void {
  for (const known of state.missed) if (known.peer === peer) setMissed(state, known, null)
}

/** The address of a lost neighbour that may be tried again before all others, or undefined. */
export function nextMissed(state: JoinState): KnownAddress | undefined {
  let next: KnownAddress | undefined
  for (const known of state.missed) {
    if (known.failures >= maxFailures || (next && next.retryAt <= known.retryAt)) continue
    if (uselessAddress(state, known) === null) next = known
  }
  return next
}

/** A peer that has been out of reach for long and may be tried again first: a lost neighbour, or an entry. */
export function nextLongLost(state: JoinState): KnownAddress | undefined {
  const lost = (known: KnownAddress) => isLongLost(known) && uselessAddress(state, known) === null
  let next: KnownAddress | undefined
  for (const known of state.missed) if ((!next || known.retryAt < next.retryAt) && lost(known)) next = known
  for (const known of state.configured) if ((!next || known.retryAt < next.retryAt) && lost(known)) next = known
  return next
}

/** Whether it was out of reach and should be linked with again, because it may come from a network apart from ours. */
export function isRecovered(known: KnownAddress): boolean {
  return known.failures > 0 && (known.missed !== null || known.configured)
}

function isLiteral(address: string): boolean {
  return ipBytes(parseAddress(address)?.host ?? '') !== null
}

/** Another address of ours: what we took for ourselves may be somebody else by now. */
export function forgetSelf(state: JoinState): void {
  for (const known of state.known.values()) known.self = false
}

/**
 * The address to dial next: the one not tried for longest whose pause is over; then configured, then recently good,
 * then any.
 */
export function nextAddress(context: StepContext): KnownAddress | undefined {
  const busy = busyWith(context.state)
  let best: KnownAddress | undefined
  let equals = 1
  for (const known of context.state.known.values()) {
    if (dialTime(context.state, known) > context.now || isUseless(context.state, known, busy)) continue
    const order = best === undefined ? -1 : compare(known, best)
    if (order > 0) continue
    equals = order < 0 ? 1 : equals + 1
    if (order < 0 || below(context, equals) === 0) best = known
  }
  return best
}

/** When the next address may be dialled, or null if there is none to wait for. */
export function nextAddressAt(state: JoinState): number | null {
  const busy = busyWith(state)
  let earliest: number | null = null
  for (const known of state.known.values()) {
    const at = dialTime(state, known)
    if ((earliest === null || at < earliest) && !isUseless(state, known, busy)) earliest = at
  }
  return earliest
}

function isLongLost(known: KnownAddress): boolean {
  if (known.configured) return known.failures > 0
  return known.missed !== null && known.failures >= maxFailures
}

/** Below zero if `a` comes first. */
function compare(a: KnownAddress, b: KnownAddress): number {
  if (a.triedAt !== b.triedAt) return a.triedAt - b.triedAt
  if (a.configured !== b.configured) return a.configured ? -1 : 1
  return a.goodAt === b.goodAt ? 0 : b.goodAt - a.goodAt
}

function forgetAddress(state: JoinState, known: KnownAddress): void {
  const { addresses } = state
  state.known.delete(known.address)
  state.missed.delete(known)
  if (known.group !== null) state.groupCells[cellOf(known.group)]!--
  const last = addresses.pop()
  if (!last || last === known) return
  last.place = known.place
  addresses[known.place] = last
}

function setMissed(state: JoinState, known: KnownAddress, missed: number | null): void {
  known.missed = missed
  if (missed === null) state.missed.delete(known)
  else state.missed.add(known)
}

/**
 * Written out instead of assembled from parts: many nodes have a hundred of these each, and the engine keeps them in
 * one piece.
 */
function addAddress(state: JoinState, address: string, group = netgroupOf(address)): KnownAddress {
  const never = Number.NEGATIVE_INFINITY
  const known: KnownAddress = {
    address,
    group,
    place: state.addresses.length,
    configured: false,
    verified: false,
    peer: null,
    pin: null,
    self: false,
    failures: 0,
    missed: null,
    retryAt: never,
    triedAt: never,
    goodAt: never
  }
  state.known.set(address, known)
  state.addresses.push(known)
  if (group !== null) state.groupCells[cellOf(group)]!++
  return known
}

function dropExcess(context: StepContext): void {
  if (countLearnt(context.state) > context.state.options.maxKnownAddresses) dropSome(context, null)
}

function countLearnt(state: JoinState): number {
  return state.known.size - state.configured.size
}

/** Counts a group's learnt addresses only if its cell, which it may share with others, holds enough for it. */
function isCrowded(state: JoinState, group: string, limit: number): boolean {
  if (state.groupCells[cellOf(group)]! < limit) return false
  return state.addresses.filter((known) => isLearntIn(known, group)).length >= limit
}

function cellOf(group: string): number {
  let hash = 0
  for (let i = 0; i < group.length; i++) hash = (31 * hash + group.charCodeAt(i)) | 0
  return (hash ^ (hash >>> 12)) & (groupCells - 1)
}

/** Forgets a learnt address at random; a lost neighbour's only if there is no other. False if there is none at all. */
function dropSome(context: StepContext, group: string | null): boolean {
  const { addresses } = context.state
  const isPlain = (known: KnownAddress) => known.missed === null && isLearntIn(known, group)
  // Nearly all are; looking through all of them would be most of a shuffle's cost.
  for (let tries = 0; tries < 8; tries++) {
    const known = pick(context, addresses)
    if (!known || !isPlain(known)) continue
    forgetAddress(context.state, known)
    return true
  }
  const plain = addresses.filter(isPlain)
  const victim = pick(context, plain.length > 0 ? plain : addresses.filter((known) => isLearntIn(known, group)))
  if (victim) forgetAddress(context.state, victim)
  return victim !== undefined
}

function isLearntIn(known: KnownAddress, group: string | null): boolean {
  return !known.configured && (group === null || known.group === group)
}
