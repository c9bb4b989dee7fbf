// What becomes of the addresses that the user named, in words. A link that is open is not yet one of the flood: the
// peer may still say no, and what its people say before it says yes never comes here. So "joined" is said when the peer
// has become a neighbour, not before.
import { entryAddresses, type Network, type NetworkEvents } from '@floodnet/transport'
import { isPlaceOf } from './entry-place.ts'

type Tell = (text: string) => void

/** A link that a dial of ours opened, until its peer has decided. */
interface Guest {
  readonly address: string
  readonly peer: string
}

export class EntryWatch {
  readonly #network: Network
  readonly #tell: Tell
  /** Named by the user. How the first dial ends is told, and of later ones the one that works. */
  readonly #asked = new Map<string, 'asked' | 'failed'>()
  /** The same, for good: whether it has answered, ever, and if not, how far the latest dial is. */
  readonly #outcomes = new Map<string, 'asked' | 'dialling' | 'silent' | 'reached'>()
  /** What the user wrote for each of these addresses. */
  readonly #entries = new Map<string, string>()
  /** By the number of the link. */
  readonly #guests = new Map<number, Guest>()
  /** Not to be our neighbours themselves, but their network knows that we look for some. */
  readonly #passedOn = new Set<string>()
  /** Reached in this very step: which link it is comes next. */
  #opened: string | null = null

  constructor(network: Network, tell: Tell) {
    this.#network = network
    this.#tell = tell
    network.on('dial', (dial) => this.#onDial(dial))
    network.on('join', (event) => this.#onJoin(event))
    network.on('peer-up', (peer) => this.#onPeerUp(peer))
  }

  /** False while nothing of this address has answered. */
  isReached(address: string): boolean {
    return entryAddresses(address).some((each) => this.#outcomes.get(each) === 'reached')
  }

  /**
   * False when it was dialled and has not answered. True when nothing is known: an address may have more than one
   * spelling.
   */
  mayBeReached(address: string): boolean {
    const outcomes = entryAddresses(address).map((each) => this.#outcomes.get(each))
    return outcomes.length === 0 || outcomes.some((outcome) => outcome !== 'dialling' && outcome !== 'silent')
  }

  /** It has not answered, and is being dialled. */
  isDialled(address: string): boolean {
    return !this.isReached(address) && entryAddresses(address).some((each) => this.#outcomes.get(each) === 'dialling')
  }

  /** The user named this entry: an address, or a ticket with several. */
  ask(entry: string): void {
    for (const address of entryAddresses(entry)) this.#askOne(address, entry)
  }

  #askOne(full: string, entry: string): void {
    this.#entries.set(full, entry)
    if (!this.#outcomes.has(full)) this.#outcomes.set(full, 'asked')
    if (!this.#network.peers.some((peer) => isPlaceOf(peer, full, entry))) return void this.#asked.set(full, 'asked')
    // Joined before anybody listened.
    this.#outcomes.set(full, 'reached')
    this.#tell(`joined ${full}`)
  }

  #onDial(dial: NetworkEvents['dial']): void {
    const { phase, address } = dial
    this.#noteOutcome(dial)
    const asked = this.#asked.get(address)
    if (phase === 'start' || asked === undefined) return
    if (phase === 'failed') this.#asked.set(address, 'failed')
    else this.#asked.delete(address)
    if (phase === 'opened') this.#opened = address
    else if (asked === 'asked') this.#tell(failureOf(dial))
  }

  #noteOutcome({ phase, address, reason }: NetworkEvents['dial']): void {
    if (!this.#outcomes.has(address)) return
    if (phase === 'opened' || reason === 'connected') this.#outcomes.set(address, 'reached')
    else if (phase !== 'skipped' && this.#outcomes.get(address) !== 'reached')
      this.#outcomes.set(address, phase === 'start' ? 'dialling' : 'silent')
  }

  #onJoin(event: NetworkEvents['join']): void {
    if (!isOfGuest(event)) return
    if (event.kind === 'guest-up') this.#onGuest(event.link, event.peer)
    else this.#onGuestGone(event.link, event.reason ?? '')
  }

  #onGuest(link: number, peer: string): void {
    const address = this.#opened
    this.#opened = null
    if (address === null) return
    if (this.#isNeighbour(peer)) this.#tell(`joined ${address}`)
    else this.#guests.set(link, { address, peer })
  }

  #onGuestGone(link: number, reason: string): void {
    const guest = this.#guests.get(link)
    if (guest === undefined) return
    const { address, peer } = guest
    // Both of us dialled: the other link is the neighbour's, now or in a moment.
    if (reason === 'duplicate' && !this.#isNeighbour(peer)) return
    this.#guests.delete(link)
    if (reason === 'duplicate') return this.#tell(`joined ${address}`)
    if (reason === 'not-needed') return this.#tell(`${address} is there; there are links enough without it`)
    this.#passedOn.add(address)
    // Whoever has neighbours already is most often taken in by others than the one it asks.
    if (reason === 'answered') this.#tell(`${address} leaves the link to others of its network`)
    else this.#tell(`${address} has no place for us now, and may know who has`)
  }

  #onPeerUp(peer: NetworkEvents['peer-up']): void {
    this.#noteNeighbour(peer)
    this.#tellNeighbour(peer.id)
  }

  // Over whichever link: an entry that dials us has answered as well, though our own dial of it fails or is still under
  // way.
  #noteNeighbour(peer: NetworkEvents['peer-up']): void {
    for (const [address, entry] of this.#entries) {
      if (!isPlaceOf(peer, address, entry)) continue
      this.#outcomes.set(address, 'reached')
      if (this.#asked.delete(address)) this.#tell(`joined ${address}`)
    }
  }

  #tellNeighbour(id: string): void {
    for (const [link, { address, peer }] of this.#guests) {
      if (peer !== id) continue
      this.#guests.delete(link)
      this.#tell(`joined ${address}`)
    }
    for (const address of this.#passedOn) this.#tell(`joined the network of ${address}`)
    this.#passedOn.clear()
  }

  #isNeighbour(id: string): boolean {
    return this.#network.peers.some((peer) => peer.id === id)
  }
}

function isOfGuest(
  event: NetworkEvents['join']
): event is { kind: 'guest-up' | 'guest-down'; link: number; peer: string; reason?: string } {
  return event.kind === 'guest-up' || event.kind === 'guest-down'
}

/** Why an address is not dialled, as people say it. */
const SKIPPED: Readonly<Record<string, (address: string) => string>> = {
  self: (address) => `${address} is this node itself`,
  dialling: (address) => `${address} is being dialled already`,
  connected: (address) => `${address} is a neighbour already`
}

function failureOf({ phase, address, reason }: NetworkEvents['dial']): string {
  if (phase === 'skipped') return SKIPPED[reason ?? '']?.(address) ?? `${address} is not dialled now (${reason})`
  if (reason === 'wrong-identity') return `${address} is answered by somebody else than the ticket names: not joined`
  const why = reason === undefined ? '' : ` (${reason})`
  return `no link to ${address} yet${why}; trying on`
}
