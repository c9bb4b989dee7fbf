// The small HTTP server that shows a node's counters to Prometheus, and whether it is alive and ready.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { FloodnetError, formatAddress, ipBytes, isLoopback, parseAddress } from '@floodnet/core'
import type { Logger, Network, NetworkStats } from '../api.ts'
import { expositionOf } from './exposition.ts'
import { unreadiness } from './health.ts'
import { NODE_METRICS } from './node-metrics.ts'
import { PROCESS_METRICS } from './process-metrics.ts'

export const METRICS_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

/** A scraper asks for one short page every few seconds; all of these are guesses far above that. */
const HTTP_LIMITS = { maxHeaderSize: 8192, headersTimeout: 5_000, requestTimeout: 5_000, keepAliveTimeout: 60_000 }
/** A guess: a scraper and a few people beside it have one each. */
const MAX_CONNECTIONS = 32
/** A node whose threads do not answer by then is not alive. A guess: below the timeouts of those who ask. */
const STATS_TIMEOUT_MS = 4_000

export interface MetricsServer {
  /** Where it listens, as bound. */
  readonly address: string
  /** Ends every connection and frees the port. */
  close(): Promise<void>
}

/**
 * Serves `GET /metrics`, `/healthz` and `/readyz` at `address` (`'host:port'`; port 0 lets the system choose). `logger`
 * hears what goes wrong later.
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
      return reply(response, { status: 421, text: 'not a name of this server; use its address\n' })
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

/**
 * A page in a browser may lead a name of its own to this machine, which nobody else can reach here: whoever scrapes it
 * names it as such.
 */
function isOwnHost(host: string | undefined, listening: string): boolean {
  if (host === undefined || !isLoopback(listening)) return true
  const name = (parseAddress(host)?.host ?? host.replace(/^\[(.*)\]$/, '$1')).toLowerCase()
  return name === 'localhost' || name === listening.toLowerCase() || ipBytes(name) !== null
}

/** All counters of `stats`, as `GET /metrics` shows them beside those of the process. */
export function prometheusText(stats: NetworkStats): string {
  return expositionOf(NODE_METRICS, stats)
}

interface Answer {
  readonly status: number
  readonly type?: string
  readonly text: string
}

/** What is asked for is made of the node's statistics: a node that gives none is answered for with 503. */
export const PAGES = new Map<string, (stats: NetworkStats) => Answer>(
  Object.entries({
    '/metrics': (stats: NetworkStats) => ({
      status: 200,
      type: METRICS_CONTENT_TYPE,
      text: `${prometheusText(stats)}${expositionOf(PROCESS_METRICS, process)}`
    }),
    '/healthz': () => ({ status: 200, text: 'ok\n' }),
    '/readyz': (stats: NetworkStats) => {
      const why = unreadiness(stats)
      return why === null ? { status: 200, text: 'ready\n' } : { status: 503, text: `not ready: ${why}\n` }
    }
  })
)

async function answer(
  network: Pick<Network, 'stats'>,
  request: IncomingMessage,
  response: ServerResponse,
  logger: Logger | undefined
): Promise<void> {
  const page = PAGES.get(request.url?.split('?', 1)[0] ?? '')
  if (page === undefined) return reply(response, { status: 404, text: `there are ${[...PAGES.keys()].join(', ')}\n` })
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD')
    return reply(response, { status: 405, text: 'only GET and HEAD\n' })
  }
  try {
    reply(response, page(await statsInTime(network)))
  } catch (error) {
    logger?.warn({ error }, 'no statistics for the metrics server')
    reply(response, { status: 503, text: 'the node gives no statistics\n' })
  }
}

async function statsInTime(network: Pick<Network, 'stats'>): Promise<NetworkStats> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no statistics after ${STATS_TIMEOUT_MS} ms`)), STATS_TIMEOUT_MS)
  })
  try {
    return await Promise.race([network.stats(), late])
  } finally {
    clearTimeout(timer)
  }
}

function reply(response: ServerResponse, { status, type = 'text/plain; charset=utf-8', text }: Answer): void {
  response.statusCode = status
  response.setHeader('content-type', type)
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
