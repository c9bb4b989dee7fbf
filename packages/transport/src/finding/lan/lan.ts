// Discovery on the local networks: one speaker for each, as networks come and go. It finds candidates.
import { networkInterfaces } from 'node:os'
import { type Candidate, formatAddress } from '@floodnet/core'
import { type LocalNetwork, localNetworks } from './interfaces.ts'
import type { Announced } from './packets.ts'
import { type Self, Speaker } from './speaker.ts'

/** How often we look at the machine's networks. As often as multicast-dns does. */
const LOOK_MS = 5_000
/** A machine with more networks than this mostly has them for containers. A guess. */
const MAX_NETWORKS = 16

/**
 * How long a node heard over IPv6 may take to be heard over IPv4 too. A guess: answers come within 120 ms. We cannot
 * tell others a link-local IPv6 address, so we dial a node that has both by IPv4.
 */
const PREFER_V4_MS = 1_500
/** Nodes on one local network that we remember. A guess: far more than any network has. */
const MAX_REMEMBERED = 1_000

export interface LanHost {
  onCandidates(network: string, found: readonly Candidate[]): void
  /** We now look at a network (`reason` null), or `reason` prevents us. */
  onState(network: string, reason: string | null): void
}

export interface LanSelf {
  readonly id: string
  readonly networkId: Uint8Array
  /** Where the node listens; null: it does not, and is not announced. */
  readonly bound: { readonly host: string; readonly port: number } | null
}

export class LanDiscovery {
  readonly #self: LanSelf
  readonly #host: LanHost
  readonly #speakers = new Map<string, Speaker>()
  readonly #make: ConstructorParameters<typeof Speaker>[0]
  /** Nodes heard over IPv4. */
  readonly #overV4 = new Set<string>()
  #timer: NodeJS.Timeout | null = null
  #closed = false

  private constructor(make: ConstructorParameters<typeof Speaker>[0], self: LanSelf, host: LanHost) {
    this.#make = make
    this.#self = self
    this.#host = host
  }

  /** Loads its dependencies only if it is wanted. */
  static async start(self: LanSelf, host: LanHost): Promise<LanDiscovery> {
    const { default: make } = await import('multicast-dns')
    const lan = new LanDiscovery(make, self, host)
    lan.#look()
    lan.#timer = setInterval(() => lan.#look(), LOOK_MS)
    return lan
  }

  async close(): Promise<void> {
    this.#closed = true
    if (this.#timer !== null) clearInterval(this.#timer)
    await Promise.all([...this.#speakers.values()].map((speaker) => speaker.close()))
  }

  #look(): void {
    const present = localNetworks(networkInterfaces(), this.#self.bound?.host ?? null).slice(0, MAX_NETWORKS)
    for (const [key, speaker] of this.#speakers) {
      if (present.some((network) => keyOf(network) === key)) continue
      this.#speakers.delete(key)
      void speaker.close()
      this.#host.onState(speaker.network.name, 'interface-gone')
    }
    for (const network of present) if (!this.#speakers.has(keyOf(network))) this.#add(network)
    if (this.#speakers.size === 0) this.#host.onState('', 'no-interface')
  }

  #add(network: LocalNetwork): void {
    const { id, networkId, bound } = this.#self
    const self: Self = bound === null ? null : { id, port: bound.port }
    const speaker = new Speaker(this.#make, network, networkId, self, {
      onAnnounced: (found, host) => this.#onAnnounced(network, found, host),
      onTrouble: (reason) => !this.#closed && this.#host.onState(network.name, reason)
    })
    this.#speakers.set(keyOf(network), speaker)
    this.#host.onState(network.name, null)
    speaker.start()
  }

  #onAnnounced(network: LocalNetwork, found: readonly Announced[], host: string): void {
    const others = found.filter(({ id }) => id !== this.#self.id)
    if (network.zone !== null) return void setTimeout(() => this.#bring(network, others, host), PREFER_V4_MS).unref()
    for (const { id } of others) if (this.#overV4.size < MAX_REMEMBERED) this.#overV4.add(id)
    this.#bring(network, others, host)
  }

  #bring({ name, zone }: LocalNetwork, found: readonly Announced[], host: string): void {
    const wanted = found.filter(({ id }) => zone === null || !this.#overV4.has(id))
    if (this.#closed || wanted.length === 0) return
    const candidates = wanted.map(({ id: peer, port }) => ({ address: formatAddress({ host, port }), peer }))
    this.#host.onCandidates(name, candidates)
  }
}

function keyOf({ name, address }: { name: string; address: string }): string {
  return `${name} ${address}`
}
