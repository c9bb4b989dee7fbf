// What a program names to join a network: an address, a bare host, a ticket, or a name in DNS that lists nodes.
import {
  decodeTicket,
  FloodnetError,
  formatAddress,
  ipBytes,
  isAnyHost,
  isDialable,
  isTicket,
  parseAddress,
  type RememberedPeer,
  type Ticket,
  type TicketFault
} from '@floodnet/core'

/** The tutorial's port: the first that a node tries if you name none, and the port of a bare host. */
export const DEFAULT_PORT = 55_555
const SEEDS_PREFIX = 'dns:'
/** RFC 1035. */
const MAX_NAME_CHARACTERS = 253

export type Entry =
  | { readonly kind: 'address'; readonly address: string }
  | { readonly kind: 'seeds'; readonly name: string }
  | { readonly kind: 'ticket'; readonly ticket: Ticket }

/** Entries, sorted by what to do with them. */
export interface Entries {
  readonly addresses: readonly string[]
  /** Addresses with the only peer that may answer at each. */
  readonly pinned: readonly RememberedPeer[]
  /** Names to look up in DNS. */
  readonly seeds: readonly string[]
  readonly tickets: readonly Ticket[]
}

/** The error names `option`. @throws ERR_FLOODNET_ADDRESS */
export function parseEntry(option: string, text: string): Entry {
  if (isTicket(text)) return { kind: 'ticket', ticket: ticketIn(option, text.trim()) }
  if (text.startsWith(SEEDS_PREFIX)) return { kind: 'seeds', name: seedsName(option, text) }
  return { kind: 'address', address: entryAddress(option, text) }
}

export function sortEntries(entries: readonly Entry[]): Entries {
  const tickets = entries.flatMap((entry) => (entry.kind === 'ticket' ? [entry.ticket] : []))
  return {
    addresses: entries.flatMap((entry) => (entry.kind === 'address' ? [entry.address] : [])),
    pinned: tickets.flatMap(({ peers }) => peers.map(({ id: peer, address }) => ({ peer, address }))),
    seeds: entries.flatMap((entry) => (entry.kind === 'seeds' ? [entry.name] : [])),
    tickets
  }
}

/** What people should know about an address that they named; null: nothing. */
export function entryNotice(text: string): string | null {
  const address = parseAddress(text)
  if (address === null || address.host === '' || !isAnyHost(address.host)) return null
  return `${text} names no machine, so it is taken for this one; from another machine, write the address of its machine`
}

/** The addresses that an entry names, as in `dial` events; empty if it names none. */
export function entryAddresses(text: string): string[] {
  try {
    const { addresses, pinned } = sortEntries([parseEntry('entry', text)])
    return [...addresses, ...pinned.map(({ address }) => address)]
  } catch (error) {
    if (error instanceof FloodnetError) return []
    throw error
  }
}

export function addressError(option: string, given: unknown): FloodnetError {
  return new FloodnetError(
    'ERR_FLOODNET_ADDRESS',
    `${option}: ${JSON.stringify(given)} is not an address like 10.0.0.7:55555, [::1]:55555 or seed.example.org`,
    { subject: option }
  )
}

/**
 * An address to dial, as text. A missing or "any" host means this machine, as in the tutorial; a missing port is the
 * default one.
 */
function entryAddress(option: string, text: string): string {
  const address = parseAddress(withPort(text))
  if (address === null || address.port === 0) throw addressError(option, text)
  if (isAnyHost(address.host)) return `127.0.0.1:${address.port}`
  const full = formatAddress(address)
  if (!isDialable(full)) throw addressError(option, text)
  return full
}

/** A bare host, IPv6 with brackets or without. */
function withPort(text: string): string {
  if (text === '' || parseAddress(text) !== null) return text
  if (text.includes(':') && ipBytes(text) !== null) return formatAddress({ host: text, port: DEFAULT_PORT })
  return `${text}:${DEFAULT_PORT}`
}

function seedsName(option: string, text: string): string {
  const name = text.slice(SEEDS_PREFIX.length)
  const isName = name.length <= MAX_NAME_CHARACTERS && parseAddress(`${name}:1`)?.host === name
  if (!isName || isAnyHost(name) || ipBytes(name) !== null) throw addressError(option, text)
  return name
}

const FAULTS: Readonly<Record<TicketFault, string>> = {
  'no-ticket': 'is not a ticket',
  mistyped: 'has a mistake in it, or is not all of it: copy it once more',
  'wrong-version': 'is of a later version of floodnet',
  malformed: 'makes no sense'
}

/** The error does not repeat the ticket, because it may hold a key. */
function ticketIn(option: string, text: string): Ticket {
  const ticket = decodeTicket(text)
  if (typeof ticket !== 'string') return ticket
  throw new FloodnetError('ERR_FLOODNET_ADDRESS', `${option}: the ticket ${FAULTS[ticket]}`, { subject: option })
}
