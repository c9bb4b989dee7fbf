// Serves one local network: asks who is there, announces us, and answers questions. One socket of multicast-dns.
import { createSocket, type RemoteInfo } from 'node:dgram'
import type makeMdns from 'multicast-dns'
import { isOn, type LocalNetwork } from './interfaces.ts'
import { type Announced, announcedIn, announcement, browseName, isAsked, question } from './packets.ts'

const MDNS_PORT = 5353
/** RFC 6762's group for IPv6; multicast-dns knows the one for IPv4. */
const V6_GROUP = 'ff02::fb'
/** A new IPv6 address cannot send until the system has checked that it is unique (RFC 4862), 1 to 2 s. */
const SETTLE_MS = 2_500
/** The first packets may be lost, or come before the others listen: RFC 6762 repeats them after a second. */
const FIRST_MS = [0, 1_000, 3_000] as const
/**
 * The period at rest. A guess: five nodes that each ask once a minute and answer the others make less than half a
 * packet a second.
 */
const REST_MS = 60_000
/** RFC 6762 spreads answers over 20 to 120 ms, and answers the same question at most once a second. */
const ANSWER_MIN_MS = 20
const ANSWER_SPREAD_MS = 100
const ANSWER_PAUSE_MS = 1_000

export interface SpeakerHost {
  onAnnounced(found: readonly Announced[], host: string): void
  /** It cannot go on, or only in part. */
  onTrouble(reason: string): void
}

/** The node to announce on this network; null: nobody, the node only looks. */
export type Self = Announced | null

type Mdns = ReturnType<typeof makeMdns>

export class Speaker {
  readonly network: LocalNetwork
  readonly #make: typeof makeMdns
  readonly #browse: string
  readonly #self: Self
  readonly #host: SpeakerHost
  readonly #timers = new Set<NodeJS.Timeout>()
  #mdns: Mdns | null = null
  #answeredMs = Number.NEGATIVE_INFINITY
  #startedMs = 0
  #closed = false

  constructor(make: typeof makeMdns, network: LocalNetwork, networkId: Uint8Array, self: Self, host: SpeakerHost) {
    this.#make = make
    this.network = network
    this.#browse = browseName(networkId)
    this.#self = self
    this.#host = host
  }

  start(): void {
    this.#startedMs = performance.now()
    this.#open(MDNS_PORT)
  }

  /** Says goodbye and ends. */
  close(): Promise<void> {
    this.#closed = true
    for (const timer of this.#timers) clearTimeout(timer)
    const mdns = this.#mdns
    if (mdns === null) return Promise.resolve()
    const end = (): Promise<void> => new Promise((resolve) => mdns.destroy(() => resolve()))
    if (this.#self === null) return end()
    const goodbye = announcement(this.#browse, this.#self, 0)
    return new Promise<void>((resolve) => mdns.respond(goodbye, () => resolve())).then(end)
  }

  /** From port 5353, or from any port if another program keeps that one for itself; then answers come to us alone. */
  #open(port: number): void {
    const { address, zone } = this.network
    const type = zone === null ? 'udp4' : 'udp6'
    const socket = createSocket({ type, reuseAddr: true, ipv6Only: zone !== null })
    const place = zone === null ? { interface: address } : { interface: `::%${zone}`, ip: V6_GROUP }
    const mdns = this.#make({ socket, type, ...place, bind: false, loopback: true })
    this.#mdns = mdns
    mdns.on('error', (error) => this.#onError(error, port))
    mdns.on('warning', (error) => this.#onWarning(error))
    mdns.on('query', (query, remote) => isAsked(this.#browse, query) && this.#onAsked(remote))
    mdns.on('response', (response, remote) => this.#onAnswer(announcedIn(this.#browse, response), remote))
    socket.bind(port, () => {
      if (!this.#closed) for (const ms of FIRST_MS) this.#after(ms, () => this.#speak())
      this.#after(REST_MS * (0.75 + Math.random() / 2), () => this.#rest())
    })
  }

  #speak(): void {
    if (this.#self !== null) this.#mdns?.respond(announcement(this.#browse, this.#self), (error) => this.#sent(error))
    this.#mdns?.query(question(this.#browse), (error) => this.#sent(error))
  }

  #rest(): void {
    this.#mdns?.query(question(this.#browse), (error) => this.#sent(error))
    this.#after(REST_MS * (0.75 + Math.random() / 2), () => this.#rest())
  }

  #onAsked(remote: RemoteInfo): void {
    const self = this.#self
    if (self === null || !isOn(this.network, remote.address)) return
    const now = performance.now()
    // A node that asks from another port hears no multicast, so we answer it directly (RFC 6762, section 6.7).
    const alone = remote.port === MDNS_PORT ? undefined : { address: remote.address, port: remote.port }
    if (alone === undefined && now - this.#answeredMs < ANSWER_PAUSE_MS) return
    if (alone === undefined) this.#answeredMs = now
    this.#after(ANSWER_MIN_MS + Math.random() * ANSWER_SPREAD_MS, () => {
      const answer = announcement(this.#browse, self)
      if (alone === undefined) this.#mdns?.respond(answer, (error) => this.#sent(error))
      else this.#mdns?.respond(answer, alone as never, (error) => this.#sent(error))
    })
  }

  #onAnswer(found: readonly Announced[], { address }: RemoteInfo): void {
    if (found.length > 0 && isOn(this.network, address)) this.#host.onAnnounced(found, address)
  }

  #onError(error: Error, port: number): void {
    const { code } = error as NodeJS.ErrnoException
    this.#host.onTrouble(code === 'EADDRINUSE' || code === 'EACCES' ? 'port-5353-taken' : (code ?? error.message))
    if (port === 0 || this.#closed) return
    this.#mdns?.destroy()
    this.#open(0)
  }

  /** Anybody may send bytes that are not DNS; we report only what the system says about our socket. */
  #onWarning(error: Error): void {
    const { code, syscall } = error as NodeJS.ErrnoException
    if (code !== undefined && syscall !== undefined) this.#host.onTrouble(`${syscall} ${code}`)
  }

  #sent(error: Error | null | undefined): void {
    if (!error || this.#closed) return
    const { code } = error as NodeJS.ErrnoException
    const isSettling = code === 'EADDRNOTAVAIL' && performance.now() - this.#startedMs < SETTLE_MS
    if (!isSettling) this.#host.onTrouble(code ?? error.message)
  }

  #after(ms: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      if (!this.#closed) act()
    }, ms)
    this.#timers.add(timer)
  }
}
