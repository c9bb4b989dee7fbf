// Extracts a node's figures from its own statistics, within its process.
import type { NetworkStats, PeerStats } from '../api.ts'
import { ioThread, lossesIn } from '../figures/figures.ts'
import { VERSION } from '../version.ts'
import type { Snapshot, SnapshotPeer } from './snapshot.ts'

const US_PER_S = 1e6
/** A guess: longer than any address. */
const MAX_ADDRESS_LENGTH = 300

export function figuresOf(stats: NetworkStats, usage = processUsage()): Snapshot['figures'] {
  const { links, packets, bytes, messages, fresh, duplicates, origins, workers, queues, busyMs } = stats
  const { p99, max } = stats.eventLoopDelayMs
  return {
    ...{ version: VERSION, packets, bytes, messages, fresh, duplicates, origins, workers },
    uptimeSeconds: stats.uptimeMs / 1000,
    links: { dialled: links.dialled, accepted: links.accepted },
    drops: lossesIn(stats.drops),
    queues: { inbox: queues.inboxBytes, write: queues.writeBytes, link: queues.linkBytes },
    busySeconds: {
      program: busyMs.program / 1000,
      ...Object.fromEntries(busyMs.workers.map((ms, index) => [ioThread(index), ms / 1000]))
    },
    eventLoopDelaySeconds: { p99: p99 / 1000, max: max / 1000 },
    process: usage,
    peers: stats.peers.map(peerOf)
  }
}

function peerOf(peer: PeerStats): SnapshotPeer {
  const { id, rttMs, lagging, bytes, fresh, duplicates, address, direction, upMs, queuedBytes } = peer
  return {
    ...{ id, lagging, bytes, fresh, duplicates, direction, queuedBytes },
    // A peer may claim a long address.
    address: address.slice(0, MAX_ADDRESS_LENGTH),
    rttSeconds: rttMs === null ? null : rttMs / 1000,
    upSeconds: upMs / 1000
  }
}

function processUsage(): Snapshot['figures']['process'] {
  const { user, system } = process.cpuUsage()
  return { cpuSeconds: (user + system) / US_PER_S, residentBytes: process.memoryUsage.rss() }
}
