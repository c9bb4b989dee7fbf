// How a node finds others without anybody typing an address, in one place: what it looks for where, and the results.
import { type Candidate, isLoopback, type JoinInput, type JoinState, joinDegree, messageOf } from '@floodnet/core'
import type { NetworkEvents } from '../api.ts'
import type { EventHub } from '../telemetry/event-hub.ts'
import { addTo, type Counts } from '../threads/counters.ts'
import type { Endpoint } from '../threads/messages.ts'
import type { WorkerPool } from '../threads/worker-pool.ts'
import { DialBack, type Links } from './dial-back.ts'
import type { Entries } from './entries.ts'
import { LanDiscovery, type LanSelf } from './lan/lan.ts'
import { NameResolver } from './name-resolver.ts'
import { isOf } from './network-of.ts'
import { PortKeeper } from './ports/port-keeper.ts'
import { DnsSeeds } from './seeds.ts'

/** How often it checks whether anything is due. */
const TICK_MS = 1_000
/** Names and interfaces that a program may have over its life. A guess: far more than any has. */
const MAX_TOLD = 1_000

type Discovery = NetworkEvents['discovery']

/** The settings of a node that finding uses. */
interface FindingSettings {
  readonly join: Entries
  readonly lan: boolean
  readonly mapPort: boolean
  readonly advertise: string | null
  readonly certificate: string | null
  readonly identity: { readonly id: string }
  readonly networkId: Uint8Array
}

/** The join actor, as finding sees it. */
interface Actor {
  readonly state: JoinState
  send(input: JoinInput): void
}

/** What finding works with. */
export interface FindingParts {
  readonly actor: Actor
  readonly hub: EventHub
  readonly pool: WorkerPool
  readonly peers: Links
  /** Where a neighbour has reached us over the port that a router has mapped; null: no longer. */
  readonly onReachable: (address: string | null) => void
}

export class Finding {
  readonly names = new NameResolver()
  /** Outcomes by name, such as `dns-found`. */
  readonly counts: Counts = {}
  readonly dialBack: DialBack
  readonly #settings: FindingSettings
  readonly #actor: Actor
  readonly #hub: EventHub
  readonly #parts: FindingParts
  readonly #seeds: DnsSeeds[] = []
  /** The last report on each subject: a repetition is counted but not reported. */
  readonly #told = new Map<string, number>()
  #timer: NodeJS.Timeout | null = null
  #lan: Promise<LanDiscovery | null> | null = null
  #ports: PortKeeper | null = null
  #closed = false

  constructor(settings: FindingSettings, parts: FindingParts) {
    this.#settings = settings
    this.#parts = parts
    this.dialBack = new DialBack(parts.pool, parts.peers, this.counts)
    this.#actor = parts.actor
    this.#hub = parts.hub
  }

  /** From now on the node looks for neighbours. `bound`: where it listens. */
  start(bound: Endpoint | null): void {
    this.#addSeeds(this.#settings.join.seeds)
    const { lan, identity, networkId } = this.#settings
    if (lan) this.#lan = this.#startLan({ id: identity.id, networkId, bound })
    if (this.#settings.mapPort) this.#startPorts(bound)
  }

  /** The program names more entries. */
  connect({ addresses, pinned, seeds }: Entries): void {
    for (const address of addresses) this.#actor.send({ kind: 'connect', address })
    for (const { address, peer } of pinned) this.#actor.send({ kind: 'connect', address, peer })
    this.#addSeeds(seeds)
  }

  /** Gives up all questions and searches. Resolves when none are left. */
  async close(): Promise<void> {
    this.#closed = true
    if (this.#timer !== null) clearInterval(this.#timer)
    this.names.close()
    this.dialBack.close()
    await Promise.all([this.#lan?.then((lan) => lan?.close()), this.#ports?.close()])
  }

  #startPorts(bound: Endpoint | null): void {
    const refusal = this.#whyNoMapping(bound)
    if (bound === null || refusal !== null) {
      const nothing = { protocol: null, gateway: null, address: null }
      return this.#onMapping({ phase: 'failed', ...nothing, reason: refusal ?? 'not-listening' })
    }
    this.#ports = new PortKeeper(bound, {
      onStep: (step) => this.#onMapping(step),
      onReachable: this.#parts.onReachable,
      ask: (port) => this.dialBack.ask(port)
    })
  }

  #whyNoMapping(bound: Endpoint | null): string | null {
    const { advertise, certificate } = this.#settings
    if (bound === null) return 'not-listening'
    if (isLoopback(bound.host)) return 'loopback-only'
    // Without TLS, nobody could prove that it was us they reached.
    if (certificate === null) return 'insecure'
    return advertise === null ? null : 'address-given'
  }

  #onMapping(step: NetworkEvents['mapping']): void {
    addTo(this.counts, `mapping-${step.phase}`)
    this.#hub.emit('mapping', step)
  }

  async #startLan(self: LanSelf): Promise<LanDiscovery | null> {
    try {
      return await LanDiscovery.start(self, {
        onCandidates: (network, found) => {
          this.#onCandidates(found)
          this.#onOutcome('lan', network, found.length, null)
        },
        onState: (network, reason) => this.#onLanState(network, reason)
      })
    } catch (error) {
      this.#onLanState('', messageOf(error))
      return null
    }
  }

  #onLanState(network: string, reason: string | null): void {
    if (reason === null) this.#tell('lan', 'started', network, 0, null)
    else this.#tell('lan', 'failed', network, 0, reason)
  }

  #tick(): void {
    const neighbours = joinDegree(this.#actor.state)
    for (const seeds of this.#seeds) seeds.tick(neighbours, performance.now())
  }

  #addSeeds(names: readonly string[]): void {
    if (names.length === 0) return
    const seeds = new DnsSeeds(names, this.names, {
      onCandidates: (found) => this.#onCandidates(found),
      onOutcome: (name, count, reason) => this.#onOutcome('dns', name, count, reason),
      isOurs: (ticket) => isOf(ticket, this.#settings.networkId)
    })
    this.#seeds.push(seeds)
    this.#timer ??= setInterval(() => this.#tick(), TICK_MS)
    seeds.tick(0, performance.now())
  }

  #onCandidates(found: readonly Candidate[]): void {
    if (!this.#closed) this.#actor.send({ kind: 'candidates', found })
  }

  #onOutcome(source: Discovery['source'], subject: string, count: number, reason: string | null): void {
    this.#tell(source, reason === null ? 'found' : 'failed', subject, count, reason)
  }

  #tell(
    source: Discovery['source'],
    phase: Discovery['phase'],
    subject: string,
    count: number,
    reason: string | null
  ): void {
    addTo(this.counts, `${source}-${phase}`)
    // Reports each problem of a subject once, until it is resolved; and the number of candidates, whenever it changes.
    const key = `${source} ${phase} ${subject} ${reason ?? ''}`
    if (this.#closed || this.#told.get(key) === count) return
    if (phase !== 'failed') this.#forgetTroubles(`${source} failed ${subject} `)
    if (this.#told.size < MAX_TOLD) this.#told.set(key, count)
    this.#hub.emit('discovery', { source, phase, subject, count, ...(reason === null ? {} : { reason }) })
  }

  #forgetTroubles(prefix: string): void {
    for (const key of this.#told.keys()) if (key.startsWith(prefix)) this.#told.delete(key)
  }
}
