// What a network reports to a program as it happens: the events by name, each with its details. Types only.
import type { DropReason } from './threads/drop-reasons.ts'

/**
 * The outcome of an address that the program named. `pending`: none yet, or not being dialled now (`reason` says why);
 * `joined`: its node is a neighbour; `passed-on`: its node is there but has no place for this one, and tells others of
 * its network; `network-joined`: after that, another node became a neighbour; `not-needed`: its node is there, but this
 * one has enough links; `unreachable`: nobody answers; `refused`: this node and the one that answers are incompatible;
 * `self`: it is this node. The node tries `unreachable` and `refused` entries again.
 */
export type EntryOutcome =
  | 'pending'
  | 'joined'
  | 'passed-on'
  | 'network-joined'
  | 'not-needed'
  | 'unreachable'
  | 'refused'
  | 'self'

/** An address that the program named in `join` or `connect`, or with a ticket, and its outcome. */
export interface Entry {
  /** As dialled: `'host:port'`. */
  readonly address: string
  /** What is known now. */
  readonly outcome: EntryOutcome
  /** The node that answered there, 64 hex digits; null if none did. */
  readonly id: string | null
  /** Why, in the words of `dial` and `refused`, if there is a reason. */
  readonly reason?: string
}

/** Events by name. Times are in ms. */
export interface NetworkEvents {
  /** The node accepts links here. */
  listening: { address: string; id: string }
  /** A peer is a neighbour: messages flow both ways from now on. */
  'peer-up': { id: string; address: string; direction: 'dialled' | 'accepted' }
  /** It is no longer a neighbour; `reason` is one of the LEAVE reasons in docs/PROTOCOL.md. */
  'peer-down': { id: string; address: string; reason: string }
  /** Every attempt to reach an address: when it starts, and how it ended. */
  dial: { phase: 'start' | 'failed' | 'opened' | 'skipped'; address: string; attempt: number; reason?: string }
  /** The outcome of an address that the program named, whenever it changes. */
  entry: Entry
  /**
   * The results of looking for others, once for each change: `started` on a local network, `found` with a `count` of
   * candidates, or `failed` with a reason. `subject`: the name in DNS, or the interface of the local network.
   */
  discovery: {
    source: 'dns' | 'lan'
    phase: 'started' | 'found' | 'failed'
    subject: string
    count: number
    reason?: string
  }
  /**
   * The state of the port that a router was asked to map. `mapped`, `renewed`: according to the router. `reached`: a
   * neighbour has dialled us at `address`, and we now tell others that address. `failed`: reported once. `lost`: the
   * mapping is gone. `removed`: at `close`.
   */
  mapping: {
    phase: 'mapped' | 'renewed' | 'reached' | 'failed' | 'lost' | 'removed'
    protocol: 'nat-pmp' | 'upnp' | null
    gateway: string | null
    address: string | null
    reason?: string
  }
  /**
   * A peer was refused at the handshake or later, by us or by the peer. For peers that this node refuses, the first
   * five a second for each reason are reported one by one. `count` is present if the event stands for several, of which
   * it names the last.
   */
  refused: { address: string; id: string | null; reason: string; by: 'us' | 'peer'; count?: number }
  /** A neighbour (or this program, peer null) takes messages too slowly, or has caught up again. */
  lagging: { peer: string | null; lagging: boolean; dropped: number }
  /**
   * Messages or packets were dropped. `count`: since the last event with this reason. At most one event a second for
   * each reason.
   */
  dropped: { reason: DropReason; count: number; peer: string | null }
  /**
   * Packets of an author beyond its rate (`maxOriginBytesPerSecond`, `maxOriginPacketsPerSecond`) were not accepted.
   * `count`: since the last event. At most one event a second for each author, and 64 in all.
   */
  suppressed: { origin: string; count: number }
  /**
   * Packets `from` to `to` of an author did not arrive, although later ones did: no neighbour has them any more
   * (`'gone'`), they did not come within `repairMs` (`'late'`), or too much was being held (`'held-full'`). Counted as
   * `gap` in `drops`.
   */
  gap: { origin: string; incarnation: number; from: number; to: number; reason: 'gone' | 'late' | 'held-full' }
  /**
   * A packet written with `stem` floods from this node after all: its stem came back five times (`looped`), nobody
   * flooded it in time (`timed-out`), 512 of our own packets were under way (`crowded`), or there was no neighbour
   * (`stranded`). Others may find out who wrote it.
   */
  'stem-ended': {
    origin: string
    incarnation: number
    seq: number
    reason: 'looped' | 'timed-out' | 'crowded' | 'stranded'
  }
  /** An I/O thread ended and comes back after `delayMs`. */
  'worker-restart': { worker: number; delayMs: number; error: Error }
  /** Something that the program should know, and that the node survives. */
  error: FloodnetErrorLike
  /** The node has left its network, as `Network.leave` asked; `listening` reports when it is in a network again. */
  left: Readonly<Record<string, never>>
  /** The network has ended; after this nothing more is emitted. */
  close: { reason: string }
}

/** An error with a stable code, as thrown and emitted by this package. */
export interface FloodnetErrorLike extends Error {
  /** Names the kind of failure, forever: docs/API.md lists all. */
  readonly code: string
}

/** One event of `events$`. */
export type NetworkEvent = {
  [K in keyof NetworkEvents]: { name: K } & { details: NetworkEvents[K] }
}[keyof NetworkEvents]
