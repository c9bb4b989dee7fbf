// The small HTTP server that serves a node's counters to Prometheus, and reports whether it is alive and ready.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger, Network, NetworkStats } from '../api.ts'
import { expositionOf } from './exposition.ts'
import { unreadiness } from './health.ts'
import { NODE_METRICS } from './node-metrics.ts'
import { type Answer, type PageServer, reply, servePages } from './page-server.ts'
import { PROCESS_METRICS } from './process-metrics.ts'

export const METRICS_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

/** A guess: a scraper and a few people use one each. */
const MAX_CONNECTIONS = 32
/**
 * A node whose threads do not answer within this time is not alive. A guess: shorter than the timeouts of those who
 * ask.
 */
const STATS_TIMEOUT_MS = 4_000

/** Serves a node's counters until you close it. */
export type MetricsServer = PageServer

/**
 * Serves `GET /metrics`, `/healthz` and `/readyz` at `address` (`'host:port'`; port 0 lets the system choose). `logger`
 * hears of later problems. `more`: what else `/metrics` shows, made by `expositionOf`.
 * @throws ERR_FLOODNET_ADDRESS_IN_USE if the port is taken, ERR_FLOODNET_ADDRESS if it cannot be parsed or bound.
 */
export async function serveMetrics(
  network: Pick<Network, 'stats'>,
  address: string,
  logger?: Logger,
  more: () => string = () => ''
): Promise<MetricsServer> {
  return await servePages({
    address,
    what: 'metrics',
    maxConnections: MAX_CONNECTIONS,
    answer: (request, response) => void answer(network, request, response, { logger, more }),
    onError: (error) => logger?.warn({ error, address }, 'the metrics server cannot accept')
  })
}

/** All counters of `stats`, as `GET /metrics` shows them beside those of the process. */
export function prometheusText(stats: NetworkStats): string {
  return expositionOf(NODE_METRICS, stats)
}

/** Each answer is made from the node's statistics. If the node gives none, the answer is 503. */
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
  { logger, more }: { logger: Logger | undefined; more: () => string }
): Promise<void> {
  const page = PAGES.get(request.url?.split('?', 1)[0] ?? '')
  if (page === undefined) return reply(response, { status: 404, text: `there are ${[...PAGES.keys()].join(', ')}\n` })
  try {
    const found = page(await statsInTime(network))
    reply(response, found.type === METRICS_CONTENT_TYPE ? { ...found, text: found.text + more() } : found)
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
