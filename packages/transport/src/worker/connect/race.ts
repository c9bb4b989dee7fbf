// One dial of a peer that may be at several addresses. We start them one after the other without waiting for the first
// to fail (RFC 8305). All continue until one has proved a key, so a good address with a long round trip wins over dead
// ones.
import type net from 'node:net'
import { toHex } from '@floodnet/core'
import type { Endpoint } from '../../threads/messages.ts'
import { dialSocket, type SecuredSocket, type Security } from './sockets.ts'

/** RFC 8305's pause between attempts. */
const NEXT_ATTEMPT_MS = 250

export interface RaceHost {
  /** One connection has won, and the others are gone. */
  onWon(secured: SecuredSocket, endpoint: Endpoint): void
  /** Every connection has failed. */
  onLost(reason: string): void
}

export interface Runners {
  readonly endpoints: readonly Endpoint[]
  /** Our own public key, 64 hex digits: an address at which we reach ourselves does not win over others. */
  readonly own: string
  /** The only key that may win over other addresses; null: any key. */
  readonly expect: string | null
}

export class DialRace {
  readonly #runners: Runners
  readonly #security: Security
  readonly #readBuffer: Uint8Array
  readonly #host: RaceHost
  readonly #open = new Set<net.Socket>()
  readonly #failures: string[] = []
  #next = 0
  #timer: NodeJS.Timeout | null = null
  #over = false
  #winner: net.Socket | null = null

  constructor(runners: Runners, security: Security, readBuffer: Uint8Array, host: RaceHost) {
    this.#runners = runners
    this.#security = security
    this.#readBuffer = readBuffer
    this.#host = host
  }

  start(): void {
    this.#startNext()
  }

  /** Whether a connection has won. */
  get isWon(): boolean {
    return this.#winner !== null
  }

  /** Ends every connection, the winner's too, and reports nothing. */
  destroy(): void {
    this.#finish(null)
    this.#winner?.destroy()
  }

  #startNext(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    const endpoint = this.#runners.endpoints[this.#next++]
    if (endpoint === undefined) return this.#loseIfLast()
    if (this.#next < this.#runners.endpoints.length) this.#timer = setTimeout(() => this.#startNext(), NEXT_ATTEMPT_MS)
    this.#attempt(endpoint)
  }

  #attempt(endpoint: Endpoint): void {
    let settled = false
    const fail = (reason: string): void => {
      if (settled) return
      settled = true
      socket.on('error', () => undefined).destroy()
      this.#open.delete(socket)
      if (!this.#over) this.#onFailed(reason)
    }
    const won = (secured: SecuredSocket): void => {
      const objection = this.#objectionTo(secured)
      if (settled || this.#over) return
      if (objection !== null) return fail(objection)
      settled = true
      this.#winner = socket
      this.#finish(socket)
      this.#host.onWon(secured, endpoint)
    }
    const socket = dialSocket(endpoint, this.#security, this.#readBuffer, won, fail)
    this.#open.add(socket)
    socket.once('close', () => fail('connection-lost'))
  }

  /** If there is only one address, we tell its peer over the link what is wrong with it. */
  #objectionTo({ peerKey }: SecuredSocket): string | null {
    const { endpoints, own, expect } = this.#runners
    if (peerKey === null || endpoints.length === 1) return null
    const key = toHex(peerKey, 0, peerKey.length)
    if (key === own) return 'self'
    return expect === null || expect === key ? null : 'wrong-identity'
  }

  #onFailed(reason: string): void {
    this.#failures.push(reason)
    this.#startNext()
  }

  #loseIfLast(): void {
    if (this.#over || this.#open.size > 0) return
    this.#over = true
    // Report the most telling of several reasons. That we reached ourselves says least about the others.
    const reason = this.#failures.findLast((each) => each !== 'self') ?? this.#failures.at(-1)
    this.#host.onLost(reason ?? 'no-address')
  }

  /** Ends all connections but `winner`. */
  #finish(winner: net.Socket | null): void {
    this.#over = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    for (const socket of this.#open) if (socket !== winner) socket.on('error', () => undefined).destroy()
    this.#open.clear()
  }
}
