// Keeps one port of ours mapped on a router: finds the router, asks it to map the port, asks a neighbour whether the
// mapping leads here, renews it, and removes it at the end. We show what the router says, but tell others only what a
// neighbour reached.
import { networkInterfaces } from 'node:os'
import { formatAddress, ipBytes, messageOf, parseAddress } from '@floodnet/core'
import type { NetworkEvents } from '../../api.ts'
import { settledWithin } from '../../threads/settled-within.ts'
import type { DialBackResult } from '../dial-back.ts'
import { type Gateway, type Mapped, MappingError } from './gateway.ts'
import { type GatewayAddress, gatewayAddresses, isPrivate } from './gateway-addresses.ts'
import { findNatPmp } from './nat-pmp.ts'
import { searchGateways } from './ssdp.ts'
import { findUpnp } from './upnp.ts'

/** What libtorrent asks for: after a crash the port stays open for at most this long. */
const LEASE_S = 3_600
/** RFC 6886: renew when half of the time is over. At most once a second, whatever the router grants. */
const RENEW_SHARE = 2
const MIN_RENEW_MS = 1_000
/** Until we try again a router that is missing or refuses. A guess: somebody may switch it on. */
const RETRY_MS = 300_000
/** How often we check whether there is a neighbour to ask, and whether our own address is still ours. */
const LOOK_MS = 2_000
/** Until we check again a mapping that nobody reached. A guess: routers take seconds, other causes stay. */
const RECHECK_MS = 60_000
/** Ports that we try if somebody else has the wanted one. A guess. */
const MAX_PORTS = 4
const FIRST_FREE_PORT = 49_152
/** How long `close` waits for the router. A guess: twice the worst time of an answer would keep a user waiting. */
const CLOSE_MS = 3_000

export type MappingStep = NetworkEvents['mapping']

export interface PortKeeperHost {
  onStep(step: MappingStep): void
  /** Where a neighbour has reached us; null: no longer. */
  onReachable(address: string | null): void
  /** Whether this port of the host that neighbours see leads here. */
  ask(port: number): Promise<DialBackResult>
}

interface Mapping extends Mapped {
  readonly gateway: Gateway
  /** Our own address, where the mapping leads. */
  readonly client: string
}

export class PortKeeper {
  readonly #bound: { readonly host: string; readonly port: number }
  readonly #host: PortKeeperHost
  readonly #running: Promise<void>
  /** The last report: the same problem is not reported again. */
  #told = ''
  #wake = (): void => undefined
  #closed = false

  constructor(bound: { readonly host: string; readonly port: number }, host: PortKeeperHost) {
    this.#bound = bound
    this.#host = host
    this.#running = this.#run().catch((error: unknown) => this.#tell('failed', null, messageOf(error)))
  }

  /** Removes the mapping. Resolves when that is done, or has taken too long. */
  async close(): Promise<void> {
    this.#closed = true
    this.#wake()
    await settledWithin(CLOSE_MS, this.#running)
  }

  async #run(): Promise<void> {
    while (!this.#closed) {
      const mapping = await this.#obtain()
      if (mapping !== null) await this.#keep(mapping)
      await this.#untilRetry()
    }
  }

  /** Ends sooner if the machine moves to another network. */
  async #untilRetry(): Promise<void> {
    const [before, startMs] = [ownAddresses().join(), performance.now()]
    do await this.#pause(LOOK_MS)
    while (!this.#closed && performance.now() - startMs < RETRY_MS && ownAddresses().join() === before)
  }

  /** The first router that maps our port; null: none does, and the reason has been reported. */
  async #obtain(): Promise<Mapping | null> {
    const reasons: string[] = []
    for (const address of await gatewayAddresses(this.#bound.host)) {
      for (const gateway of await this.#gatewaysAt(address, reasons)) {
        if (this.#closed) return null
        const client = address.network.address
        const mapped = await this.#mapOn(gateway).catch((error: unknown) => void reasons.push(reasonOf(error)))
        if (!mapped) continue
        const mapping = { ...mapped, gateway, client }
        this.#tell(
          'mapped',
          mapping,
          mapped.outside !== null && isPrivate(mapped.outside) ? 'outside-is-private' : null
        )
        return mapping
      }
    }
    // A refusal is more telling than silence.
    this.#tell('failed', null, reasons.find((each) => each !== 'gateway-silent') ?? reasons[0] ?? 'no-private-network')
    return null
  }

  async #gatewaysAt({ gateway, network }: GatewayAddress, reasons: string[]): Promise<Gateway[]> {
    const silent = (error: unknown): null => {
      reasons.push(reasonOf(error))
      return null
    }
    const pmp = await findNatPmp(gateway, network.address).catch(silent)
    if (pmp !== null || this.#closed) return pmp === null ? [] : [pmp]
    const descriptions = await searchGateways(network)
    const found = await Promise.all(descriptions.map((url) => findUpnp(url, network.address).catch(silent)))
    return found.filter((each) => each !== null)
  }

