// One request to a peer, by node:http, with a deadline and a bound on the answer. node:http and not undici: its agent
// already keeps connections, it lets us set Host (a gop2p node takes its own address there for itself dialling), and it
// needs nothing installed.
import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http'
import { plainHost } from '@floodnet/core'
import type { Gop2pErrorReason } from '../errors.ts'
import type { Gop2pLimits } from '../limits.ts'
import { formatPeer, hostOf, isUnspecified, type Peer } from '../wire/peer.ts'
import { Body } from './body.ts'

/** Headers that gop2p's own nodes neither send nor read. */
export const LABEL_HEADER = 'floodnet-bridge'
export const MARK_HEADER = 'floodnet-word'
export const KNOCK_HEADER = 'floodnet-knock'

export type Reply =
  | {
      readonly kind: 'reply'
      readonly status: number
      readonly body: Uint8Array
      /** The address at which the peer was reached. */
      readonly host: string
      readonly label: string | null
    }
  | { readonly kind: 'failed'; readonly reason: Gop2pErrorReason; readonly cause: unknown }

interface Question {
  readonly method: 'POST' | 'OPTIONS'
  /** For the Host header, as in gop2p's own requests. */
  readonly self: Peer
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

export interface ClientOptions {
  readonly limits: Gop2pLimits
  /** Sent with every request; null: nothing. */
  readonly label: string | null
}

/** Go's servers never close an idle connection; ours do after `keepAliveMs`. A guess, well below that. */
const IDLE_MS = 30_000
const NOTHING = new Uint8Array()

export class Client {
  readonly #options: ClientOptions
  readonly #agent: Agent

  constructor(options: ClientOptions) {
    this.#options = options
    this.#agent = new Agent({ keepAlive: true, maxFreeSockets: options.limits.maxMembers, timeout: IDLE_MS })
  }

  /** Resolves within `timeoutMs`, with the outcome. `self` is for the Host header, as in gop2p's own requests. */
  async send(peer: Peer, self: Peer, body: Uint8Array, timeoutMs: number, mark: string | null = null): Promise<Reply> {
    const until = performance.now() + timeoutMs
    const headers = mark === null ? {} : { [MARK_HEADER]: mark }
    const ask = (ms: number): Promise<Reply | null> => this.#attempt(peer, { method: 'POST', self, headers, body }, ms)
    return (await ask(timeoutMs)) ?? (await ask(until - performance.now())) ?? failed('broken', null)
  }

  /** A request that changes nothing at any member, and brings `word` to whatever is there. */
  async knock(peer: Peer, self: Peer, word: string, timeoutMs: number): Promise<void> {
    const headers = { [KNOCK_HEADER]: word, Connection: 'close' }
    await this.#attempt(peer, { method: 'OPTIONS', self, headers, body: NOTHING }, timeoutMs)
  }

  close(): void {
    this.#agent.destroy()
  }

  // Null: a kept connection turned out to be closed before anything came back, which says nothing about the peer.
  #attempt(peer: Peer, question: Question, timeoutMs: number): Promise<Reply | null> {
    return new Promise((resolve) => {
      const outgoing = this.#open(peer, question)
      const finish = (reply: Reply | null): void => {
        clearTimeout(timer)
        resolve(reply)
        if (reply?.kind !== 'reply') outgoing.destroy()
      }
      const timer = setTimeout(() => finish(failed('timeout', null)), timeoutMs)
      outgoing.on('response', (incoming) => this.#read(incoming, finish))
      outgoing.on('error', (error) => finish(isStale(outgoing, error) ? null : failed(reasonOf(error), error)))
      outgoing.end(question.body)
    })
  }

  #open(peer: Peer, { method, self, headers, body }: Question): ClientRequest {
    const { label } = this.#options
    return request({
      agent: this.#agent,
      host: dialled(peer),
      port: peer.port,
      method,
      path: '/',
      headers: {
        Host: formatPeer(self),
        'Content-Length': body.length,
        ...(label !== null && { [LABEL_HEADER]: label }),
        ...headers
      }
    })
  }

  #read(incoming: IncomingMessage, finish: (reply: Reply) => void): void {
    const host = plainHost(incoming.socket.remoteAddress ?? '')
    const body = new Body()
    incoming.on('data', (chunk: Buffer) => {
      if (body.length + chunk.length > this.#options.limits.maxBodyBytes) finish(failed('too-large', null))
      else body.add(chunk)
    })
    incoming.on('end', () => {
      const label = labelOf(incoming)
      finish({ kind: 'reply', status: incoming.statusCode ?? 0, body: body.bytes, host, label })
    })
    incoming.on('error', (error) => finish(failed('broken', error)))
  }
}

/** What a request or an answer says about its sender, outside gop2p's wire. */
export function labelOf({ headers }: IncomingMessage): string | null {
  const label = headers[LABEL_HEADER]
  return typeof label === 'string' && /^[\w.-]{1,128}$/.test(label) ? label : null
}

// Only Linux dials 0.0.0.0 as this machine.
function dialled(peer: Peer): string {
  const host = hostOf(peer)
  if (!isUnspecified(host)) return host
  return host === '::' ? '::1' : '127.0.0.1'
}

function failed(reason: Gop2pErrorReason, cause: unknown): Reply {
  return { kind: 'failed', reason, cause }
}

function isStale(outgoing: ClientRequest, error: Error): boolean {
  return outgoing.reusedSocket && ['ECONNRESET', 'EPIPE'].includes(codeOf(error))
}

function reasonOf(error: Error): Gop2pErrorReason {
  const code = codeOf(error)
  if (code === 'ECONNREFUSED') return 'refused'
  if (code.startsWith('HPE_')) return 'garbage'
  return code === 'ETIMEDOUT' ? 'timeout' : 'broken'
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : ''
}
