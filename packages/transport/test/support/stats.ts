// Statistics of a node, with figures that a test can tell apart.
import type { NetworkStats, PeerStats } from '../../src/api.ts'

export const STATS: NetworkStats = {
  uptimeMs: 61_500,
  joined: true,
  links: { dialled: 2, accepted: 3, closing: 1 },
  packets: { in: 10, out: 40 },
  bytes: { in: 1_000, out: 4_000 },
  messages: { written: 7, delivered: 9 },
  fresh: 8,
  duplicates: 30,
  drops: { lagging: 1, 'inbox full': 2 },
  closes: { dead: 4 },
  dials: { started: 6, opened: 2, failed: 3 },
  finding: { 'dns-found': 2 },
  joins: { walks: 5 },
  queues: { inboxMessages: 11, inboxBytes: 12, writeBytes: 13, linkBytes: 14 },
  workers: { running: 1, restarts: 15 },
  trees: { prunesSent: 43, repairs: 44 },
  stems: { started: 41, ended: 42 },
  origins: 16,
  oneTimeOrigins: 17,
  eventLoopDelayMs: { p99: 20, max: 1_500 },
  busyMs: { program: 250, workers: [500] },
  peers: [
    peerOf({ id: 'aa', rttMs: 2.5, lagging: true }),
    peerOf({ id: 'bb', address: '10.0.0.8:1', direction: 'accepted', fresh: 21, duplicates: 22 })
  ]
}

/** A neighbour of which little has come. */
export function peerOf(fields: Partial<PeerStats>): PeerStats {
  return {
    id: 'aa',
    address: '10.0.0.7:1',
    direction: 'dialled',
    rttMs: null,
    upMs: 9,
    lagging: false,
    packets: { in: 51, out: 52 },
    bytes: { in: 53, out: 54 },
    fresh: 55,
    duplicates: 56,
    queuedBytes: 57,
    ...fields
  }
}

/** `fields` in place of those of `STATS`. */
export function statsOf(fields: Partial<NetworkStats>): NetworkStats {
  return { ...STATS, ...fields }
}
