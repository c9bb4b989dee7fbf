// Whether a neighbour is at an address that the user named. The same place has many spellings, and a link that the
// neighbour dialled tells how the neighbour spells it. A name of DNS is not looked up here: the dial that reaches it
// names it as the user did.
import { decodeTicket, isTicket, parseAddress, reachOf, sameHost } from '@floodnet/core'

export interface Neighbour {
  readonly id: string
  readonly address: string
}

/**
 * `entry`: what the user wrote, `address` or a ticket that holds it. A ticket names the peer, wherever that is by now.
 */
export function isPlaceOf({ id, address: at }: Neighbour, address: string, entry: string): boolean {
  const named = nameOf(address, entry)
  if (named !== null) return named === id
  const [one, other] = [parseAddress(at), parseAddress(address)]
  if (one === null || other === null) return at === address
  return one.port === other.port && (sameHost(one.host, other.host) || isSelfByName(one.host, other.host))
}

/** Who alone may answer at this address of a ticket; null: anybody. */
function nameOf(address: string, entry: string): string | null {
  const ticket = isTicket(entry) ? decodeTicket(entry.trim()) : null
  if (ticket === null || typeof ticket === 'string') return null
  return ticket.peers.find((peer) => peer.address === address)?.id ?? null
}

/** `localhost` is any loopback address. */
function isSelfByName(one: string, other: string): boolean {
  const isName = (host: string) => /^[a-z]/i.test(host) && !host.includes(':')
  return isName(one) !== isName(other) && reachOf(one) === 'machine' && reachOf(other) === 'machine'
}
