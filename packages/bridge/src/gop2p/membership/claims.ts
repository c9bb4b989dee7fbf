// What we can check about a gop2p address: whether a sender may use it as its name, and whether we may dial one that a
// peer told us. gop2p signs nothing, so the only witness is the address at the other end of the connection. Pure.
import { BlockList, isIP, isIPv6 } from 'node:net'
import { canonicalHost, hostOf, isHere, isUnspecified, makePeer, type Peer } from '../wire/peer.ts'

/**
 * The peer that a request comes from; null if it claims to be one that it cannot be. `remote` is the other end of its
 * connection, `own` the addresses of this machine's interfaces. A node that calls itself 0.0.0.0 is at the address it
 * speaks from. On this machine the claim stays as it is, and any process may claim any port.
 */
export function resolveClaim(claim: Peer, remote: string, own: ReadonlySet<string>): Peer | null {
  const source = canonicalHost(remote)
  if (source === null || isIP(source) === 0) return null
  const host = hostOf(claim)
  const fromHere = isHere(source) || own.has(source)
  if (fromHere) return isHere(host) || own.has(host) || host === source ? claim : null
  if (isUnspecified(host)) return makePeer(source, claim.port)
  return host === source ? claim : null
}

/** How far an address reaches. */
const Scope = { here: 0, link: 1, site: 2, world: 3 } as const

/**
 * Whether we may dial `peer`, listed by a member that we reached at `teller`. Nobody makes us dial into a place that is
 * more private than its own: a node on the Internet cannot list an address of our machine, our link or our site. We do
 * not dial names, since a name may lead anywhere.
 */
export function mayDial(peer: Peer, teller: string): boolean {
  const scope = scopeOf(hostOf(peer))
  const told = scopeOf(canonicalHost(teller) ?? '')
  return scope !== null && told !== null && scope >= told
}

/** Null: not the address of a single host. */
function scopeOf(host: string): number | null {
  if (isHere(host)) return Scope.here
  if (isIP(host) === 0) return null
  const family = isIPv6(host) ? 'ipv6' : 'ipv4'
  if (nowhere.check(host, family)) return null
  if (link.check(host, family)) return Scope.link
  return site.check(host, family) ? Scope.site : Scope.world
}

// RFC 6890 and RFC 4291: addresses that belong to no single host.
const nowhere = blocks(['0.0.0.0', 8], ['224.0.0.0', 3], ['::', 128], ['ff00::', 8])
const link = blocks(['169.254.0.0', 16], ['fe80::', 10])
// RFC 1918, RFC 6598, RFC 4193.
const site = blocks(['10.0.0.0', 8], ['172.16.0.0', 12], ['192.168.0.0', 16], ['100.64.0.0', 10], ['fc00::', 7])

function blocks(...subnets: [string, number][]): BlockList {
  const list = new BlockList()
  for (const [net, prefix] of subnets) list.addSubnet(net, prefix, isIPv6(net) ? 'ipv6' : 'ipv4')
  return list
}
