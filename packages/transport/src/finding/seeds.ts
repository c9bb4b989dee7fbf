// DNS seeds: names under which somebody lists nodes of a network, as SRV records (_floodnet._tcp.NAME) and TXT records
// (NAME: 'floodnet=host:port', or a ticket). They yield candidates. We look them up while the node has no neighbours,
// less and less often.

import type { SrvRecord } from 'node:dns'
import {
  type Candidate,
  decodeTicket,
  formatAddress,
  isDialable,
  isTicket,
  parseAddress,
  type Ticket
} from '@floodnet/core'
import { LookupError, type NameResolver } from './name-resolver.ts'

const SERVICE = '_floodnet._tcp'
const TXT_PREFIX = 'floodnet='
/** We cut longer lists: at most sixteen dials are under way. A guess: four times that. */
const MAX_RECORDS = 64
/** The same as the join actor's pauses between dials. */
const RETRY_MIN_MS = 1_000
const RETRY_MAX_MS = 60_000

export interface SeedsHost {
  onCandidates(found: readonly Candidate[]): void
  /** `count` candidates, or none for a reason. */
  onOutcome(name: string, count: number, reason: string | null): void
  /** Whether a ticket found there is for this network. */
  isOurs(ticket: Ticket): boolean
}

export class DnsSeeds {
  readonly #names: readonly string[]
  readonly #resolver: NameResolver
  readonly #host: SeedsHost
  #nextMs = Number.NEGATIVE_INFINITY
  #pauseMs = RETRY_MIN_MS
  #asking = false

  constructor(names: readonly string[], resolver: NameResolver, host: SeedsHost) {
    this.#names = names
    this.#resolver = resolver
    this.#host = host
  }

  /** Looks again if it is time to. A node with neighbours finds others through them. */
  tick(neighbours: number, nowMs: number): void {
    if (neighbours > 0) {
      this.#pauseMs = RETRY_MIN_MS
      return
    }
    if (this.#asking || nowMs < this.#nextMs) return
    this.#nextMs = nowMs + this.#pauseMs
    this.#pauseMs = Math.min(RETRY_MAX_MS, 2 * this.#pauseMs)
    void this.#askAll()
  }

  async #askAll(): Promise<void> {
    this.#asking = true
    await Promise.all(this.#names.map((name) => this.#ask(name)))
    this.#asking = false
  }

  /** Each record brings its candidates as soon as they are known: a silent server for one holds up no other. */
  async #ask(name: string): Promise<void> {
    const results = await Promise.all([this.#bring(this.#services(name)), this.#bring(this.#texts(name))])
    const count = results.reduce((sum, result) => sum + result.count, 0)
    const reasons = results.flatMap(({ reason }) => (reason === null ? [] : [reason]))
    if (reasons.includes('lookup-cancelled')) return
    const reason = reasons.find((each) => each !== 'name-not-found') ?? 'no-records'
    this.#host.onOutcome(name, count, count > 0 ? null : reason)
  }

  async #bring(list: Promise<Promise<Candidate[]>[]>): Promise<{ count: number; reason: string | null }> {
    try {
      const counts = (await list).map(async (finding) => {
        const found = await finding
        if (found.length > 0) this.#host.onCandidates(found)
        return found.length
      })
      return { count: (await Promise.all(counts)).reduce((sum, count) => sum + count, 0), reason: null }
    } catch (error) {
      if (!(error instanceof LookupError)) throw error
      return { count: 0, reason: error.reason }
    }
  }

  /** A record's host may itself be a name; one that is not found does not spoil the others. */
  async #services(name: string): Promise<Promise<Candidate[]>[]> {
    const records = await this.#resolver.services(`${SERVICE}.${name}`)
    const wanted = records.sort((a, b) => a.priority - b.priority).slice(0, MAX_RECORDS)
    return wanted.map((record) => this.#addressesOf(record))
  }

  async #addressesOf({ name, port }: SrvRecord): Promise<Candidate[]> {
    const hosts = await this.#resolver.lookUp(name).catch(() => [])
    return hosts.map((host) => ({ address: formatAddress({ host, port }), peer: null })).filter(isCandidate)
  }

  async #texts(name: string): Promise<Promise<Candidate[]>[]> {
    const texts = await this.#resolver.texts(name)
    return texts.slice(0, MAX_RECORDS).map((text) => this.#candidatesIn(text))
  }

  async #candidatesIn(text: string): Promise<Candidate[]> {
    if (text.startsWith(TXT_PREFIX)) {
      const address = parseAddress(text.slice(TXT_PREFIX.length))
      return address === null
        ? []
        : this.#addressesOf({ name: address.host, port: address.port, priority: 0, weight: 0 })
    }
    const ticket = isTicket(text) ? decodeTicket(text) : null
    if (ticket === null || typeof ticket === 'string' || !this.#host.isOurs(ticket)) return []
    return ticket.peers.map(({ id: peer, address }) => ({ address, peer })).filter(isCandidate)
  }
}

function isCandidate({ address }: Candidate): boolean {
  return isDialable(address)
}
