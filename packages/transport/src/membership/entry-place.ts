// Whether a neighbour is at an address that the program named. The same place has many spellings, and a link that the
// neighbour dialled reports the neighbour's own. We do not look up DNS names here: the dial that reaches one names it
// as the program did.
import { parseAddress, reachOf, sameHost } from '@floodnet/core'

export interface Neighbour {
  readonly id: string
  readonly address: string
}

/** `pin`: the only peer that may answer at `address`, according to a ticket. It is the entry wherever it is by now. */
export function isPlaceOf({ id, address: at }: Neighbour, address: string, pin: string | null): boolean {
  if (pin !== null) return pin === id
  const [one, other] = [parseAddress(at), parseAddress(address)]
  if (one === null || other === null) return at === address
  return one.port === other.port && (sameHost(one.host, other.host) || isSelfByName(one.host, other.host))
}

/** `localhost` is any loopback address. */
function isSelfByName(one: string, other: string): boolean {
  const isName = (host: string) => /^[a-z]/i.test(host) && !host.includes(':')
  return isName(one) !== isName(other) && reachOf(one) === 'machine' && reachOf(other) === 'machine'
}
