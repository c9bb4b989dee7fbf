// How sockets come into a worker: dialled or accepted, each with a deadline, until its link is open.
import type net from 'node:net'
import { formatAddress, type Limits, sourceOf, toHex } from '@floodnet/core'
import type { Endpoint } from '../../threads/messages.ts'
import type { ConnectedSocket } from './connected-socket.ts'
import { HalfOpen, type HalfOpenKey } from './half-open.ts'
import { HandshakeBudget } from './handshake-budget.ts'
import { DialRace } from './race.ts'
import { createListener, dialSocket, remoteEndpoint, type SecuredSocket, type Security } from './sockets.ts'

/** What the connector tells its worker. */
export interface ConnectorHost {
  /** The peer's key is proved. HELLO comes next, and the deadline runs until `opened`. */
  onSecured(origin: ConnectedSocket): void
  onDialFailed(dial: number, reason: string): void
  onRefused(remote: Endpoint, reason: string): void
  /** The deadline passed between `onSecured` and `opened`. False: no link has this origin. */
  onLate(key: HalfOpenKey): boolean
}

/** The most that one read brings: as much as Node reads at once. */
const READ_BYTES = 65_536

export class Connector {
  readonly #security: Security
  readonly #limits: Limits
  readonly #host: ConnectorHost
  readonly #halfOpen: HalfOpen
  readonly #budget = new HandshakeBudget(performance.now())
  readonly #readBuffer = new Uint8Array(READ_BYTES)
  readonly #own: string
  /** Dials whose link is not open yet. */
  readonly #races = new Map<number, DialRace>()
  /** Connections that only check whether a node answers. */
  readonly #checks = new Set<net.Socket>()
  #server: net.Server | null = null

  /** `own`: our public key, 64 hex digits. */
  constructor(own: string, security: Security, limits: Limits, host: ConnectorHost) {
    this.#own = own
    this.#security = security
    this.#limits = limits
    this.#host = host
    this.#halfOpen = new HalfOpen(limits.maxHandshakes)
  }

  /** Binds. Rejects with the system's error. */
  listen(endpoint: Endpoint, reusePort: boolean): Promise<Endpoint> {
    const server = createListener(
      this.#security,
      {
        admit: (socket) => this.#admit(socket),
        maySecure: (socket) => this.#maySecure(socket)
      },
      (secured) => this.#onAccepted(secured),
      (remote, reason) => this.#refuse(remote, reason)
    )
    return new Promise((resolve, reject) => {
      server.once('error', reject)
      // Node supports `reusePort` from 22.12 on; the types of Node 20 lack it.
      server.listen({ ...endpoint, reusePort } as net.ListenOptions, () => {
        server.off('error', reject)
        this.#server = server
        const { address, port } = server.address() as net.AddressInfo
        resolve({ host: address, port })
      })
    })
  }

