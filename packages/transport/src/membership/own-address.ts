// The address at which others can dial us. A node bound to "any" host does not know it, but its peers see it, and
// report it.
import { isIP } from 'node:net'
import {
  formatAddress,
  isDialable,
  meansTheSame,
  netgroupOf,
  parseAddress,
  type Reach,
  reachOf,
  reachOfSocket
} from '@floodnet/core'
import type { Endpoint, LinkOpen } from '../threads/messages.ts'

const NEARNESS: Readonly<Record<Reach, number>> = { network: 0, link: 1, machine: 2, nowhere: 3 }

export class OwnAddress {
  readonly #fixed: string | null
  readonly #port: number | null
  /** Host seen over each link. */
  readonly #seen = new Map<number, { readonly host: string; readonly voter: string }>()
  #lastHost: string | null = null
  /**
   * Where a neighbour has reached us over the port that a router has mapped. It takes precedence over everything else.
   */
  mapped: string | null = null

  /** `advertise`: the program's choice. `bound` null: the node does not listen. */
  constructor(bound: Endpoint | null, advertise: string | null) {
    // An address with a zone is of use on this machine only; peers see one without.
    const own = bound === null || bound.host.includes('%') ? null : formatAddress(bound)
    this.#fixed = advertise ?? (own !== null && isDialable(own) ? own : null)
    this.#port = bound?.port ?? null
  }

  /** What HELLO says: an address, or only the port if the host is what the peer sees; null: do not dial us. */
  get advertised(): string | null {
    const mapped = this.mapped === null ? null : parseAddress(this.mapped)
    // If the outer port is our own, this is true on both sides of the router.
    if (mapped !== null) return mapped.port === this.#port ? `:${this.#port}` : this.mapped
    return this.#fixed ?? (this.#port === null ? null : `:${this.#port}`)
  }

  /** The address for join packets, which others dial; null if unknown. */
  get dialable(): string | null {
    if (this.mapped !== null) return this.mapped
    const host = this.#fixed === null ? this.#likelyHost() : null
    return host === null || this.#port === null ? this.#fixed : formatAddress({ host, port: this.#port })
  }

  /**
   * A peer that we dialled, or that is our neighbour, says how it sees us. Others do not count: anybody may connect and
   * say anything.
   */
  onWord({ link, observed, remote }: LinkOpen): void {
    const host = observed === null ? undefined : parseAddress(observed)?.host
    if (host === undefined || isIP(host) === 0) return
    // How a peer sees us depends on where it is: on this machine at an address of this machine, elsewhere at none of
    // these.
    const reach = reachOfSocket(remote)
    if (reachOf(host) !== reach || !meansTheSame(formatAddress({ host, port: 1 }), reach)) return
    this.#seen.set(link, { host, voter: netgroupOf(remote) ?? 'this machine' })
  }

  /** What a link reports is valid for as long as the link. */
  onLinkDown(link: number): void {
    this.#seen.delete(link)
  }

  /**
   * Of the hosts that reach furthest, the one that most peers' networks see: loopback only if nobody sees us from
   * elsewhere. Each network has one vote, or the owner of the most keys could decide where we are.
   */
  #likelyHost(): string | null {
    const votes = new Map<string, Set<string>>()
    for (const { host, voter } of this.#seen.values()) votes.set(host, (votes.get(host) ?? new Set()).add(voter))
    const hosts = [...votes].sort((a, b) => NEARNESS[reachOf(a[0])] - NEARNESS[reachOf(b[0])] || b[1].size - a[1].size)
    // With nobody left to ask, the last answer is the best guess.
    this.#lastHost = hosts[0]?.[0] ?? this.#lastHost
    return this.#lastHost
  }
}
