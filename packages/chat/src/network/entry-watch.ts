// What becomes of the addresses that the user named, in words.
import { type Entry, entryAddresses, type Network, type NetworkEvents } from '@floodnet/transport'

type Tell = (text: string) => void

/** Outcomes for which the address has answered, be it by a link that its node dialled. */
const REACHED: ReadonlySet<Entry['outcome']> = new Set(['joined', 'passed-on', 'network-joined', 'not-needed'])
/** Outcomes after which only a better one is told: the same address is tried again and again. */
const FAILED: ReadonlySet<Entry['outcome']> = new Set(['unreachable', 'refused'])

export class EntryWatch {
  readonly #network: Network
  readonly #tell: Tell
  /** Named by the user, and not yet known to have brought a neighbour. */
  readonly #asked = new Map<string, 'asked' | 'failed'>()
  /** Whether an address has answered, ever, or has failed to. */
  readonly #answers = new Map<string, 'reached' | 'silent'>()
  readonly #dialled = new Set<string>()

  constructor(network: Network, tell: Tell) {
    this.#network = network
    this.#tell = tell
    network.on('dial', (dial) => this.#onDial(dial))
    network.on('entry', (entry) => this.#onEntry(entry))
  }

  /** False while nothing of this address has answered. */
  isReached(address: string): boolean {
    return entryAddresses(address).some((each) => this.#answers.get(each) === 'reached')
  }

  /**
   * False when it was dialled and has not answered. True when nothing is known: an address may have more than one
   * spelling.
   */
  mayBeReached(address: string): boolean {
    const all = entryAddresses(address)
    return all.length === 0 || this.isReached(address) || all.some((each) => !this.#isSilent(each))
  }

  /** It has not answered, and is being dialled. */
  isDialled(address: string): boolean {
    return !this.isReached(address) && entryAddresses(address).some((each) => this.#dialled.has(each))
  }

  /** The user named this entry: an address, or a ticket with several. */
  ask(entry: string): void {
    for (const address of entryAddresses(entry)) this.#asked.set(address, 'asked')
  }

  /** The same for one that the network was started with: it may have come to something before anybody listened. */
  askFromStart(entry: string): void {
    this.ask(entry)
    for (const known of this.#network.entries)
      if (known.outcome !== 'pending' && this.#asked.has(known.address)) this.#onEntry(known)
  }

  /** The network is left: what becomes of them is another network's matter. */
  forget(): void {
    this.#asked.clear()
    this.#answers.clear()
    this.#dialled.clear()
  }

  #isSilent(address: string): boolean {
    return this.#dialled.has(address) || this.#answers.get(address) === 'silent'
  }

  #onDial({ phase, address }: NetworkEvents['dial']): void {
    if (phase === 'start') this.#dialled.add(address)
    else this.#dialled.delete(address)
    if (phase === 'opened') this.#answers.set(address, 'reached')
  }

  #onEntry(entry: Entry): void {
    const { address, outcome } = entry
    if (REACHED.has(outcome)) this.#answers.set(address, 'reached')
    else if (FAILED.has(outcome) && !this.#answers.has(address)) this.#answers.set(address, 'silent')
    const asked = this.#asked.get(address)
    if (asked === undefined || (asked === 'failed' && FAILED.has(outcome))) return
    if (FAILED.has(outcome)) this.#asked.set(address, 'failed')
    else if (outcome !== 'passed-on' && outcome !== 'pending') this.#asked.delete(address)
    this.#tell(wordsOf(entry))
  }
}

function wordsOf({ address, outcome, reason = 'unknown' }: Entry): string {
  switch (outcome) {
    case 'pending':
      return reason === 'dialling' ? `${address} is being dialled already` : `${address} is not dialled now (${reason})`
    case 'joined':
      return reason === 'connected' ? `${address} is a neighbour already` : `joined ${address}`
    case 'network-joined':
      return `joined the network of ${address}`
    case 'passed-on':
      // Whoever has neighbours already is most often taken in by others than the one it asks.
      return reason === 'answered'
        ? `${address} leaves the link to others of its network`
        : `${address} has no place for us now, and may know who has`
    case 'not-needed':
      return `${address} is there; there are links enough without it`
    case 'self':
      return `${address} is this node itself`
    case 'unreachable':
    case 'refused':
      if (reason === 'wrong-identity')
        return `${address} is answered by somebody else than the ticket names: not joined`
      return `no link to ${address} yet (${reason}); trying on`
  }
}
