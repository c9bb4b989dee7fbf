// The memory of a peer among the tutorial's nodes, and queries on it.
import { type Address, TokenBucket } from '@floodnet/core'
import { RecentKeys } from '../recent-keys.ts'
import type { LinkId, PeerEffect, PeerEvent } from './messages.ts'
import { PEER_DEFAULTS, type PeerOptions } from './options.ts'

export type Link =
  /** Accepted, and has not said what it is. */
  | { kind: 'stranger'; remoteHost: string; localHost: string; deadlineMs: number }
  /** Dialled to bring a request, and closed afterwards. */
  | { kind: 'requesting'; address: Address; deadlineMs: number }
  /** Dialled to accept a request: a slot is taken. */
  | { kind: 'acking'; address: Address; nodeId: string; deadlineMs: number }
  | { kind: 'neighbour'; nodeId: string; address: string; remoteHost: string; localHost: string }

export type Neighbour = Extract<Link, { kind: 'neighbour' }>

export interface PeerState {
  readonly options: PeerOptions
  /** Digits, chosen at random at the start, as Go nodes do. */
  readonly nodeId: string
  listening: Address | null
  readonly links: Map<LinkId, Link>
  /** Dialled links count down, so that they never collide with the host's numbers. */
  lastDialled: LinkId
  readonly seen: RecentKeys<bigint>
  /** How long each request of ours may be answered. A JOIN_ACK uses one up. */
  credits: number[]
  readonly entries: Address[]
  /** Addresses that took a request while we had no neighbour, with the time to tell people; null: we have told them. */
  readonly unanswered: Map<string, { readonly own: string; tellAtMs: number | null }>
  /** Where others said they listen, the latest last. */
  known: Address[]
  /** Failed attempts since neighbours came or went, and when the next is due; null while there are enough. */
  attempts: number
  retryAtMs: number | null
  readonly foreignDials: TokenBucket
  readonly relays: TokenBucket
}

/** One step's time, randomness and effects. */
export interface StepContext {
  readonly nowMs: number
  /** In [0, 1). */
  random(): number
  /** A fresh packet id: positive, 63 bits. */
  newId(): bigint
  readonly effects: PeerEffect[]
}

export function newPeer(nodeId: string, options: Partial<PeerOptions> = {}): PeerState {
  const all = { ...PEER_DEFAULTS, ...options }
  return {
    options: all,
    nodeId,
    listening: null,
    links: new Map(),
    lastDialled: 0,
    seen: new RecentKeys(all.maxSeen),
    credits: [],
    entries: [],
    unanswered: new Map(),
    known: [],
    attempts: 0,
    retryAtMs: null,
    foreignDials: new TokenBucket(all.foreignDialBurst, all.foreignDialsPerSecond),
    relays: new TokenBucket(all.relayBurst, all.relaysPerSecond)
  }
}

export function neighboursOf(state: PeerState): [LinkId, Neighbour][] {
  return [...state.links].filter((entry): entry is [LinkId, Neighbour] => entry[1].kind === 'neighbour')
}

/** Neighbours and slots. */
export function degreeOf(state: PeerState): number {
  return count(state, 'neighbour') + count(state, 'acking')
}

export function count(state: PeerState, ...kinds: Link['kind'][]): number {
  let found = 0
  for (const { kind } of state.links.values()) if (kinds.includes(kind)) found++
  return found
}

export function isLinkedTo(state: PeerState, nodeId: string): boolean {
  for (const link of state.links.values()) if ('nodeId' in link && link.nodeId === nodeId) return true
  return false
}

/** Null if nothing waits. */
export function wakeAt(state: PeerState): number | null {
  const deadlines = [...state.links.values()].flatMap((link) => ('deadlineMs' in link ? [link.deadlineMs] : []))
  if (state.retryAtMs !== null) deadlines.push(state.retryAtMs)
  for (const { tellAtMs } of state.unanswered.values()) if (tellAtMs !== null) deadlines.push(tellAtMs)
  return deadlines.length === 0 ? null : Math.min(...deadlines)
}

export function drawn<T>(items: readonly T[], context: StepContext): T | undefined {
  return items[Math.floor(context.random() * items.length)]
}

export function tell(context: StepContext, event: PeerEvent): void {
  context.effects.push({ kind: 'event', event })
}
