// The outcomes of the addresses that the user named, in words.
import { isTicket } from '@floodnet/core'
import { type Entry, entryAddresses, type Network, type NetworkEvents } from '@floodnet/transport'

type Tell = (text: string) => void

/** Outcomes which show that the address has answered, even over a link that its node dialled. */
const REACHED: ReadonlySet<Entry['outcome']> = new Set(['joined', 'passed-on', 'network-joined', 'not-needed'])
/** Outcomes after which only a better one is reported: the node tries the same address again and again. */
const FAILED: ReadonlySet<Entry['outcome']> = new Set(['unreachable', 'refused'])

export class EntryWatch {
  readonly #network: Network
  readonly #tell: Tell
  /** Named by the user, and not yet known to have brought a neighbour. */
  readonly #asked = new Map<string, 'asked' | 'failed'>()
  /** Whether an address has ever answered, or has failed to. */
  readonly #answers = new Map<string, 'reached' | 'silent'>()
  readonly #dialled = new Set<string>()

  constructor(network: Network, tell: Tell) {
    this.#network = network
    this.#tell = tell
    network.on('dial', (dial) => this.#onDial(dial))
    network.on('entry', (entry) => this.#onEntry(entry))
  }

  /** False while no address of these entries has answered. */
  isReached(entries: readonly string[]): boolean {
    return entries.flatMap(entryAddresses).some((each) => this.#answers.get(each) === 'reached')
  }

  /**
   * False if all were dialled and none has answered. True if nothing is known: an address may have more than one
   * spelling.
   */
  mayBeReached(entries: readonly string[]): boolean {
    if (this.isReached(entries)) return true
    return entries.map(entryAddresses).some((all) => all.length === 0 || all.some((each) => !this.#isSilent(each)))
  }

  /** None has answered, and at least one is being dialled. */
  isDialled(entries: readonly string[]): boolean {
    return !this.isReached(entries) && entries.flatMap(entryAddresses).some((each) => this.#dialled.has(each))
  }

  /** The user named this entry: an address, or a ticket with several. */
  ask(entry: string): void {
    for (const address of entryAddresses(entry)) this.#asked.set(address, 'asked')
  }

  /** The same for an entry from the start: it may have had an outcome before anybody listened. */
  askFromStart(entry: string): void {
    this.ask(entry)
    for (const known of this.#network.entries)
      if (known.outcome !== 'pending' && this.#asked.has(known.address)) this.#onEntry(known)
  }

  /** We have left the network: later outcomes belong to another one. */
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

/** What the user named, in readable form. A ticket is shown by its addresses, because it may hold the network's key. */
export function titleOf(entries: readonly string[]): string {
  return entries.map((entry) => (isTicket(entry) ? entryAddresses(entry).join(' and ') : entry)).join(' and ')
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
      // A node that has neighbours already is usually admitted by others than the one it asks.
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
