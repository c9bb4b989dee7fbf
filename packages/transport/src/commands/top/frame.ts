// What `floodnet top` shows: the lines of one look, with rates since the previous look.
import type { Figures, Look } from '../../figures/figures.ts'
import { type Rates, ratesBetween } from '../../figures/rates.ts'
import { delay, duration, percent, quantity, short } from '../../figures/units.ts'
import { visibleText } from '../../telemetry/visible-text.ts'

/** Neighbours listed: the default maximum of a node. */
const MAX_PEERS = 12
const LABEL_COLUMNS = 12
const ID_DIGITS = 16
const CELL_COLUMNS = 14

/** `before`: the previous look; null if this is the first. */
export function frameOf(address: string, now: Look, before: Look | null): string[] {
  const { figures } = now
  const rates = before === null ? null : ratesBetween(before, now)
  const rate = (pick: (rates: Rates) => number, unit: string): string =>
    rates === null ? `- ${unit}` : quantity(pick(rates), unit)
  const { links, messages, workers, process, queues, eventLoopDelaySeconds: late } = figures
  const drops = Object.entries(figures.drops).map(([reason, count]) => `${reason} ${short(count)}`)
  const waiting = Object.entries(queues).map(([name, bytes]) => `${name} ${quantity(bytes, 'B')}`)
  return [
    `floodnet ${figures.version} at ${address}, up ${duration(figures.uptimeSeconds)}`,
    '',
    row('links', `${links.dialled + links.accepted}: ${links.dialled} dialled, ${links.accepted} accepted`),
    row('in', `${rate(({ bytes }) => bytes.in, 'B/s')}, ${rate(({ packets }) => packets.in, 'packets/s')}`),
    row('out', `${rate(({ bytes }) => bytes.out, 'B/s')}, ${rate(({ packets }) => packets.out, 'packets/s')}`),
    row('copies', copies(rates)),
    row(
      'messages',
      `${rate((r) => r.messages.delivered, 'delivered/s')}, ${rate((r) => r.messages.written, 'written/s')}`
    ),
    row(
      'in all',
      `${short(messages.delivered)} delivered, ${short(messages.written)} written, ${figures.origins} authors`
    ),
    row('lost', drops.length === 0 ? 'nothing' : drops.join(', ')),
    row('queues', waiting.join(', ')),
    row('process', `${rate((r) => r.cores * 100, '% of a core')}, ${quantity(process.residentBytes, 'B')} of memory`),
    row('threads', `${workers.running} for I/O, ${workers.restarts} restarts; ${busy(figures, rates)}`),
    row('event loop', `late by ${delay(late.p99)} (p99), ${delay(late.max)} (max)`),
    '',
    ...peerLines(figures.peers, rates)
  ].map(visibleText)
}

function copies(rates: Rates | null): string {
  if (rates === null) return '- of each packet'
  if (rates.copies === null) return 'no packet came'
  return `${rates.copies.toFixed(2)} of each packet, ${quantity(rates.fresh, 'new packets/s')}`
}

function busy({ busySeconds }: Figures, rates: Rates | null): string {
  const shares = Object.keys(busySeconds).map((thread) => {
    const share = rates?.busy[thread]
    return `${thread} ${share === undefined ? '-' : percent(share)}`
  })
  return `busy: ${shares.join(', ')}`
}

function peerLines(peers: Figures['peers'], rates: Rates | null): string[] {
  if (peers.length === 0) return ['no neighbour']
  const lines = peers.slice(0, MAX_PEERS).map(({ id, rttSeconds, lagging }) => {
    const own = rates?.peers[id]
    const cells = [
      rttSeconds === null ? '-' : delay(rttSeconds),
      own === undefined ? '-' : quantity(own.bytes.in, 'B/s'),
      own === undefined ? '-' : quantity(own.bytes.out, 'B/s'),
      own?.share == null ? '-' : percent(own.share)
    ]
    return cellsOf(id.slice(0, ID_DIGITS), cells) + (lagging ? '  lags' : '')
  })
  const more = peers.length - MAX_PEERS
  const head = cellsOf('neighbour', ['round trip', 'in', 'out', 'brings of all'])
  return [head, ...lines, ...(more > 0 ? [`and ${more} more`] : [])]
}

function cellsOf(id: string, cells: readonly string[]): string {
  return id.padEnd(ID_DIGITS) + cells.map((cell) => cell.padStart(CELL_COLUMNS)).join('')
}

function row(label: string, text: string): string {
  return `${label.padEnd(LABEL_COLUMNS)}${text}`
}
