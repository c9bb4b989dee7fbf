// The dashboard's server: a page, its files, and a stream of snapshots. It shows things, and changes nothing.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { FloodnetError, isLoopback, parseAddress } from '@floodnet/core'
import type { Logger, Network } from '../api.ts'
import { type PageServer, reply, servePages } from '../telemetry/page-server.ts'
import { Access, checkAccess, isForeign } from './access.ts'
import { OpenPages } from './open-pages.ts'
import { PAGE_HEADERS, type PageFile, readPageFiles } from './page-files.ts'
import { Snapshots, type Watched } from './snapshots.ts'

/** Pages that may be open at a time. A guess: a team and its wall screens. */
const MAX_PAGES = 64
/** Further connections, over which browsers request files. A guess. */
const MAX_CONNECTIONS = 64

/** How `serveDashboard` serves. */
export interface DashboardOptions {
  /**
   * The token that visitors must show: at least 16 letters, digits or `-._~+/`, as `openssl rand -hex 24` prints them.
   * A browser shows it once, as `?token=` in the address, and programs as `Authorization: Bearer`. Default: none, which
   * is only allowed on loopback addresses.
   */
  readonly token?: string
  /** Hears of later problems. */
  readonly logger?: Logger
}

/** A dashboard that is served until you close it. */
export interface DashboardServer {
  /** Where it listens, as bound: `'host:port'`. */
  readonly address: string
  /** Ends every connection and frees the port. */
  close(): Promise<void>
}

/**
 * Serves a page about a network's node at `address` (`'host:port'`; port 0 lets the system choose): links, rates,
 * losses, threads, and events, once a second. It costs next to nothing while no page is open.
 * @throws ERR_FLOODNET_INSECURE if others can reach the address and there is no token, ERR_FLOODNET_OPTION if the token
 *   is invalid, ERR_FLOODNET_ADDRESS_IN_USE, ERR_FLOODNET_ADDRESS, ERR_FLOODNET_START
 */
export async function serveDashboard(
  network: Pick<Network, 'id' | 'address' | 'stats' | 'events$'>,
  address: string,
  { token, logger }: DashboardOptions = {}
): Promise<DashboardServer> {
  checkAccess('dashboard', address, token ?? null)
  const dashboard = new Dashboard(network, await readPageFiles(), logger)
  const server = await servePages({
    address,
    what: 'dashboard',
    maxConnections: MAX_CONNECTIONS,
    answer: (request, response, hold) => dashboard.answer(request, response, hold),
    onError: (error) => logger?.warn({ error, address }, 'the dashboard cannot accept')
  })
  const bound = parseAddress(server.address)
  if (token === undefined && !isLoopback(bound?.host ?? '')) return await refuse(server, address)
  dashboard.access = new Access(token ?? null, bound?.port ?? 0)
  return server
}

/** A name that should mean this machine led elsewhere. */
async function refuse(server: PageServer, address: string): Promise<never> {
  await server.close()
  const message = `dashboard: ${address} is ${server.address}, which others can reach: give the dashboard a token`
  throw new FloodnetError('ERR_FLOODNET_INSECURE', message, { subject: 'dashboard' })
}

class Dashboard {
  /** Null until we know who may look; until then, nobody may. */
  access: Access | null = null
  readonly #files: ReadonlyMap<string, PageFile>
  readonly #pages: OpenPages
  readonly #snapshots: Snapshots

  constructor(network: Watched, files: ReadonlyMap<string, PageFile>, logger: Logger | undefined) {
    this.#files = files
    this.#snapshots = new Snapshots(network, (snapshot) => this.#pages.send(JSON.stringify(snapshot)), logger)
    this.#pages = new OpenPages({ onFirst: () => this.#snapshots.start(), onLast: () => this.#snapshots.stop() })
  }

  answer(request: IncomingMessage, response: ServerResponse, hold: () => void): void {
    for (const [name, value] of Object.entries(PAGE_HEADERS)) response.setHeader(name, value)
    if (isForeign(request)) return reply(response, { status: 403, text: 'not for pages of other sites\n' })
    const verdict = this.access?.judge(request) ?? 'denied'
    if (verdict === 'denied') return askForToken(response)
    if (verdict === 'welcome') return this.#welcome(response)
    const path = request.url?.split('?', 1)[0] ?? ''
    const file = this.#files.get(path)
    if (file !== undefined) return reply(response, { status: 200, type: file.type, text: file.bytes })
    if (path !== '/events') return reply(response, { status: 404, text: 'there is no such page\n' })
    if (this.#pages.size >= MAX_PAGES) return reply(response, { status: 503, text: 'too many pages are open\n' })
    if (request.method === 'HEAD') return reply(response, { status: 200, type: 'text/event-stream', text: '' })
    hold()
    this.#pages.add(response)
  }

  /** Removes the token from the address bar. */
  #welcome(response: ServerResponse): void {
    response.setHeader('set-cookie', this.access?.setCookie ?? '')
    response.setHeader('location', './')
    reply(response, { status: 303, text: '' })
  }
}

function askForToken(response: ServerResponse): void {
  response.setHeader('www-authenticate', 'Bearer realm="floodnet dashboard"')
  reply(response, { status: 401, text: 'open this page once with ?token=TOKEN behind its address\n' })
}
