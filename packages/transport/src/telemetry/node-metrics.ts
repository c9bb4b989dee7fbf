// The counters of a node as metrics: one entry for each family. Names and labels are a contract with dashboards.
import type { NetworkStats } from '../api.ts'
import { ioThread } from '../figures/figures.ts'
import { DROP_REASONS } from '../threads/drop-reasons.ts'
import { VERSION } from '../version.ts'
import { type Family, type Labels, labelled, type Sample, single } from './exposition.ts'

export const NODE_METRICS: readonly Family<NetworkStats>[] = [
  gauge('build_info', 'Versions of floodnet and Node.js; always 1.', () => [
    [{ version: VERSION, node: process.version }, 1]
  ]),
  gauge('joined', '1 while the node is in a network.', ({ joined }) => single(Number(joined))),
  gauge('links', 'Links that are up.', ({ links: { dialled, accepted } }) =>
    labelled('direction', { dialled, accepted })
  ),
  gauge('closing_links', 'Links that said goodbye and still have a socket.', ({ links }) => single(links.closing)),
  counter('packets_total', 'Frames with data that crossed links.', ({ packets }) => labelled('direction', packets)),
  counter('bytes_total', 'Bytes that crossed links.', ({ bytes }) => labelled('direction', bytes)),
  gauge('peer_rtt_seconds', 'Last measured round trip to a neighbour.', rttSamples),
  gauge('peer_lagging', '1 while frames for a neighbour are dropped because it takes them too slowly.', ({ peers }) =>
    peers.map(({ id, lagging }) => [{ peer: id }, Number(lagging)])
  ),
  counter('peer_bytes_total', 'Bytes that crossed the link to a neighbour since it came up.', ({ peers }) =>
    peers.flatMap(({ id, bytes }) => labelled('direction', bytes).map(ofPeer(id)))
  ),
  counter(
    'peer_packets_total',
    'Packets that a neighbour brought since its link came up: fresh before any other, duplicate after another.',
    ({ peers }) =>
      peers.flatMap(({ id, fresh, duplicates }) => labelled('kind', { fresh, duplicate: duplicates }).map(ofPeer(id)))
  ),
  counter('messages_total', 'Messages written by and delivered to the program.', ({ messages }) =>
    labelled('direction', messages)
  ),
  counter('fresh_total', 'Packets that a neighbour brought before any other.', ({ fresh }) => single(fresh)),
  counter('duplicates_total', 'Packets that had come before over another link.', ({ duplicates }) =>
    single(duplicates)
  ),
  counter('drops_total', 'Packets or messages lost.', ({ drops }) => labelled('reason', drops, DROP_REASONS)),
  counter('closes_total', 'Links closed.', ({ closes }) => labelled('reason', closes)),
  counter('trees_total', 'What trees of busy authors did.', ({ trees }) => labelled('event', trees)),
  counter('stems_total', 'Packets in their stem phase, by what became of them here.', ({ stems }) =>
    labelled('event', stems)
  ),
  counter('dials_started_total', 'Dials begun.', ({ dials }) => single(dials.started)),
  counter('dials_total', 'Dials ended.', ({ dials: { opened, failed } }) => labelled('result', { opened, failed })),
  counter('finding_total', 'What looking for others brought.', ({ finding }) => labelled('event', finding)),
  counter('joins_total', 'What the join protocol did.', ({ joins }) => labelled('event', joins)),
  gauge('queue_bytes', 'Bytes that wait.', ({ queues: { inboxBytes, writeBytes, linkBytes } }) =>
    labelled('queue', { inbox: inboxBytes, write: writeBytes, link: linkBytes })
  ),
  gauge('queue_messages', 'Messages that wait.', ({ queues }) => labelled('queue', { inbox: queues.inboxMessages })),
  gauge('workers', 'I/O threads that run.', ({ workers }) => single(workers.running)),
  counter('worker_restarts_total', 'I/O threads that ended and came back.', ({ workers }) => single(workers.restarts)),
  counter('thread_busy_seconds_total', 'Time in which the event loop of a thread was busy.', ({ busyMs }) => [
    [{ thread: 'program' }, busyMs.program / 1000],
    ...busyMs.workers.map((ms, index): Sample => [{ thread: ioThread(index) }, ms / 1000])
  ]),
  gauge('origins', 'Authors whose packets are told apart.', ({ origins }) => single(origins)),
  gauge('one_time_origins', 'Keys of one-time messages remembered.', ({ oneTimeOrigins }) => single(oneTimeOrigins)),
  gauge(
    'event_loop_delay_p99_seconds',
    "Delay of the node's event loop since the start, 99th percentile.",
    ({ eventLoopDelayMs }) => single(eventLoopDelayMs.p99 / 1000)
  ),
  gauge(
    'event_loop_delay_max_seconds',
    "Longest delay of the node's event loop since the start.",
    ({ eventLoopDelayMs }) => single(eventLoopDelayMs.max / 1000)
  ),
  gauge('uptime_seconds', 'Time since the start.', ({ uptimeMs }) => single(uptimeMs / 1000))
]

function counter(
  name: string,
  help: string,
  samples: (stats: NetworkStats) => readonly Sample[]
): Family<NetworkStats> {
  return { name: `floodnet_${name}`, type: 'counter', help, samples }
}

function gauge(name: string, help: string, samples: (stats: NetworkStats) => readonly Sample[]): Family<NetworkStats> {
  return { name: `floodnet_${name}`, type: 'gauge', help, samples }
}

function ofPeer(id: string): (sample: Sample) => Sample {
  return ([labels, value]) => [{ peer: id, ...labels } satisfies Labels, value]
}

function rttSamples({ peers }: NetworkStats): Sample[] {
  return peers.flatMap(({ id, rttMs }): Sample[] => (rttMs === null ? [] : [[{ peer: id }, rttMs / 1000]]))
}