  /** `endpoints`: where the peer may be, the likeliest first. */
  dial(dial: number, endpoints: readonly Endpoint[], expect: string | null): void {
    const race = new DialRace({ endpoints, own: this.#own, expect }, this.#security, this.#readBuffer, {
      onWon: (secured, remote) => this.#host.onSecured({ secured, dial, expect, remote }),
      onLost: (reason) => this.#failDial(dial, reason)
    })
    this.#races.set(dial, race)
    const onTimeout = (): void => {
      if (!this.#host.onLate(dial)) this.#failDial(dial, 'timeout')
    }
    this.#halfOpen.add(dial, race, null, { timeoutMs: this.#limits.dialTimeoutMs, onTimeout, onPushedOut: onTimeout })
    race.start()
  }

  /** Ends a dial whose link is not open yet. Its failure is reported like any other. */
  cancelDial(dial: number): void {
    // A link that is not open yet reports its own end.
    if (this.#races.get(dial)?.isWon) this.#halfOpen.remove(dial)?.destroy()
    else if (this.#races.has(dial)) this.#failDial(dial, 'connection-lost')
  }

  /** Opens one connection, which ends once its peer has proved its key. Without TLS, no peer can. */
  answersAt(endpoint: Endpoint, expect: string): Promise<boolean> {
    if (this.#security === null) return Promise.resolve(false)
    return new Promise((resolve) => {
      const settle = (isReached: boolean): void => {
        clearTimeout(timer)
        this.#checks.delete(socket)
        socket.on('error', () => undefined).destroy()
        resolve(isReached)
      }
      const timer = setTimeout(() => settle(false), this.#limits.dialTimeoutMs)
      const socket = dialSocket(
        endpoint,
        this.#security,
        this.#readBuffer,
        ({ peerKey }) => settle(peerKey !== null && toHex(peerKey) === expect),
        () => settle(false)
      )
      this.#checks.add(socket)
      socket.once('close', () => settle(false))
    })
  }

  /** A link is open or gone, so its deadline no longer applies. */
  settled({ dial, remote }: ConnectedSocket): void {
    this.#halfOpen.remove(dial ?? formatAddress(remote))
    if (dial !== null) this.#races.delete(dial)
  }

  /** Stops accepting, and drops everything half-open. */
  close(): Promise<void> {
    this.#halfOpen.destroyAll()
    for (const socket of this.#checks) socket.destroy()
    const server = this.#server
    if (server === null) return Promise.resolve()
    return new Promise((resolve) => server.close(() => resolve()))
  }

  #failDial(dial: number, reason: string): void {
    this.#halfOpen.remove(dial)
    this.#races.get(dial)?.destroy()
    this.#races.delete(dial)
    this.#host.onDialFailed(dial, reason)
  }

  #admit(socket: net.Socket): boolean {
    socket.on('error', () => undefined)
    // It was reset before we accepted it: it no longer has an address, and there is nothing to report.
    if (socket.remoteAddress === undefined) return this.#dropUnseen(socket)
    const remote = remoteEndpoint(socket)
    const key = formatAddress(remote)
    const admitted = this.#halfOpen.add(key, socket, sourceOf(remote.host), {
      timeoutMs: this.#limits.handshakeTimeoutMs,
      onTimeout: () => this.#onAcceptedLate(key, remote),
      onPushedOut: () => this.#onPushedOut(key, remote)
    })
    if (!admitted) return this.#dropCrowded(socket, remote)
    socket.once('close', () => {
      if (this.#halfOpen.closed(key)) this.#host.onRefused(remote, 'connection-lost')
    })
    return true
  }

  /** The first bytes of a socket have arrived, and OpenSSL would start to work. */
  #maySecure(socket: net.Socket): boolean {
    const remote = remoteEndpoint(socket)
    this.#halfOpen.spoke(formatAddress(remote))
    if (this.#budget.take(remote.host, performance.now())) return true
    this.#halfOpen.remove(formatAddress(remote))
    return this.#dropCrowded(socket, remote)
  }

  #dropCrowded(socket: net.Socket, remote: Endpoint): false {
    this.#host.onRefused(remote, 'too-many-handshakes')
    socket.destroy()
    return false
  }

  /** If there is a link by now, it reports its own end. */
  #onPushedOut(key: string, remote: Endpoint): void {
    if (this.#host.onLate(key)) return
    this.#halfOpen.remove(key)?.destroy()
    this.#host.onRefused(remote, 'too-many-handshakes')
  }

  #dropUnseen(socket: net.Socket): false {
    socket.destroy()
    this.#host.onRefused({ host: '', port: 0 }, 'connection-lost')
    return false
  }

  #onAccepted(secured: SecuredSocket): void {
    const remote = remoteEndpoint(secured.socket)
    this.#halfOpen.linked(formatAddress(remote))
    this.#host.onSecured({ secured, dial: null, expect: null, remote })
  }

  /** Reports one reason only; whatever closes the socket afterwards is not another. */
  #refuse(remote: Endpoint, reason: string): void {
    this.#halfOpen.remove(formatAddress(remote))
    this.#host.onRefused(remote, reason)
  }

  #onAcceptedLate(key: string, remote: Endpoint): void {
    if (this.#host.onLate(key)) return
    this.#halfOpen.remove(key)?.destroy()
    this.#host.onRefused(remote, 'handshake-timeout')
  }
}
