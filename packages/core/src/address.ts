// Addresses as people write them: 'host:port', '[v6]:port', ':port'. Pure text; this file looks nothing up.
import { reachOf } from './ip.ts'

/** A host and a port. IPv6 hosts have no brackets. An empty host means "any" when listening. */
export interface Address {
  readonly host: string
  readonly port: number
}

/**
 * With brackets and a port, the text has 255 bytes, the most that a control frame can carry. DNS names have at most
 * 253.
 */
const MAX_HOST_CHARACTERS = 247
/**
 * Hosts are letters, digits and the few marks of names, because a peer's word may end up on a terminal. Other scripts
 * as punycode.
 */
const PATTERN = /^(?:\[([0-9a-fA-F:.]+(?:%[0-9A-Za-z._-]+)?)\]|([0-9A-Za-z._*-]*)):([0-9]{1,5})$/
/** Every way to write the address that means "any": '', '*', '::', '0.0.0.0', '0', '0:0::0'. */
const ANY_HOST = /^(?:\*|[0:.]*)$/

/** The address that `text` names, or null if it names none. Port 0 is an address to listen on, not to dial. */
export function parseAddress(text: string): Address | null {
  const match = PATTERN.exec(text)
  if (match === null) return null
  const host = match[1] ?? match[2] ?? ''
  const port = Number(match[3])
  return port > 65_535 || host.length > MAX_HOST_CHARACTERS ? null : { host, port }
}

/** `text` for an address, with brackets around IPv6 hosts. */
export function formatAddress({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

/** Whether a node can dial it: it has a port, and a host that is neither "any" nor a multicast or reserved address. */
export function isDialable(text: string): boolean {
  const address = parseAddress(text)
  return address !== null && address.port > 0 && !isAnyHost(address.host) && reachOf(address.host) !== 'nowhere'
}

/** Whether the host means "any", in any spelling of it; the empty host does. */
export function isAnyHost(host: string): boolean {
  return ANY_HOST.test(plainHost(host))
}

/** Whether the host is this machine itself. */
export function isLoopback(host: string): boolean {
  return reachOf(host) === 'machine'
}

/** Turns IPv4-mapped IPv6 ('::ffff:10.0.0.7') into plain IPv4, so that one peer has one address. */
export function plainHost(host: string): string {
  return host.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '')
}
