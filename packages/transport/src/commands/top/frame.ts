// What `floodnet top` shows: the lines of one look, with rates since the look before.
import { visibleText } from '../visible-text.ts'
import type { Figures } from './figures.ts'

/** Neighbours listed: as many as a node has by default at most. */
const MAX_PEERS = 12
const LABEL_COLUMNS = 12

export interface Look {
  readonly figures: Figures
  /** On a clock that only goes on. */
  readonly atMs: number
}

/** `before`: the look before; null: this is the first. */
export function frameOf(address: string, now: Look, before: Look | null): string[] {
  const { figures } = now
  const rate = rates(now, before)
  const { links, messages, workers, process, queues, eventLoopDelaySeconds: delay } = figures
  const drops = Object.entries(figures.drops).map(([reason, count]) => `${reason} ${short(count)}`)
  return [
    `floodnet ${figures.version} at ${address}, up ${duration(figures.uptimeSeconds)}`,
    '',
    row('links', `${links.dialled + links.accepted}: ${links.dialled} dialled, ${links.accepted} accepted`),
    row('in', `${rate(({ bytes }) => bytes.in, 'B/s')}, ${rate(({ packets }) => packets.in, 'packets/s')}`),
    row('out', `${rate(({ bytes }) => bytes.out, 'B/s')}, ${rate(({ packets }) => packets.out, 'packets/s')}`),
    row(
      'duplicates',
      rate(({ duplicates }) => duplicates, 'packets/s')
    ),
    row(
      'messages',
      `${rate((f) => f.messages.delivered, 'delivered/s')}, ${rate((f) => f.messages.written, 'written/s')}`
    ),
    row(
      'in all',
      `${short(messages.delivered)} delivered, ${short(messages.written)} written, ${figures.origins} authors`
    ),
    row('lost', drops.length === 0 ? 'nothing' : drops.join(', ')),
    row(
      'queues',
      Object.entries(queues)
        .map(([name, bytes]) => `${name} ${short(bytes)}B`)
        .join(', ')
    ),
    row(
      'process',
      `${rate((f) => f.process.cpuSeconds * 100, '% of a core')}, ${short(process.residentBytes)}B of memory`
    ),
    row(
      'threads',
      `${workers.running} for I/O, ${workers.restarts} restarts; event loop late ${ms(delay.p99)} (p99), ${ms(delay.max)} (max)`
    ),
    '',
    ...peerLines(figures.peers)
  ].map(visibleText)
}

function peerLines(peers: Figures['peers']): string[] {
  if (peers.length === 0) return ['no neighbour']
  const lines = peers
    .slice(0, MAX_PEERS)
    .map(
      ({ id, rttSeconds, lagging }) =>
        `${id.slice(0, 16)}  ${rttSeconds === null ? '-' : ms(rttSeconds)}${lagging ? '  lags' : ''}`
    )
  const more = peers.length - MAX_PEERS
  return ['neighbour         round trip', ...lines, ...(more > 0 ? [`and ${more} more`] : [])]
}

function rates(now: Look, before: Look | null): (pick: (figures: Figures) => number, unit: string) => string {
  if (before === null) return (_, unit) => `- ${unit}`
  const seconds = Math.max(0.001, (now.atMs - before.atMs) / 1000)
  // A node that was started anew counts from 0 again.
  return (pick, unit) => `${short(Math.max(0, pick(now.figures) - pick(before.figures)) / seconds)} ${unit}`
}

function row(label: string, text: string): string {
  return `${label.padEnd(LABEL_COLUMNS)}${text}`
}

/** Three digits and a prefix: 1.23 k. */
function short(value: number): string {
  const prefixes = ['', 'k', 'M', 'G', 'T']
  let [scaled, step] = [value, 0]
  while (scaled >= 999.5 && step < prefixes.length - 1) [scaled, step] = [scaled / 1000, step + 1]
  const digits = step === 0 && Number.isInteger(scaled) ? 0 : scaled < 10 ? 2 : scaled < 100 ? 1 : 0
  return `${scaled.toFixed(digits)} ${prefixes[step]}`.trimEnd()
}

function ms(seconds: number): string {
  return `${(seconds * 1000).toFixed(1)} ms`
}

function duration(seconds: number): string {
  const [days, hours, minutes] = [seconds / 86_400, (seconds / 3_600) % 24, (seconds / 60) % 60].map(Math.floor)
  if (days) return `${days} d ${hours} h`
  if (hours) return `${hours} h ${minutes} min`
  return minutes ? `${minutes} min` : `${Math.floor(seconds)} s`
}
