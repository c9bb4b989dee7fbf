// The HTTP server of a gop2p node: accepts requests within bounds and hands each to `answer`. Knows nothing of
// messages.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { plainHost } from '@floodnet/core'
import type { Gop2pLimits } from '../limits.ts'
import { type Answer, type Request, refuseBody } from '../membership/answers.ts'
import { isHere } from '../wire/peer.ts'
import { KNOCK_HEADER, labelOf, MARK_HEADER } from './client.ts'
import { type BodyRefusal, type Held, Receiving } from './receiving.ts'

export interface ServerHost {
  readonly limits: Gop2pLimits
  /** Sent with every answer; null: nothing. */
  readonly label: string | null
  answer(request: Request, mark: string | null): Answer
  /** A request brought this word, and asks nothing else. */
  onKnock(word: string): void
  onRefused(body: RefusedBody): void
}

/** A body that we did not accept. */
export interface RefusedBody {
  readonly status: BodyRefusal
  /** The other end of the connection. */
  readonly remote: string
  /** Bytes that came. */
  readonly length: number
  /** The last of them. */
  readonly end: Uint8Array
}

export class Gop2pServer {
  readonly #host: ServerHost
  readonly #server: Server
  readonly #connections = new Map<string, number>()
  readonly #held: Held = { bytes: 0 }

  constructor(host: ServerHost) {
    const { receiveTimeoutMs, keepAliveMs, maxConnections } = host.limits
    this.#host = host
    this.#server = createServer({
      requestTimeout: receiveTimeoutMs,
      headersTimeout: receiveTimeoutMs,
      keepAliveTimeout: keepAliveMs,
      // How often Node looks for requests that have run out of time; with its default of 30 s they would live that
      // long.
      connectionsCheckingInterval: Math.min(1_000, receiveTimeoutMs)
    })
    this.#server.maxConnections = maxConnections
    this.#server.on('connection', (socket: Socket) => this.#onConnection(socket))
    this.#server.on('request', (incoming, outgoing) => this.#onRequest(incoming, outgoing))
  }

  /** Resolves with the port once it listens. @throws what `listen` throws: EADDRINUSE, EADDRNOTAVAIL. */
  listen(host: string, port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen({ host, port }, () => {
        this.#server.off('error', reject)
        resolve((this.#server.address() as AddressInfo).port)
      })
    })
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve())
      this.#server.closeAllConnections()
    })
  }

  #onConnection(socket: Socket): void {
    const remote = plainHost(socket.remoteAddress ?? '')
    const count = (this.#connections.get(remote) ?? 0) + 1
    if (!isHere(remote) && count > this.#host.limits.maxConnectionsPerHost) return void socket.destroy()
    this.#connections.set(remote, count)
    socket.on('close', () => {
      const left = (this.#connections.get(remote) ?? 1) - 1
      if (left === 0) this.#connections.delete(remote)
      else this.#connections.set(remote, left)
    })
  }

  #onRequest(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const { limits } = this.#host
    const announced = Number(incoming.headers['content-length'] ?? 0)
    const body = new Receiving(limits, this.#held, announced)
    if (announced > limits.maxDiscardedBytes) return this.#refuse(incoming, outgoing, body)
    incoming.on('data', (chunk: Buffer) => {
      if (!outgoing.headersSent && !body.add(chunk)) this.#refuse(incoming, outgoing, body)
    })
    incoming.on('close', () => body.clear())
    incoming.on('end', () => {
      if (outgoing.headersSent) return
      if (body.refusal === null) return this.#finish(incoming, outgoing, body.bytes)
      this.#host.onRefused({ ...originOf(incoming), status: body.refusal, length: body.length, end: body.bytes })
      this.#reply(outgoing, refuseBody(body.refusal))
    })
  }

  // We do not read what still arrives: the connection ends with the answer.
  #refuse(incoming: IncomingMessage, outgoing: ServerResponse, body: Receiving): void {
    incoming.pause()
    outgoing.on('finish', () => incoming.socket.destroySoon())
    this.#host.onRefused({ ...originOf(incoming), status: 413, length: body.length, end: body.bytes })
    this.#reply(outgoing, refuseBody(413))
  }

  #finish(incoming: IncomingMessage, outgoing: ServerResponse, body: Uint8Array): void {
    const { [MARK_HEADER]: mark, [KNOCK_HEADER]: word } = incoming.headers
    if (typeof word === 'string') this.#host.onKnock(word)
    const request: Request = {
      method: incoming.method ?? '',
      target: incoming.url ?? '',
      host: incoming.headers.host ?? '',
      ...originOf(incoming),
      label: labelOf(incoming),
      fromPage: isFromPage(incoming),
      body
    }
    this.#reply(outgoing, this.#host.answer(request, typeof mark === 'string' ? mark : null))
  }

  #reply(outgoing: ServerResponse, { status, headers, body }: Answer): void {
    const bytes = Buffer.from(body)
    const { label } = this.#host
    outgoing.writeHead(status, {
      ...headers,
      ...(status !== 204 && { 'Content-Length': bytes.length }),
      // A refused peer keeps no connection to us.
      ...(status >= 400 && { Connection: 'close' }),
      ...(label !== null && { [LABEL]: label })
    })
    outgoing.end(bytes)
  }
}

const LABEL = 'Floodnet-Bridge'

function originOf({ socket }: IncomingMessage): { remote: string } {
  return { remote: plainHost(socket.remoteAddress ?? '') }
}

/** Every browser sends one of these with a request to another site. Programs send none, not even Node's fetch. */
function isFromPage({ headers }: IncomingMessage): boolean {
  return ['origin', 'referer', 'sec-fetch-site'].some((name) => headers[name] !== undefined)
}
