// The counters of a node in the Prometheus text format 0.0.4, and the small HTTP server that shows them.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { FloodnetError, formatAddress, ipBytes, isLoopback, parseAddress } from '@floodnet/core'
import type { Logger, Network, NetworkStats } from '../api.ts'

export const METRICS_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

/** A scraper asks for one short page every few seconds; all of these are guesses far above that. */
const HTTP_LIMITS = {
  maxHeaderSize: 8192,
  headersTimeout: 5_000,
  requestTimeout: 5_000,
  keepAliveTimeout: 60_000,
  connectionsCheckingInterval: 1_000
}
/** The one that has been silent for longest gives way. */
const MAX_CONNECTIONS = 32

export interface MetricsServer {
  /** Where it listens, as bound. */
  readonly address: string
  /** Ends every connection and frees the port. */
  close(): Promise<void>
}

/**
 * Serves `GET /metrics` at `address` (`'host:port'`; port 0 lets the system choose). `logger` hears what goes wrong later.
 * @throws ERR_FLOODNET_ADDRESS_IN_USE when the port is taken, ERR_FLOODNET_ADDRESS when it cannot be parsed or bound.
 */
export async function serveMetrics(
  network: Pick<Network, 'stats'>,
  address: string,
  logger?: Logger
): Promise<MetricsServer> {
  const listening = parseAddress(address)?.host ?? ''
  const server = createServer(HTTP_LIMITS, (request, response) => {
    if (!isOwnHost(request.headers.host, listening))
      return reply(response, 421, 'not a name of this server; use its address\n')
    void answer(network, request, response, logger)
  })
  boundConnections(server)
  await listen(server, address)
  server.on('error', (error) => logger?.warn({ error, address }, 'the metrics server cannot accept'))
  const { address: host, port } = server.address() as AddressInfo
  return { address: formatAddress({ host, port }), close: () => close(server) }
}

/** Whoever says nothing keeps nobody out: the connection whose last request is longest ago ends for a new one. */
function boundConnections(server: Server): void {
  const open = new Set<Socket>()
  server.on('connection', (socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
    const [silent] = open
    if (open.size > MAX_CONNECTIONS) silent?.destroy()
  })
  server.on('request', ({ socket }) => {
    open.delete(socket)
    if (!socket.destroyed) open.add(socket)
  })
}

/** A page in a browser may lead a name of its own to this machine, which nobody else can reach here: whoever scrapes it names it as such. */
function isOwnHost(host: string | undefined, listening: string): boolean {
  if (host === undefined || !isLoopback(listening)) return true
  const name = (parseAddress(host)?.host ?? host.replace(/^\[(.*)\]$/, '$1')).toLowerCase()
  return name === 'localhost' || name === listening.toLowerCase() || ipBytes(name) !== null
}

/** All counters of `stats`; names and labels are a contract with dashboards. */
export function prometheusText(stats: NetworkStats): string {
  return [...linkMetrics(stats), ...lossMetrics(stats), ...joinMetrics(stats), ...nodeMetrics(stats)].join('')
}

type Sample = readonly [labels: Readonly<Record<string, string>>, value: number]

function linkMetrics({ links, packets, bytes, peers }: NetworkStats): string[] {
  return [
    gauge('links', 'Links that are up.', labelled('direction', { dialled: links.dialled, accepted: links.accepted })),
    gauge('closing_links', 'Links that said goodbye and still have a socket.', single(links.closing)),
    counter('packets_total', 'Frames with data that crossed links.', labelled('direction', packets)),
    counter('bytes_total', 'Bytes that crossed links.', labelled('direction', bytes)),
    gauge('peer_rtt_seconds', 'Last measured round trip to a neighbour.', rttSamples(peers)),
    gauge(
      'peer_lagging',
      '1 while frames for a neighbour are dropped because it takes them too slowly.',
      peers.map(({ id, lagging }) => [{ peer: id }, Number(lagging)])
    )
  ]
}

function lossMetrics({ messages, duplicates, drops, closes, trees, stems }: NetworkStats): string[] {
  return [
    counter('messages_total', 'Messages written by and delivered to the program.', labelled('direction', messages)),
    counter('duplicates_total', 'Packets that had come before over another link.', single(duplicates)),
    counter('drops_total', 'Packets or messages lost.', labelled('reason', drops)),
    counter('closes_total', 'Links closed.', labelled('reason', closes)),
    counter('trees_total', 'What trees of busy authors did.', labelled('event', trees)),
    counter('stems_total', 'Packets that pass a stem before they flood.', labelled('event', stems))
  ]
}

