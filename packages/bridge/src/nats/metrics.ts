// The counters of a NATS bridge as metrics, beside those of its node. Names and labels are a contract with dashboards.
import { expositionOf, type Family, labelled, type Sample, single } from '@floodnet/transport'
import { NATS_LOSSES, type NatsBridgeStats } from './stats.ts'

/** One entry a family. */
export const NATS_METRICS: readonly Family<NatsBridgeStats>[] = [
  family('connected', 'gauge', '1 while the NATS server is there.', ({ connected }) => single(Number(connected))),
  family('reconnects_total', 'counter', 'Times that the NATS server came back.', ({ reconnects }) =>
    single(reconnects)
  ),
  family('packets_total', 'counter', 'Packets given to NATS (out) and brought into the flood (in).', ({ packets }) =>
    labelled('direction', packets)
  ),
  family('bytes_total', 'counter', 'Bytes of the bodies of those packets.', ({ bytes }) =>
    labelled('direction', bytes)
  ),
  family('known_packets_total', 'counter', 'Packets that another bridge had given to NATS before.', ({ known }) =>
    single(known)
  ),
  family('queue_packets', 'gauge', 'Packets that wait for NATS.', ({ queued }) => single(queued.outPackets)),
  family('queue_bytes', 'gauge', 'Bytes that wait for NATS (out) and for the flood (in).', ({ queued }) =>
    labelled('direction', { out: queued.outBytes, in: queued.inBytes })
  ),
  family('losses_total', 'counter', 'Packets or NATS messages lost at the bridge.', ({ losses }) =>
    labelled('reason', losses, NATS_LOSSES)
  )
]

/** The figures in Prometheus' text format. */
export function natsMetricsText(stats: NatsBridgeStats): string {
  return expositionOf(NATS_METRICS, stats)
}

function family(
  name: string,
  type: 'counter' | 'gauge',
  help: string,
  samples: (stats: NatsBridgeStats) => readonly Sample[]
): Family<NatsBridgeStats> {
  return { name: `floodnet_nats_${name}`, type, help, samples }
}
