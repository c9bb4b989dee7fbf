// Address groups: what one party is likely to own as a whole. Identities cost nothing, networks do.
import { isLoopback, parseAddress } from '../address.ts'
import { ipBytes } from '../ip.ts'

/** The /24 of an IPv4 address, the /48 of an IPv6 address, a name as it is; null for loopback, which is in no group. */
export function netgroupOf(address: string): string | null {
  const host = parseAddress(address)?.host ?? address
  if (isLoopback(host)) return null
  const bytes = ipBytes(host)
  if (bytes === null) return host.toLowerCase()
  return bytes.length === 4 ? bytes.slice(0, 3).join('.') : `${bytes.slice(0, 6).join('.')}/48`
}
