// The local networks that this machine is on, according to the given list of interfaces.
import type { NetworkInterfaceInfo } from 'node:os'
import { ipBytes, isAnyHost, reachOf, sameHost } from '@floodnet/core'

/** One of this machine's addresses on a network. */
export interface LocalNetwork {
  /** The interface's name, for people. */
  readonly name: string
  readonly address: string
  readonly netmask: string
  /** For a link-local IPv6 address: which of the machine's links it is on, as sockets name it; otherwise null. */
  readonly zone: string | null
}

type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>

/**
 * Where a node bound to `bound` can be found and may look: for each interface its first IPv4 address and its link-local
 * IPv6 address. A node on a loopback address is for its own machine, so it looks nowhere. `bound` null: it does not
 * listen, and looks everywhere. A machine without any network has only itself.
 */
export function localNetworks(interfaces: Interfaces, bound: string | null): LocalNetwork[] {
  const all = [...firstOfEach(interfaces, isV4), ...firstOfEach(interfaces, isV6Link)]
  const anywhere = bound === null || isAnyHost(bound)
  const far = all.filter(({ internal }) => !internal)
  const chosen = anywhere && far.length === 0 ? all : far
  return chosen.filter((info) => (anywhere ? isServed(info, bound) : sameHost(info.address, bound))).map(networkOf)
}

/** A node that listens on "any" IPv4 address listens on no IPv6 address. */
function isServed({ family }: Info, bound: string | null): boolean {
  return family === 'IPv4' || bound !== '0.0.0.0'
}

type Info = NetworkInterfaceInfo & { readonly name: string }

function firstOfEach(interfaces: Interfaces, isWanted: (info: NetworkInterfaceInfo) => boolean): Info[] {
  return Object.entries(interfaces).flatMap(([name, list = []]) =>
    list
      .filter(isWanted)
      .slice(0, 1)
      .map((info) => ({ ...info, name }))
  )
}

function isV4({ family }: NetworkInterfaceInfo): boolean {
  return family === 'IPv4'
}

function isV6Link({ family, address }: NetworkInterfaceInfo): boolean {
  return family === 'IPv6' && reachOf(address) === 'link'
}

function networkOf({ name, address, netmask, family, scopeid }: Info): LocalNetwork {
  if (family === 'IPv4') return { name, address, netmask, zone: null }
  return { name, address, netmask, zone: process.platform === 'win32' ? String(scopeid) : name }
}

/** Every network of the machine, including loopback, whatever we look for there. */
export function everyNetwork(interfaces: Interfaces): LocalNetwork[] {
  return Object.entries(interfaces).flatMap(([name, list = []]) => list.map((info) => networkOf({ ...info, name })))
}

/** Whether a packet from `address` came from this network rather than over a router (RFC 6762, section 11). */
export function isOn({ address, netmask, zone }: LocalNetwork, other: string): boolean {
  // All links have the same link-local network.
  const [, otherZone = null] = other.split('%')
  if (zone !== null && otherZone !== null && otherZone !== zone) return false
  const [own, mask, theirs] = [ipBytes(address), ipBytes(netmask), ipBytes(other)]
  if (own === null || mask === null || theirs?.length !== own.length) return false
  return own.every((byte, i) => (byte & (mask[i] ?? 0)) === ((theirs[i] ?? 0) & (mask[i] ?? 0)))
}
