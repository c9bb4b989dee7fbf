// A small HTTP server for pages about a node. It only serves requests that name it by its own address, changes nothing,
// and bounds who may keep it busy. It does not know what the pages say.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { FloodnetError, formatAddress, ipBytes, isLoopback, parseAddress } from '@floodnet/core'

/** Visitors ask for short pages now and then; all of these are guesses far above that. */
const HTTP_LIMITS = { maxHeaderSize: 8192, headersTimeout: 5_000, requestTimeout: 5_000, keepAliveTimeout: 60_000 }

export interface PageServer {
  /** Where it listens, as bound. */
  readonly address: string
  /** Ends every connection and frees the port. */
  close(): Promise<void>
}

export interface PageOptions {
  /** `'host:port'`; port 0 lets the system choose. */
  readonly address: string
  /** The purpose of the address, for errors: `metrics`. */
  readonly what: string
  readonly maxConnections: number
  /** Answers a GET or HEAD. An answer that keeps the connection open calls `hold`, and bounds how many do. */
  answer(request: IncomingMessage, response: ServerResponse, hold: () => void): void
  /** Called if it later cannot accept connections any more. */
  onError(error: Error): void
}

export interface Answer {
  readonly status: number
  readonly type?: string
  readonly text: string | Uint8Array
}

/** @throws ERR_FLOODNET_ADDRESS_IN_USE if the port is taken, ERR_FLOODNET_ADDRESS if it cannot be parsed or bound. */
export async function servePages({ address, what, maxConnections, answer, onError }: PageOptions): Promise<PageServer> {
  const listening = parseAddress(address)?.host ?? ''
  const open = new OpenConnections(maxConnections)
  const server = createServer(HTTP_LIMITS, (request, response) => {
    open.asked(request.socket)
    if (!isOwnHost(request.headers.host, listening))
      return reply(response, { status: 421, text: 'not a name of this server; use its address\n' })
    if (request.method === 'GET' || request.method === 'HEAD')
      return answer(request, response, () => open.hold(request.socket))
    response.setHeader('allow', 'GET, HEAD')
    reply(response, { status: 405, text: 'only GET and HEAD\n' })
  })
  server.on('connection', (socket: Socket) => open.add(socket))
  await listen(server, address, what)
  server.on('error', onError)
  const { address: host, port } = server.address() as AddressInfo
  return { address: formatAddress({ host, port }), close: () => close(server) }
}

/** Sends a whole answer. A HEAD gets only its length. */
export function reply(response: ServerResponse, { status, type = 'text/plain; charset=utf-8', text }: Answer): void {
  response.statusCode = status
  response.setHeader('content-type', type)
  // We do not read the rest of an unwanted body, so the connection is of no more use.
  if (status >= 400) response.setHeader('connection', 'close')
  response.setHeader('content-length', Buffer.byteLength(text))
  response.end(text)
}

/** Silent connections keep nobody out: the connection whose last request is longest ago ends for a new one. */
class OpenConnections {
  readonly #max: number
  readonly #open = new Set<Socket>()

  constructor(max: number) {
    this.#max = max
  }

  add(socket: Socket): void {
    this.#open.add(socket)
    socket.once('close', () => this.#open.delete(socket))
    const [silent] = this.#open
    if (this.#open.size > this.#max) silent?.destroy()
  }

  asked(socket: Socket): void {
    if (this.#open.delete(socket) && !socket.destroyed) this.#open.add(socket)
  }

  /** It stays open, and the caller counts it. */
  hold(socket: Socket): void {
    this.#open.delete(socket)
  }
}

/**
 * A page in a browser may point a name of its own at this machine, which nobody else can reach here. So a request must
 * name this server by its own address.
 */
function isOwnHost(host: string | undefined, listening: string): boolean {
  if (host === undefined || !isLoopback(listening)) return true
  const name = (parseAddress(host)?.host ?? host.replace(/^\[(.*)\]$/, '$1')).toLowerCase()
  return name === 'localhost' || name === listening.toLowerCase() || ipBytes(name) !== null
}

function listen(server: Server, text: string, what: string): Promise<void> {
  const address = parseAddress(text)
  if (address === null) return Promise.reject(addressError(text, what, 'is not an address; write host:port'))
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(bindError(text, what, error)))
    server.listen({ port: address.port, ...(address.host !== '' && { host: address.host }) }, () => {
      server.removeAllListeners('error')
      resolve()
    })
  })
}

function bindError(text: string, what: string, cause: NodeJS.ErrnoException): FloodnetError {
  if (cause.code !== 'EADDRINUSE') return addressError(text, what, `cannot be bound: ${cause.message}`, cause)
  return new FloodnetError('ERR_FLOODNET_ADDRESS_IN_USE', `${what} address ${text} is taken`, { subject: text, cause })
}

function addressError(text: string, what: string, problem: string, cause?: unknown): FloodnetError {
  return new FloodnetError('ERR_FLOODNET_ADDRESS', `${what} address ${text} ${problem}`, { subject: text, cause })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
