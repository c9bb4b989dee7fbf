// Figures of a node, gathered on request from its workers and its own thread.
import type { IntervalHistogram } from 'node:perf_hooks'
import type { NetworkStats } from './api.ts'
import type { Node } from './node.ts'
import { addAll, type Counts } from './threads/counters.ts'
import type { Traffic, WorkerStats } from './threads/messages.ts'

const NS_PER_MS = 1e6
/**
 * How often the event loop's delay is sampled. Each sample wakes an idle processor; a longer pause than this is always
 * seen. A guess.
 */
export const LOOP_PERIOD_MS = 1_000

/** `loopDelay` null: not needed. */
export async function collectStats(node: Node, loopDelay: IntervalHistogram | null): Promise<NetworkStats> {
  const workers = await node.workerTotals.collect()
  const [, ...running] = workers
  const sum = (pick: (stats: WorkerStats) => number): number => workers.reduce((total, stats) => total + pick(stats), 0)
  const crossed = (name: keyof Traffic): number => sum(({ traffic }) => traffic[name])
  const counters = node.actor.state.counters as Counts
  const peers = node.peers.statsOf(
    running.flatMap(({ links }) => links),
    performance.now()
  )
  return {
    uptimeMs: performance.now() - node.startedMs,
    joined: !node.hasLeft,
    links: {
      dialled: peers.filter(({ direction }) => direction === 'dialled').length,
      accepted: peers.filter(({ direction }) => direction === 'accepted').length,
      closing: sum(({ closing }) => closing)
    },
    packets: { in: crossed('packetsIn'), out: crossed('packetsOut') },
    bytes: { in: crossed('bytesIn'), out: crossed('bytesOut') },
    messages: { written: node.outbox.written, delivered: node.inbox.delivered },
    fresh: crossed('fresh'),
    duplicates: crossed('duplicates'),
    drops: totals([node.losses.totals, ...workers.map((stats) => stats.drops)]),
    closes: totals(workers.map(({ closes }) => closes)),
    trees: totals(workers.map(({ trees }) => trees)),
    stems: totals(workers.map(({ stems }) => stems)),
    dials: {
      started: counters['dials-started'] ?? 0,
      opened: counters['dials-opened'] ?? 0,
      failed: counters['dials-failed'] ?? 0
    },
    finding: { ...node.finding.counts },
    joins: { ...counters },
    queues: {
      inboxMessages: node.queue.messages,
      inboxBytes: node.queue.bytes + node.inbox.heldBytes,
      writeBytes: node.outbox.waitingBytes,
      linkBytes: sum(({ links }) => links.reduce((bytes, link) => bytes + link.queuedBytes, 0))
    },
    workers: { running: node.pool.alive.length, restarts: node.pool.restarts },
    origins: Math.max(0, ...workers.map(({ origins }) => origins)),
    oneTimeOrigins: Math.max(0, ...workers.map(({ oneTimeOrigins }) => oneTimeOrigins)),
    eventLoopDelayMs: loopDelay === null ? { p99: 0, max: 0 } : readDelay(loopDelay),
    busyMs: { program: performance.eventLoopUtilization().active, workers: running.map(({ busyMs }) => busyMs) },
    peers
  }
}

/** Counts: the sum of the previous nodes' (`past`) and the present one's. Everything else: the present one's. */
export function sumOfStats(past: NetworkStats, now: NetworkStats): NetworkStats {
  return {
    ...now,
    packets: sumOf(past.packets, now.packets),
    bytes: sumOf(past.bytes, now.bytes),
    messages: sumOf(past.messages, now.messages),
    fresh: past.fresh + now.fresh,
    duplicates: past.duplicates + now.duplicates,
    drops: sumOf(past.drops, now.drops),
    closes: sumOf(past.closes, now.closes),
    trees: sumOf(past.trees, now.trees),
    stems: sumOf(past.stems, now.stems),
    dials: sumOf(past.dials, now.dials),
    finding: sumOf(past.finding, now.finding),
    joins: sumOf(past.joins, now.joins),
    workers: { running: now.workers.running, restarts: past.workers.restarts + now.workers.restarts }
  }
}

function sumOf<T extends Readonly<Counts>>(past: T, now: T): T {
  return totals([past, now]) as T
}

function totals(counts: readonly Readonly<Counts>[]): Counts {
  const sum: Counts = {}
  for (const more of counts) addAll(sum, more)
  return sum
}

/** The histogram holds the times between two samples. An empty one, as in the first moments, has no figures. */
export function readDelay(
  looks: Pick<IntervalHistogram, 'count' | 'max' | 'percentile'>
): NetworkStats['eventLoopDelayMs'] {
  if (looks.count === 0) return { p99: 0, max: 0 }
  const delayOf = (ns: number): number => Math.max(0, ns / NS_PER_MS - LOOP_PERIOD_MS)
  return { p99: delayOf(looks.percentile(99)), max: delayOf(looks.max) }
}