function joinMetrics({ dials, finding, joins }: NetworkStats): string[] {
  const { started, ...results } = dials
  return [
    counter('dials_started_total', 'Dials begun.', single(started)),
    counter('dials_total', 'Dials ended.', labelled('result', results)),
    counter('finding_total', 'What looking for others brought.', labelled('event', finding)),
    counter('joins_total', 'What the join protocol did.', labelled('event', joins))
  ]
}

function nodeMetrics({ queues, workers, origins, oneTimeOrigins, eventLoopDelayMs, uptimeMs }: NetworkStats): string[] {
  const { inboxMessages, inboxBytes, writeBytes, linkBytes } = queues
  const { p99, max } = eventLoopDelayMs
  return [
    gauge(
      'queue_bytes',
      'Bytes that wait.',
      labelled('queue', { inbox: inboxBytes, write: writeBytes, link: linkBytes })
    ),
    gauge('queue_messages', 'Messages that wait.', labelled('queue', { inbox: inboxMessages })),
    gauge('workers', 'I/O threads that run.', single(workers.running)),
    counter('worker_restarts_total', 'I/O threads that ended and came back.', single(workers.restarts)),
    gauge('origins', 'Authors whose packets are told apart.', single(origins)),
    gauge('one_time_origins', 'Keys of one-time messages remembered.', single(oneTimeOrigins)),
    gauge(
      'event_loop_delay_p99_seconds',
      "99th percentile of the delay of the program's event loop since the start.",
      single(p99 / 1000)
    ),
    gauge(
      'event_loop_delay_max_seconds',
      "Longest delay of the program's event loop since the start.",
      single(max / 1000)
    ),
    gauge('uptime_seconds', 'Time since the start.', single(uptimeMs / 1000))
  ]
}

function rttSamples(peers: NetworkStats['peers']): Sample[] {
  return peers.flatMap(({ id, rttMs }): Sample[] => (rttMs === null ? [] : [[{ peer: id }, rttMs / 1000]]))
}

function single(value: number): Sample[] {
  return [[{}, value]]
}

function labelled(label: string, values: Readonly<Record<string, number>>): Sample[] {
  return Object.entries(values).map(([name, value]) => [{ [label]: name }, value])
}

function counter(name: string, help: string, samples: readonly Sample[]): string {
  return family('counter', `floodnet_${name}`, help, samples)
}

function gauge(name: string, help: string, samples: readonly Sample[]): string {
  return family('gauge', `floodnet_${name}`, help, samples)
}

function family(type: 'counter' | 'gauge', name: string, help: string, samples: readonly Sample[]): string {
  const lines = samples.map(([labels, value]) => `${name}${labelText(labels)} ${numberText(value)}\n`)
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

function escapeLabel(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}

function numberText(value: number): string {
  return Math.abs(value) === Number.POSITIVE_INFINITY ? (value > 0 ? '+Inf' : '-Inf') : String(value)
}

async function answer(
  network: Pick<Network, 'stats'>,
  request: IncomingMessage,
  response: ServerResponse,
  logger: Logger | undefined
): Promise<void> {
  if (request.url?.split('?', 1)[0] !== '/metrics') return reply(response, 404, 'the metrics are at /metrics\n')
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD')
    return reply(response, 405, 'only GET and HEAD\n')
  }
  try {
    const text = prometheusText(await network.stats())
    response.setHeader('content-type', METRICS_CONTENT_TYPE)
    reply(response, 200, text)
  } catch (error) {
    logger?.warn({ error }, 'no statistics for the metrics server')
    reply(response, 503, 'the node gives no statistics\n')
  }
}

function reply(response: ServerResponse, status: number, text: string): void {
  response.statusCode = status
  if (!response.hasHeader('content-type')) response.setHeader('content-type', 'text/plain; charset=utf-8')
  // Without the rest of a body that nobody asked for, the connection is of no more use.
  if (status >= 400) response.setHeader('connection', 'close')
  response.setHeader('content-length', Buffer.byteLength(text))
  response.end(text)
}

function listen(server: Server, text: string): Promise<void> {
  const address = parseAddress(text)
  if (address === null) return Promise.reject(addressError(text, 'is no address; write host:port'))
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(bindError(text, error)))
    server.listen({ port: address.port, ...(address.host !== '' && { host: address.host }) }, () => {
      server.removeAllListeners('error')
      resolve()
    })
  })
}

function bindError(text: string, cause: NodeJS.ErrnoException): FloodnetError {
  if (cause.code !== 'EADDRINUSE') return addressError(text, `cannot be listened on: ${cause.message}`, cause)
  return new FloodnetError('ERR_FLOODNET_ADDRESS_IN_USE', `metrics address ${text} is taken`, { subject: text, cause })
}

function addressError(text: string, problem: string, cause?: unknown): FloodnetError {
  return new FloodnetError('ERR_FLOODNET_ADDRESS', `metrics address ${text} ${problem}`, { subject: text, cause })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
