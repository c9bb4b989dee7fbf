// Which network a node belongs to: the one that the program names, or that of its tickets.
import { FloodnetError, optionError, type Ticket } from '@floodnet/core'
import { networkIdOf, sameProof } from '../identity/frame-crypto.ts'

export const DEFAULT_NAME = 'floodnet'

export interface NetworkOf {
  /** Null if we know only its id. */
  readonly name: string | null
  readonly networkId: Uint8Array
  /** The key in the tickets, if any. */
  readonly key: Uint8Array | undefined
}

/**
 * `named`: the program's choice; null if it leaves that to the tickets. @throws ERR_FLOODNET_OPTION if they are of
 * different networks
 */
export function networkOf(named: string | null, tickets: readonly Ticket[]): NetworkOf {
  const [first] = tickets
  const name = named ?? (first === undefined ? DEFAULT_NAME : nameIn(first))
  const networkId = name === null ? (first?.network as Uint8Array) : networkIdOf(name)
  for (const ticket of tickets) {
    if (!isOf(ticket, networkId)) throw optionError('name', `the ticket is for ${titleOf(ticket)}, another network`)
  }
  const keys = tickets.flatMap(({ key }) => (key === null ? [] : [key]))
  return { name, networkId, key: keys[0] }
}

/** Whether the ticket leads to this network. */
export function isOf(ticket: Ticket, networkId: Uint8Array): boolean {
  const { network } = ticket
  return sameProof(typeof network === 'string' ? networkIdOf(nameIn(ticket) ?? '') : network, networkId)
}

/** @throws ERR_FLOODNET_ADDRESS if a running node cannot use the ticket */
export function refuseOtherNetwork(
  option: string,
  ticket: Ticket,
  { networkId, secret }: { networkId: Uint8Array; secret: Uint8Array | null }
): void {
  const problem = isOf(ticket, networkId)
    ? ticket.key === null || (secret !== null && sameProof(ticket.key, secret))
      ? null
      : 'needs a key that this node was not started with'
    : `is for ${titleOf(ticket)}, another network`
  if (problem !== null)
    throw new FloodnetError('ERR_FLOODNET_ADDRESS', `${option}: the ticket ${problem}`, { subject: option })
}

function nameIn({ network }: Ticket): string | null {
  if (typeof network !== 'string') return null
  return network === '' ? DEFAULT_NAME : network
}

function titleOf(ticket: Ticket): string {
  const name = nameIn(ticket)
  return name === null ? 'a network with a long name' : `the network ${JSON.stringify(name)}`
}
