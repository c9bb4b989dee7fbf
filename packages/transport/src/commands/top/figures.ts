// Extracts a node's figures from its metrics.
import { type Figures, lossesIn, type PeerFigures } from '../../figures/figures.ts'
import type { Metrics } from './scrape.ts'

type Labels = Readonly<Record<string, string>>

export function figuresOf(metrics: Metrics): Figures {
  const value = (name: string): number => metrics.get(name) ?? 0
  const both = (name: string) => ({ in: value(`${name}{direction="in"}`), out: value(`${name}{direction="out"}`) })
  return {
    version: versionOf(metrics),
    uptimeSeconds: value('floodnet_uptime_seconds'),
    links: {
      dialled: value('floodnet_links{direction="dialled"}'),
      accepted: value('floodnet_links{direction="accepted"}')
    },
    packets: both('floodnet_packets_total'),
    bytes: both('floodnet_bytes_total'),
    messages: {
      written: value('floodnet_messages_total{direction="written"}'),
      delivered: value('floodnet_messages_total{direction="delivered"}')
    },
    fresh: value('floodnet_fresh_total'),
    duplicates: value('floodnet_duplicates_total'),
    drops: lossesIn(byLabel(metrics, 'floodnet_drops_total', 'reason')),
    queues: byLabel(metrics, 'floodnet_queue_bytes', 'queue'),
    origins: value('floodnet_origins'),
    workers: { running: value('floodnet_workers'), restarts: value('floodnet_worker_restarts_total') },
    busySeconds: byLabel(metrics, 'floodnet_thread_busy_seconds_total', 'thread'),
    eventLoopDelaySeconds: {
      p99: value('floodnet_event_loop_delay_p99_seconds'),
      max: value('floodnet_event_loop_delay_max_seconds')
    },
    process: {
      cpuSeconds: value('process_cpu_seconds_total'),
      residentBytes: value('process_resident_memory_bytes')
    },
    peers: peersOf(metrics)
  }
}

function versionOf(metrics: Metrics): string {
  return samplesOf(metrics, 'floodnet_build_info')[0]?.[0].version ?? 'unknown'
}

function peersOf(metrics: Metrics): PeerFigures[] {
  const rtts = byLabel(metrics, 'floodnet_peer_rtt_seconds', 'peer')
  const bytes = samplesOf(metrics, 'floodnet_peer_bytes_total')
  const packets = samplesOf(metrics, 'floodnet_peer_packets_total')
  const lags = byLabel(metrics, 'floodnet_peer_lagging', 'peer')
  return Object.entries(lags).map(([id, lagging]) => {
    const of = (samples: readonly Sample[], label: string, value: string): number =>
      samples.find(([labels]) => labels.peer === id && labels[label] === value)?.[1] ?? 0
    return {
      id,
      rttSeconds: rtts[id] ?? null,
      lagging: lagging === 1,
      bytes: { in: of(bytes, 'direction', 'in'), out: of(bytes, 'direction', 'out') },
      fresh: of(packets, 'kind', 'fresh'),
      duplicates: of(packets, 'kind', 'duplicate')
    }
  })
}

/** The samples of a metric, by one of its labels. */
function byLabel(metrics: Metrics, name: string, label: string): Record<string, number> {
  return Object.fromEntries(samplesOf(metrics, name).map(([labels, value]) => [labels[label] ?? '', value]))
}

type Sample = readonly [Labels, number]

function samplesOf(metrics: Metrics, name: string): Sample[] {
  const found = [...metrics].filter(([key]) => key.startsWith(`${name}{`))
  return found.map(([key, value]) => [labelsIn(key), value])
}

function labelsIn(key: string): Labels {
  const pairs = [...key.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)]
  return Object.fromEntries(pairs.map(([, name = '', text = '']) => [name, text.replace(/\\(.)/g, unescaped)]))
}

function unescaped(_: string, character: string): string {
  return character === 'n' ? '\n' : character
}
