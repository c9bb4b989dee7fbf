// The outcomes of the addresses that the program named. A peer with an open link is not a neighbour yet: it may still
// refuse, or leave the link to others of its network. So an entry counts as joined only once its node is a neighbour.
import type { JoinEvent, RememberedPeer } from '@floodnet/core'
import type { Entry } from '../api.ts'
import type { Entries } from '../finding/entries.ts'
import { isPlaceOf, type Neighbour } from './entry-place.ts'

export interface EntryHost {
  /** The neighbours, as the program sees them. */
  list(): readonly Neighbour[]
  /** An entry's outcome has changed. */
  tell(entry: Entry): void
}

type Dialled = Extract<JoinEvent, { kind: 'dial' }>
type GuestDown = Extract<JoinEvent, { kind: 'guest-down' }>

interface Named {
  readonly pin: string | null
  entry: Entry
  /** Who answered the dial that is being decided. */
  peer: string | null
}

/** Reasons for which a link ends after the peer, or its network, has heard that we look for neighbours. */
const PASSED_ON: ReadonlySet<string> = new Set(['answered', 'full', 'guests-full', 'guest-timeout'])
/** Reasons of a failed dial which show that somebody is there: a node that we refuse, or that refuses us. */
const REFUSED = /^(wrong-|refused: |not-floodnet$|no-tls|no-ed25519-certificate$|no-hello$|untrusted-certificate$)/

export class EntryOutcomes {
  readonly #host: EntryHost
  /** By address. */
  readonly #named = new Map<string, Named>()

  constructor(host: EntryHost) {
    this.#host = host
  }

  /** All named entries, each with its latest outcome. */
  get list(): Entry[] {
    return [...this.#named.values()].map(({ entry }) => entry)
  }

  /** The program names these. Earlier outcomes no longer count, and are reported again. */
  name({ addresses, pinned }: Entries): void {
    for (const address of addresses) this.#name(address, null)
    for (const { address, peer } of pinned) this.#name(address, peer)
  }

  /** The actor reports what it did. */
  onJoinEvent(event: JoinEvent): void {
    if (event.kind === 'dial') return this.#onDial(event)
    if (event.kind !== 'guest-up' && event.kind !== 'guest-down') return
    const named = event.dialled === null ? undefined : this.#named.get(event.dialled)
    if (named === undefined) return
    if (event.kind === 'guest-up') named.peer = event.peer
    else this.#onGuestDown(named, event)
  }

  /** A peer is a neighbour, over any link: it may have dialled us, or be from beyond an entry. */
  onPeerUp(neighbour: Neighbour): void {
    for (const [address, named] of this.#named) {
      const isThere = named.peer === neighbour.id || isPlaceOf(neighbour, address, named.pin)
      if (isThere) this.#settle(named, { outcome: 'joined', id: neighbour.id })
      else if (named.entry.outcome === 'passed-on')
        this.#settle(named, { outcome: 'network-joined', id: named.entry.id })
    }
  }

  #name(address: string, pin: RememberedPeer['peer'] | null): void {
    this.#named.set(address, { pin, entry: { address, outcome: 'pending', id: null }, peer: null })
  }

  #onDial({ phase, address, reason = 'unknown' }: Dialled): void {
    const named = this.#named.get(address)
    if (named === undefined || phase === 'start' || phase === 'opened') return
    if (phase === 'failed') {
      named.peer = null
      return this.#settle(named, { outcome: REFUSED.test(reason) ? 'refused' : 'unreachable', id: null, reason })
    }
    if (reason === 'self') return this.#settle(named, { outcome: 'self', id: null })
    const there = this.#host.list().find((neighbour) => isPlaceOf(neighbour, address, named.pin))
    if (reason === 'connected' && there !== undefined)
      return this.#settle(named, { outcome: 'joined', id: there.id, reason })
    this.#settle(named, { outcome: 'pending', id: null, reason })
  }

  #onGuestDown(named: Named, { peer: id, reason }: GuestDown): void {
    if (reason === 'self') return
    const isNeighbour = this.#host.list().some((neighbour) => neighbour.id === id)
    if (isNeighbour) return this.#settle(named, { outcome: 'joined', id })
    // Both of us dialled: in a moment the other link will be the neighbour's.
    if (reason === 'duplicate') return
    named.peer = null
    if (reason === 'not-needed') return this.#settle(named, { outcome: 'not-needed', id })
    if (PASSED_ON.has(reason)) return this.#settle(named, { outcome: 'passed-on', id, reason })
    this.#settle(named, { outcome: reason === 'wrong-peer' ? 'refused' : 'unreachable', id, reason })
  }

  #settle(named: Named, latest: Omit<Entry, 'address'>): void {
    const { address, outcome, reason } = named.entry
    if (outcome === latest.outcome && reason === latest.reason) return
    named.entry = { address, ...latest }
    this.#host.tell(named.entry)
  }
}
