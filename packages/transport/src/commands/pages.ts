// The pages about a node that a program serves if its flags ask for them: --metrics, --dashboard, --dashboard-token.
import { addressError, optionError, parseAddress } from '@floodnet/core'
import type { Logger, Network } from '../api.ts'
import { checkAccess } from '../dashboard/access.ts'
import { serveDashboard } from '../dashboard/serve.ts'
import { readOptionFile } from '../options/option-file.ts'
import { serveMetrics } from '../telemetry/metrics.ts'

/** What to serve, and where. */
export interface Pages {
  /** Where to serve metrics, if anywhere. */
  readonly metrics: string | null
  /** Where to serve the dashboard, and to whom; token null: everyone who can reach it. Null: nowhere. */
  readonly dashboard: { readonly address: string; readonly token: string | null } | null
}

/** The flags that ask for pages. */
export interface PageValues {
  /** An address. */
  readonly metrics?: string | undefined
  /** An address. */
  readonly dashboard?: string | undefined
  /** A file. */
  readonly 'dashboard-token'?: string | undefined
}

/** What serving the pages needs. */
export interface PageHost {
  /** Hears of later trouble with the page. */
  loggerOf(page: 'metrics' | 'dashboard'): Logger
  /** Is told in words where each page is. */
  tell(text: string): void
}

/** @throws ERR_FLOODNET_OPTION, ERR_FLOODNET_ADDRESS or ERR_FLOODNET_INSECURE naming the flag */
export function pagesOf(values: PageValues): Pages {
  const { metrics = null } = values
  if (metrics !== null && parseAddress(metrics) === null)
    throw addressError('--metrics', metrics, 'is not an address; write host:port')
  return { metrics, dashboard: dashboardOf(values) }
}

/** Returns a function that ends them. If one page fails, none is served. @throws what serving them throws */
export async function showPages(
  network: Network,
  { metrics, dashboard }: Pages,
  { loggerOf, tell }: PageHost
): Promise<() => Promise<void>> {
  const servers: { close(): Promise<void> }[] = []
  const end = async (): Promise<void> => void (await Promise.all(servers.map((server) => server.close())))
  try {
    if (metrics !== null) {
      const server = await serveMetrics(network, metrics, loggerOf('metrics'))
      servers.push(server)
      tell(`metrics at http://${server.address}/metrics`)
    }
    if (dashboard !== null) {
      const { address, token } = dashboard
      const server = await serveDashboard(network, address, {
        logger: loggerOf('dashboard'),
        ...(token !== null && { token })
      })
      servers.push(server)
      const how = token === null ? '' : '; open it with ?token= and the token behind it'
      tell(`dashboard at http://${server.address}/${how}`)
    }
  } catch (error) {
    await end()
    throw error
  }
  return end
}

/** The token's file may end with a line feed. */
function dashboardOf({ dashboard, 'dashboard-token': path }: PageValues): Pages['dashboard'] {
  const token = path === undefined ? null : readOptionFile('--dashboard-token', path).toString('utf8').trimEnd()
  if (dashboard !== undefined) {
    checkAccess('--dashboard', dashboard, token)
    return { address: dashboard, token }
  }
  if (token === null) return null
  throw optionError('--dashboard-token', '--dashboard-token needs --dashboard ADDR')
}
