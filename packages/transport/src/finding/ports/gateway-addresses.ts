// Where the routers of this machine's networks are. Node does not tell us: Linux has a file of its routes; elsewhere
// the first address of a private network is the likeliest.
import { readFile } from 'node:fs/promises'
import { networkInterfaces } from 'node:os'
import { ipBytes } from '@floodnet/core'
import { isOn, type LocalNetwork, localNetworks } from '../lan/interfaces.ts'

/** A router, and our own address on its network. */
export interface GatewayAddress {
  readonly gateway: string
  readonly network: LocalNetwork
}

/** Machines have one router or two; the operators of those with more know how to make them reachable. A guess. */
const MAX_GATEWAYS = 4
const ROUTES_FILE = '/proc/net/route'
/** Linux's RTF_UP and RTF_GATEWAY. */
const ROUTE_FLAGS = 0x3

/** Routers of the private IPv4 networks where a node bound to `bound` can be reached. */
export async function gatewayAddresses(bound: string): Promise<GatewayAddress[]> {
  const networks = localNetworks(networkInterfaces(), bound).filter(({ address }) => isPrivate(address))
  const routes = defaultRoutes(await readFile(ROUTES_FILE, 'latin1').catch(() => ''))
  const found = networks.flatMap((network) => {
    const known = routes.filter((gateway) => isOn(network, gateway))
    const gateways = known.length > 0 ? known : firstOf(network)
    return gateways.filter((gateway) => gateway !== network.address).map((gateway) => ({ gateway, network }))
  })
  return found.slice(0, MAX_GATEWAYS)
}

/** Addresses that homes and carriers use behind their routers (RFC 1918, RFC 6598). */
export function isPrivate(address: string): boolean {
  const bytes = ipBytes(address)
  if (bytes?.length !== 4) return false
  const [a = 0, b = 0] = bytes
  return a === 10 || (a === 172 && b >= 16 && b < 32) || (a === 192 && b === 168) || (a === 100 && b >= 64 && b < 128)
}

/** The gateways in the text of /proc/net/route, whose numbers are in the machine's byte order: little-endian. */
export function defaultRoutes(text: string): string[] {
  return text.split('\n').flatMap((line) => {
    const [, destination, gateway = '', flags = ''] = line.trim().split(/\s+/)
    const isDefault = destination === '00000000' && (Number.parseInt(flags, 16) & ROUTE_FLAGS) === ROUTE_FLAGS
    return isDefault && /^[0-9A-F]{8}$/i.test(gateway) ? [[...Buffer.from(gateway, 'hex')].reverse().join('.')] : []
  })
}

function firstOf({ address, netmask }: LocalNetwork): string[] {
  const [own, mask] = [ipBytes(address), ipBytes(netmask)]
  if (own === null || mask === null) return []
  return [own.map((byte, i) => (byte & (mask[i] ?? 0)) + (i === 3 ? 1 : 0)).join('.')]
}
