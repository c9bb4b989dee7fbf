// Address groups: what one party is likely to own as a whole. Identities cost nothing, networks do.
import { isLoopback, parseAddress, plainHost } from '../address.ts'

/** The /24 of an IPv4 address, the /48 of an IPv6 address, a name as it is; null for loopback, which is in no group. */
export function netgroupOf(address: string): string | null {
  const host = plainHost(parseAddress(address)?.host ?? address)
  if (isLoopback(host)) return null
  if (host.includes(':')) return host.split(':', 3).map(hextet).join(':')
  const v4 = /^(\d+\.\d+\.\d+)\.\d+$/.exec(host)
  return v4?.[1] ?? host.toLowerCase()
}

/** One number has many spellings. */
function hextet(digits: string): string {
  return (Number.parseInt(digits, 16) || 0).toString(16)
}
