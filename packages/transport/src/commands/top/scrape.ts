// Asks a node for its metrics, and reads Prometheus' text format.
import { request } from 'node:http'
import { type Address, FloodnetError, formatAddress, messageOf } from '@floodnet/core'

/** Metrics by name and labels, as the node writes them: `floodnet_links{direction="dialled"}`. */
export type Metrics = ReadonlyMap<string, number>

/** A node answers within 4 s, or says that it cannot. */
const TIMEOUT_MS = 5_000
/** A guess: some thousand neighbours. */
const MAX_PAGE_BYTES = 1024 * 1024

/** @throws ERR_FLOODNET_FAILED if nobody answers there, or not with the metrics of a node */
export async function scrape(address: Address, signal: AbortSignal): Promise<Metrics> {
  try {
    const metrics = parseMetrics(await get(address, signal))
    if (metrics.has('floodnet_uptime_seconds')) return metrics
    throw new Error('this is not a floodnet metrics page')
  } catch (cause) {
    const message = `no figures from http://${formatAddress(address)}/metrics: ${messageOf(cause)}`
    throw new FloodnetError('ERR_FLOODNET_FAILED', message, { subject: formatAddress(address), cause })
  }
}

export function parseMetrics(text: string): Metrics {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map((line) => {
      const end = line.lastIndexOf(' ')
      return [line.slice(0, end), Number(line.slice(end + 1))] as const
    })
  )
}

function get({ host, port }: Address, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request({ host, port, path: '/metrics', agent: false, signal, timeout: TIMEOUT_MS }, (response) => {
      if (response.statusCode !== 200) return void asked.destroy(new Error(`status ${response.statusCode}`))
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
        if (text.length > MAX_PAGE_BYTES) asked.destroy(new Error('the page is too long'))
      })
      response.on('end', () => resolve(text))
      response.on('error', reject)
    })
    asked.on('timeout', () => asked.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`)))
    asked.on('error', reject)
    asked.end()
  })
}
