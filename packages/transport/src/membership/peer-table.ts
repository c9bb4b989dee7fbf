// The neighbours as the program sees them, and how to reach them: which worker holds which link.
import { claimedAddress } from '@floodnet/core'
import type { Peer, PeerStats } from '../api.ts'
import { type LinkOpen, type LinkStats, NO_TRAFFIC } from '../threads/messages.ts'

interface Entry {
  readonly open: LinkOpen
  readonly worker: number
  /** Where the peer can be dialled, if known, else where it comes from. */
  readonly address: string
  upMs: number | null
  rttMs: number | null
  lagging: boolean
}

/** All open links by number. A link is a peer while it takes part in the flood. */
export class PeerTable {
  readonly #links = new Map<number, Entry>()
  #active = 0

  /** Links that carry messages. */
  get active(): number {
    return this.#active
  }

  opened(worker: number, open: LinkOpen): void {
    const claimed = open.address === null ? null : claimedAddress(open.address, open.remote)
    const address = claimed ?? open.remote
    this.#links.set(open.link, { open, worker, address, upMs: null, rttMs: null, lagging: false })
  }

  /** False: the link is gone already. */
  activated(link: number, nowMs: number): boolean {
    const entry = this.#links.get(link)
    if (entry === undefined || entry.upMs !== null) return false
    entry.upMs = nowMs
    this.#active++
    return true
  }

  isActive(link: number): boolean {
    return (this.#links.get(link)?.upMs ?? null) !== null
  }

  closed(link: number): void {
    const entry = this.#links.get(link)
    if (entry !== undefined && entry.upMs !== null) this.#active--
    this.#links.delete(link)
  }

  /** The node has left, so no link is open. */
  clear(): void {
    this.#links.clear()
    this.#active = 0
  }

  measured(link: number, rttMs: number): void {
    const entry = this.#links.get(link)
    if (entry !== undefined) entry.rttMs = rttMs
  }

  lagging(link: number, lagging: boolean): void {
    const entry = this.#links.get(link)
    if (entry !== undefined) entry.lagging = lagging
  }

  openOf(link: number): LinkOpen | null {
    return this.#links.get(link)?.open ?? null
  }

  /** What we know of the links that carry messages. */
  activeLinks(): LinkOpen[] {
    return [...this.#links.values()].flatMap(({ open, upMs }) => (upMs === null ? [] : [open]))
  }

  workerOf(link: number): number | null {
    return this.#links.get(link)?.worker ?? null
  }

  peerOf(link: number): string | null {
    return this.#links.get(link)?.open.peer ?? null
  }

  /** Where the peer can be dialled, if known, else where it comes from. */
  addressOf(link: number): string | null {
    return this.#links.get(link)?.address ?? null
  }

  linksOf(worker: number): number[] {
    return [...this.#links].filter(([, entry]) => entry.worker === worker).map(([link]) => link)
  }

  /** Peers, the longest connected first. */
  list(nowMs: number): Peer[] {
    return this.#list(nowMs).map(({ peer }) => peer)
  }

  /** The same, with what the workers have counted on their links; nothing for a link that they do not know yet. */
  statsOf(links: readonly LinkStats[], nowMs: number): PeerStats[] {
    const counted = new Map(links.map((stats) => [stats.link, stats]))
    return this.#list(nowMs).map(({ link, peer }) => {
      const { traffic = NO_TRAFFIC, queuedBytes = 0 } = counted.get(link) ?? {}
      const { packetsIn, packetsOut, bytesIn, bytesOut, fresh, duplicates } = traffic
      const crossed = { packets: { in: packetsIn, out: packetsOut }, bytes: { in: bytesIn, out: bytesOut } }
      return { ...peer, ...crossed, fresh, duplicates, queuedBytes }
    })
  }

  #list(nowMs: number): { link: number; peer: Peer }[] {
    const peers: { link: number; peer: Peer }[] = []
    for (const [link, { open, address, upMs, rttMs, lagging }] of this.#links) {
      if (upMs === null) continue
      const direction = open.dial === null ? 'accepted' : 'dialled'
      peers.push({ link, peer: { id: open.peer, address, direction, rttMs, upMs: nowMs - upMs, lagging } })
    }
    return peers.sort((a, b) => b.peer.upMs - a.peer.upMs)
  }
}
