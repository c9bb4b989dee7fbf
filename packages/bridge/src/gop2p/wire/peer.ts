// A gop2p peer: the address where it can be reached is also its name. Pure.
import { isIP, isIPv4, isIPv6 } from 'node:net'
import { isLoopback, plainHost } from '@floodnet/core'

/** As gop2p's `peer.Peer`. An IPv6 address stands in brackets, since Go puts it into a URL as it is. */
export interface Peer {
  readonly port: number
  readonly address: string
}

/** DNS ends at 253 characters. */
const MAX_HOST_CHARACTERS = 253
const HOST = /^[0-9A-Za-z_]([0-9A-Za-z._-]*[0-9A-Za-z_])?$/
const UNSPECIFIED = new Set(['0.0.0.0', '::'])

/** The peer in one spelling; null if this address and port cannot be dialled. */
export function makePeer(address: string, port: number): Peer | null {
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return null
  const host = canonicalHost(address)
  return host === null ? null : { port, address: isIPv6(host) ? `[${host}]` : host }
}

/**
 * A peer on this machine, as gop2p's programs name themselves: `localhost`, or `0.0.0.0` if members on other machines
 * should reach it (`remote`). Null if the port is invalid.
 */
export function ownPeer(port: number, { remote = false }: { readonly remote?: boolean } = {}): Peer | null {
  return makePeer(remote ? '0.0.0.0' : 'localhost', port)
}

/** 'http://host:port', where a peer takes requests. */
export function peerUrl(peer: Peer): string {
  return `http://${formatPeer(peer)}`
}

/** 'host:port' or '[v6]:port', as a person writes it. */
export function parsePeer(text: string): Peer | null {
  const match = /^(\[[^\]]+\]|[^:[\]]+):(\d{1,5})$/.exec(text)
  return match === null ? null : makePeer(match[1] ?? '', Number(match[2]))
}

/** 'host:port', as `parsePeer` reads it. */
export function formatPeer({ address, port }: Peer): string {
  return `${address}:${port}`
}

/** The address without brackets. */
export function hostOf({ address }: Peer): string {
  return address.startsWith('[') ? address.slice(1, -1) : address
}

/** Whether the address means "this host, whichever it is": what a gop2p node calls itself unless told otherwise. */
export function isUnspecified(host: string): boolean {
  return UNSPECIFIED.has(host)
}

/**
 * Equal for all spellings of one peer: seen from here, '0.0.0.0', 'localhost', '127.0.0.1' and '::1' are one machine,
 * this one. gop2p compares the text, and so takes its own entry for a stranger if it was dialled by another spelling.
 */
export function peerKey(peer: Peer): string {
  const host = hostOf(peer)
  const here = isUnspecified(host) || host === 'localhost' || host === '127.0.0.1' || host === '::1'
  return `${here ? 'here' : host}:${peer.port}`
}

/** Whether both are one peer, in any spelling. */
export function isSamePeer(one: Peer, other: Peer): boolean {
  return peerKey(one) === peerKey(other)
}

/** One spelling of a host: lower case, no brackets, IPv6 compressed, IPv4 never written as IPv6. */
export function canonicalHost(text: string): string | null {
  const bare = plainHost(text.replace(/^\[(.*)\]$/, '$1').toLowerCase())
  if (isIPv4(bare)) return bare
  if (isIP(bare) === 6) return compressed(bare)
  const isName = bare.length <= MAX_HOST_CHARACTERS && HOST.test(bare) && !/^[\d.]+$/.test(bare)
  return isName ? bare : null
}

/** Whether the host names the reader's machine: loopback, or unspecified. */
export function isHere(host: string): boolean {
  return isUnspecified(host) || isLoopback(host)
}

// A zone ('%eth0') means nothing to another host, and a URL cannot contain one.
function compressed(ipv6: string): string | null {
  const url = `http://[${ipv6}]`
  if (!URL.canParse(url)) return null
  const host = new URL(url).hostname.slice(1, -1)
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(host)
  return mapped === null ? host : ipv4Of(Number.parseInt(mapped[1] ?? '', 16), Number.parseInt(mapped[2] ?? '', 16))
}

function ipv4Of(high: number, low: number): string {
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}
