// Which addresses may be told to a peer, and believed from it. An address of this machine means another machine
// elsewhere: a node that believed it from afar would dial itself, or a service of its own that no stranger may reach.
import { formatAddress, parseAddress } from '../address.ts'
import { canonicalHost, type Reach, reachOf, sameHost } from '../ip.ts'

/** How near the other end of a socket is. Without a socket (in a simulation), nothing is too near to be told. */
export function reachOfSocket(remote: string | null): Reach {
  const host = remote === null ? undefined : parseAddress(remote)?.host
  return host === undefined ? 'machine' : reachOf(host)
}

/** Whether an address means the same at both ends of a link of this reach. A zone (`%eth0`) is local to one machine. */
export function meansTheSame(address: string, reach: Reach): boolean {
  const host = parseAddress(address)?.host
  if (host === undefined || host.includes('%')) return false
  switch (reachOf(host)) {
    case 'network':
      return true
    case 'link':
      return reach === 'link' || reach === 'machine'
    case 'machine':
      return reach === 'machine'
    case 'nowhere':
      return false
  }
}

/**
 * What a stranger may name: an IP address in its canonical spelling. Names would be looked up because a stranger said
 * so, and one address could have many spellings.
 */
export function strangersAddress(address: string): string | null {
  const parsed = parseAddress(address)
  const host = parsed === null ? null : canonicalHost(parsed.host)
  return parsed === null || host === null ? null : formatAddress({ host, port: parsed.port })
}

/**
 * The address that a peer claims for itself, if it can be its own as seen from here; otherwise null. `remote`: where
 * its socket is.
 */
export function claimedAddress(address: string, remote: string): string | null {
  if (meansTheSame(address, reachOfSocket(remote))) return address
  // With our own zone, because we saw the host ourselves.
  const [claimed, seen] = [parseAddress(address), parseAddress(remote)]
  return claimed && seen && claimed.host === seen.host && sameHost(claimed.host, seen.host) ? address : null
}
