// What a network tells a program as it happens: the events by name, each with its details. Types only.
import type { DropReason } from './threads/drop-reasons.ts'

/**
 * What became of an address that the program named. `pending`: nothing yet, or not dialled now (`reason` tells why);
 * `joined`: its node is a neighbour; `passed-on`: its node is there, has no place for this one, and lets others of its
 * network know; `network-joined`: another neighbour came after that; `not-needed`: its node is there, and this one has
 * links enough; `unreachable`: nobody answers; `refused`: whoever answers and this node do not go together;
 * `self`: it is this node. Entries that are `unreachable` or `refused` are tried again.
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

/** An address that the program named in `join` or `connect`, or by a ticket, and what became of it. */
export interface Entry {
  /** As dialled: `'host:port'`. */
  readonly address: string
  /** What is known now. */
  readonly outcome: EntryOutcome
  /** The node that answered there, 64 hex digits; null when none did. */
  readonly id: string | null
  /** Why, in the words of `dial` and `refused`, where there is a reason. */
  readonly reason?: string
}

/** Events by name. Times are in ms. */
export interface NetworkEvents {
  /** The node accepts links here. */
  listening: { address: string; id: string }
  /** A peer is a neighbour: messages flow both ways from now on. */
  'peer-up': { id: string; address: string; direction: 'dialled' | 'accepted' }
  /** It is one no more; `reason` is one of those of LEAVE in docs/PROTOCOL.md. */
  'peer-down': { id: string; address: string; reason: string }
  /** Every attempt to reach an address: when it starts, and how it ended. */
  dial: { phase: 'start' | 'failed' | 'opened' | 'skipped'; address: string; attempt: number; reason?: string }
  /** What became of an address that the program named, whenever that changes. */
  entry: Entry
  /**
   * What looking for others brought, once for each change: `started` on a local network, `found` with a `count` of
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
   * What became of the port that a router was asked for. `mapped`, `renewed`: so it says. `reached`: a neighbour has
   * dialled us at `address`, and others are told it. `failed`: told once. `lost`: it is over. `removed`: at `close`.
   */
  mapping: {
    phase: 'mapped' | 'renewed' | 'reached' | 'failed' | 'lost' | 'removed'
    protocol: 'nat-pmp' | 'upnp' | null
    gateway: string | null
    address: string | null
    reason?: string
  }
  /**
   * A peer was refused at the handshake or afterwards, by us or by it. Of those that this node refuses for one reason,
   * five a second are told one by one; `count` is there when the event stands for more than one, of which it names the
   * last.
   */
  refused: { address: string; id: string | null; reason: string; by: 'us' | 'peer'; count?: number }
  /** A neighbour (or this program, peer null) takes messages too slowly, or has caught up again. */
  lagging: { peer: string | null; lagging: boolean; dropped: number }
  /**
   * Messages or packets were dropped; `count` since the last event of this reason, at most one event a second for each
   * reason.
   */
  dropped: { reason: DropReason; count: number; peer: string | null }
  /**
   * Packets of an author beyond its rate (`maxOriginBytesPerSecond`, `maxOriginPacketsPerSecond`) were not taken;
   * `count` since the last event, at most one a second for each author, and 64 in all.
   */
  suppressed: { origin: string; count: number }
  /**
   * Packets `from` to `to` of an author did not come, though later ones did: no neighbour has them any more (`'gone'`),
   * or not within `repairMs` (`'late'`), or until too much was held (`'held-full'`). Counted as `gap` in `drops`.
   */
  gap: { origin: string; incarnation: number; from: number; to: number; reason: 'gone' | 'late' | 'held-full' }
  /**
   * A packet written with `stem` floods from this node after all: its stem came back five times (`looped`), nobody
   * flooded it in time (`timed-out`), 512 own packets were on their way (`crowded`), or there was no neighbour
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
  /** Something that the program should know and the node survives. */
  error: FloodnetErrorLike
  /** The node has left its network, as `Network.leave` was told; `listening` tells when it is in one again. */
  left: Readonly<Record<string, never>>
  /** The network has ended; after this nothing more is emitted. */
  close: { reason: string }
}

/** An error with a stable code, as thrown and emitted by this package. */
export interface FloodnetErrorLike extends Error {
  /** Names the kind of failure for ever: docs/API.md lists all. */
  readonly code: string
}

/** One event of `events$`. */
export type NetworkEvent = {
  [K in keyof NetworkEvents]: { name: K } & { details: NetworkEvents[K] }
}[keyof NetworkEvents]
