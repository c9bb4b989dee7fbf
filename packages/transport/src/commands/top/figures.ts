// A node's figures out of its metrics.
import type { Metrics } from './scrape.ts'

export interface Figures {
  readonly version: string
  readonly uptimeSeconds: number
  readonly links: { readonly dialled: number; readonly accepted: number }
  readonly packets: { readonly in: number; readonly out: number }
  readonly bytes: { readonly in: number; readonly out: number }
  readonly messages: { readonly written: number; readonly delivered: number }
  readonly duplicates: number
  /** Losses, by reason; those that there are. */
  readonly drops: Readonly<Record<string, number>>
  readonly queues: Readonly<Record<string, number>>
  readonly origins: number
  readonly workers: { readonly running: number; readonly restarts: number }
  readonly eventLoopDelaySeconds: { readonly p99: number; readonly max: number }
  readonly process: { readonly cpuSeconds: number; readonly residentBytes: number }
  readonly peers: readonly { readonly id: string; readonly rttSeconds: number | null; readonly lagging: boolean }[]
}

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
    duplicates: value('floodnet_duplicates_total'),
    drops: Object.fromEntries([...byLabel(metrics, 'floodnet_drops_total', 'reason')].filter(([, count]) => count > 0)),
    queues: Object.fromEntries(byLabel(metrics, 'floodnet_queue_bytes', 'queue')),
    origins: value('floodnet_origins'),
    workers: { running: value('floodnet_workers'), restarts: value('floodnet_worker_restarts_total') },
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
  const key = [...metrics.keys()].find((name) => name.startsWith('floodnet_build_info{'))
  return /version="([^"]*)"/.exec(key ?? '')?.[1] ?? 'unknown'
}

function peersOf(metrics: Metrics): Figures['peers'] {
  const rtts = byLabel(metrics, 'floodnet_peer_rtt_seconds', 'peer')
  const lags = byLabel(metrics, 'floodnet_peer_lagging', 'peer')
  return [...lags].map(([id, lagging]) => ({ id, rttSeconds: rtts.get(id) ?? null, lagging: lagging === 1 }))
}

/** The samples of a metric with one label, by its values. */
function byLabel(metrics: Metrics, name: string, label: string): Map<string, number> {
  const start = `${name}{${label}="`
  const found = [...metrics].filter(([key]) => key.startsWith(start))
  return new Map(found.map(([key, value]) => [key.slice(start.length, -'"}'.length), value]))
}
