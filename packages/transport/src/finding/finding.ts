// How a node finds others without anybody typing an address, in one place: what is looked for where, and what came of it.
import { type Candidate, type JoinInput, type JoinState, joinDegree } from '@floodnet/core'
import type { NetworkEvents } from '../api.ts'
import type { EventHub } from '../telemetry/event-hub.ts'
import { addTo, type Counts } from '../threads/counters.ts'
import type { Entries } from './entries.ts'
import { NameResolver } from './name-resolver.ts'
import { isOf } from './network-of.ts'
import { DnsSeeds } from './seeds.ts'

/** How often it is looked whether anything is due. */
const TICK_MS = 1_000

/** Of a node's settings, those that finding follows. */
interface FindingSettings {
  readonly join: Entries
  readonly networkId: Uint8Array
}

/** The join actor, as finding sees it. */
interface Actor {
  readonly state: JoinState
  send(input: JoinInput): void
}

export class Finding {
  readonly names = new NameResolver()
  /** Outcomes by name, as `dns-found`. */
  readonly counts: Counts = {}
  readonly #settings: FindingSettings
  readonly #actor: Actor
  readonly #hub: EventHub
  readonly #seeds: DnsSeeds[] = []
  /** What was told last of each subject: the same again is counted, and not told. */
  readonly #told = new Map<string, string>()
  #timer: NodeJS.Timeout | null = null
  #closed = false

  constructor(settings: FindingSettings, actor: Actor, hub: EventHub) {
    this.#settings = settings
    this.#actor = actor
    this.#hub = hub
  }

  /** The node looks for neighbours from now on. */
  start(): void {
    this.#addSeeds(this.#settings.join.seeds)
  }

  /** The program names more. */
  connect({ addresses, pinned, seeds }: Entries): void {
    for (const address of addresses) this.#actor.send({ kind: 'connect', address })
    for (const { address, peer } of pinned) this.#actor.send({ kind: 'connect', address, peer })
    this.#addSeeds(seeds)
  }

  /** Gives up whatever is asked and looked for. */
  close(): void {
    this.#closed = true
    if (this.#timer !== null) clearInterval(this.#timer)
    this.names.close()
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

  #onOutcome(
    source: NetworkEvents['discovery']['source'],
    subject: string,
    count: number,
    reason: string | null
  ): void {
    const phase = reason === null ? 'found' : 'failed'
    addTo(this.counts, `${source}-${phase}`)
    const told = `${phase} ${count} ${reason ?? ''}`
    if (this.#closed || this.#told.get(`${source} ${subject}`) === told) return
    this.#told.set(`${source} ${subject}`, told)
    this.#hub.emit('discovery', { source, phase, subject, count, ...(reason === null ? {} : { reason }) })
  }
}
