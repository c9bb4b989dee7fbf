// Carries out what the join actor decides: commands to the worker that holds the link, and events to the program.
import { ipBytes, isDialable, isLoopback, type JoinEffect, type JoinEvent, parseAddress, reachOf } from '@floodnet/core'
import { LookupError, type NameResolver } from '../finding/name-resolver.ts'
import type { EventHub } from '../telemetry/event-hub.ts'
import type { Endpoint, ToWorker } from '../threads/messages.ts'
import type { WorkerPool } from '../threads/worker-pool.ts'
import type { EntryOutcomes } from './entry-outcomes.ts'
import type { JoinActor } from './join-actor.ts'
import type { PeerTable } from './peer-table.ts'

/** What the effects act on. */
export interface JoinParts {
  readonly pool: WorkerPool
  readonly peers: PeerTable
  readonly actor: JoinActor
  readonly hub: EventHub
  readonly names: NameResolver
  readonly entries: EntryOutcomes
}

export class JoinEffects {
  readonly #pool: WorkerPool
  readonly #peers: PeerTable
  readonly #actor: JoinActor
  readonly #hub: EventHub
  /** Plain TCP: dial only loopback addresses. */
  readonly #loopbackOnly: boolean
  /** The worker of each dial. */
  readonly #dials = new Map<number, number>()
  /** Neighbours whose link is not in the flood yet: they are up once the worker says so. */
  readonly #comingUp = new Set<number>()
  #turn = 0
  /** Dials whose name is being looked up. */
  readonly #lookUps = new Set<number>()
  readonly #names: NameResolver
  readonly #entries: EntryOutcomes

  constructor({ pool, peers, actor, hub, names, entries }: JoinParts, loopbackOnly: boolean) {
    this.#pool = pool
    this.#names = names
    this.#entries = entries
    this.#peers = peers
    this.#actor = actor
    this.#hub = hub
    this.#loopbackOnly = loopbackOnly
  }

  perform(effect: JoinEffect): void {
    switch (effect.kind) {
      case 'dial':
        return this.#dial(effect.dial, effect.address, effect.expect)
      case 'cancel-dial':
        return this.#cancelDial(effect.dial)
      case 'send':
        return this.#toLink(effect.link, { kind: 'join-packet', link: effect.link, packet: effect.packet })
      case 'activate':
        return this.#toLink(effect.link, { kind: 'activate', link: effect.link })
      case 'close':
        return this.#toLink(effect.link, { kind: 'close', link: effect.link, reason: effect.reason })
      case 'event':
        return this.#onEvent(effect.event)
    }
  }

  /** A dial has ended, either way. */
  dialEnded(dial: number): void {
    this.#dials.delete(dial)
  }

  /** The dials of a worker that crashed, which never end by themselves. */
  dialsOf(worker: number): number[] {
    return [...this.#dials].filter(([, at]) => at === worker).map(([dial]) => dial)
  }

  /** The worker has put the link into the flood. */
  onLinkActive(link: number): void {
    if (!this.#comingUp.delete(link)) return
    const peer = this.#peers.list(performance.now()).find(({ id }) => id === this.#peers.peerOf(link))
    if (peer === undefined) return
    const { id, address, direction } = peer
    this.#hub.emit('peer-up', { id, address, direction })
    this.#entries.onPeerUp(peer)
  }

  #dial(dial: number, address: string, expect: string | null): void {
    const endpoint = parseAddress(address)
    const refusal =
      endpoint === null || !isDialable(address)
        ? 'bad-address'
        : this.#loopbackOnly && ipBytes(endpoint.host) !== null && !isLoopback(endpoint.host)
          ? 'insecure-address'
          : null
    if (endpoint === null || refusal !== null)
      return this.#actor.send({ kind: 'dial-failed', dial, reason: refusal ?? 'bad-address' })
    if (ipBytes(endpoint.host) !== null) return this.#dialAny(dial, [endpoint], expect)
    this.#lookUps.add(dial)
    this.#names.lookUp(endpoint.host).then(
      (hosts) => {
        const { port } = endpoint
        if (this.#lookUps.delete(dial))
          this.#dialAny(
            dial,
            this.#allowed(hosts).map((host) => ({ host, port })),
            expect
          )
      },
      (error: unknown) => {
        const reason = error instanceof LookupError ? error.reason : 'name-not-found'
        if (this.#lookUps.delete(dial)) this.#actor.send({ kind: 'dial-failed', dial, reason })
      }
    )
  }

  /** The addresses of a name that we may dial. */
  #allowed(hosts: readonly string[]): string[] {
    return hosts.filter((host) => reachOf(host) !== 'nowhere' && (!this.#loopbackOnly || isLoopback(host)))
  }

  #dialAny(dial: number, endpoints: readonly Endpoint[], expect: string | null): void {
    const worker = this.#nextWorker()
    if (worker === null || endpoints.length === 0) {
      const reason = worker === null ? 'no-worker' : 'bad-address'
      return this.#actor.send({ kind: 'dial-failed', dial, reason })
    }
    this.#dials.set(dial, worker)
    this.#pool
      .call(worker, (control) => control.dial(dial, endpoints, expect))
      .catch(() => {
        if (this.#dials.delete(dial)) this.#actor.send({ kind: 'dial-failed', dial, reason: 'worker-crash' })
      })
  }

  #cancelDial(dial: number): void {
    this.#lookUps.delete(dial)
    const worker = this.#dials.get(dial)
    if (worker === undefined) return
    // A worker that is gone has no dial to cancel.
    this.#pool.call(worker, (control) => control.cancelDial(dial)).catch(() => undefined)
  }

  #nextWorker(): number | null {
    const { alive } = this.#pool
    return alive[this.#turn++ % Math.max(1, alive.length)] ?? null
  }

  #toLink(link: number, message: ToWorker): void {
    const worker = this.#peers.workerOf(link)
    if (worker !== null) this.#pool.post(worker, message)
  }

  #onEvent(event: JoinEvent): void {
    switch (event.kind) {
      case 'dial': {
        const { phase, address, attempt, reason } = event
        this.#hub.emit('dial', { phase, address, attempt, ...(reason === undefined ? {} : { reason }) })
        return this.#entries.onJoinEvent(event)
      }
      case 'guest-up':
      case 'guest-down':
        this.#hub.joins$.next(event)
        return this.#entries.onJoinEvent(event)
      case 'peer-up':
        this.#comingUp.add(event.link)
        return
      case 'peer-moved':
        this.#onPeerMoved(event.from, event.link)
        return this.#hub.joins$.next(event)
      case 'peer-down':
        return this.#onPeerDown(event.peer, event.link, event.reason)
      case 'link-refused':
        return this.#hub.emit('refused', {
          address: this.#addressOf(event.link),
          id: event.peer,
          reason: event.reason,
          by: 'peer'
        })
      default:
        return this.#hub.joins$.next(event)
    }
  }

  /** The neighbour moves to another link, which may already be in the flood. */
  #onPeerMoved(from: number, link: number): void {
    if (!this.#comingUp.delete(from)) return
    this.#comingUp.add(link)
    if (this.#peers.isActive(link)) this.onLinkActive(link)
  }

  #onPeerDown(id: string, link: number, reason: string): void {
    if (!this.#comingUp.delete(link)) this.#hub.emit('peer-down', { id, address: this.#addressOf(link), reason })
  }

  #addressOf(link: number): string {
    return this.#peers.addressOf(link) ?? ''
  }
}