  /** Maps the wanted port, or another if that is taken. */
  async #mapOn(gateway: Gateway): Promise<Mapped> {
    const { port } = this.#bound
    for (let tries = 1; ; tries++) {
      const outer = tries === 1 ? port : FIRST_FREE_PORT + Math.floor(Math.random() * (65_536 - FIRST_FREE_PORT))
      try {
        return await gateway.map(port, outer, LEASE_S)
      } catch (error) {
        if (reasonOf(error) !== 'ports-taken' || tries === MAX_PORTS || this.#closed) throw error
      }
    }
  }

  /** Until it is lost, or the node ends. */
  async #keep(first: Mapping): Promise<void> {
    let mapping: Mapping | null = first
    let renewedMs = performance.now()
    let checkMs = renewedMs
    while (mapping !== null && !this.#closed) {
      const now = performance.now()
      if (!isOurs(mapping.client)) return this.#lose(mapping, 'address-gone')
      if (now >= renewedMs + renewMs(mapping)) {
        const renewed: Mapping | null = await this.#renew(mapping)
        if (renewed === null && now >= renewedMs + leaseMs(mapping)) return this.#lose(mapping, 'lease-over')
        if (renewed !== null) {
          // Another port is another address, which nobody has checked.
          if (renewed.port !== mapping.port) this.#host.onReachable(null)
          ;[mapping, renewedMs, checkMs] = [renewed, now, now]
        }
      }
      if (now >= checkMs) checkMs = now + (await this.#check(mapping))
      await this.#pause(Math.min(LOOK_MS, renewMs(mapping)))
    }
    if (mapping !== null) await this.#remove(mapping)
  }

  async #renew(mapping: Mapping): Promise<Mapping | null> {
    try {
      const renewed = { ...mapping, ...(await mapping.gateway.map(this.#bound.port, mapping.port, LEASE_S)) }
      this.#tell('renewed', renewed, null)
      return renewed
    } catch (error) {
      this.#tell('failed', mapping, reasonOf(error))
      return null
    }
  }

  /** How long the outcome holds, in ms. */
  async #check(mapping: Mapping): Promise<number> {
    const result = await this.#host.ask(mapping.port)
    if (this.#closed) return 0
    if (result.kind === 'reached') {
      const seen = parseAddress(result.address)?.host
      this.#tell('reached', mapping, seen === mapping.outside ? null : 'address-differs', result.address)
      this.#host.onReachable(result.address)
      return Number.POSITIVE_INFINITY
    }
    this.#tell('failed', mapping, result.kind)
    if (result.kind === 'not-reached') this.#host.onReachable(null)
    return result.kind === 'nobody-to-ask' ? LOOK_MS : RECHECK_MS
  }

  #lose(mapping: Mapping, reason: string): void {
    this.#tell('lost', mapping, reason)
    this.#host.onReachable(null)
  }

  async #remove(mapping: Mapping): Promise<void> {
    try {
      await mapping.gateway.unmap(this.#bound.port, mapping.port)
      this.#tell('removed', mapping, null)
    } catch (error) {
      this.#tell('failed', mapping, reasonOf(error))
    }
  }

  #tell(phase: MappingStep['phase'], mapping: Mapping | null, reason: string | null, reached?: string): void {
    const address = reached ?? addressOf(mapping)
    const { protocol = null, host: gateway = null } = mapping?.gateway ?? {}
    const key = `${phase} ${gateway} ${address} ${reason}`
    if (phase === 'failed' && key === this.#told) return
    this.#told = key
    this.#host.onStep({ phase, protocol, gateway, address, ...(reason === null ? {} : { reason }) })
  }

  #pause(ms: number): Promise<void> {
    if (this.#closed) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}

/** As the router says, if it is an address. */
function addressOf(mapping: Mapping | null): string | null {
  if (mapping === null || mapping.outside === null || ipBytes(mapping.outside) === null) return null
  return formatAddress({ host: mapping.outside, port: mapping.port })
}

function reasonOf(error: unknown): string {
  return error instanceof MappingError ? error.reason : messageOf(error)
}

function leaseMs({ leaseS }: Mapped): number {
  return (leaseS === 0 ? LEASE_S : leaseS) * 1_000
}

function renewMs(mapped: Mapped): number {
  return Math.max(MIN_RENEW_MS, leaseMs(mapped) / RENEW_SHARE)
}

function isOurs(client: string): boolean {
  return ownAddresses().includes(client)
}

function ownAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((list = []) => list.map(({ address }) => address))
}
