// The local networks that this machine is on. Pure but for the list that it is given.
import type { NetworkInterfaceInfo } from 'node:os'
import { ipBytes, isAnyHost, sameHost } from '@floodnet/core'

/** One of this machine's addresses on a network. */
export interface LocalNetwork {
  /** The interface's name, for people. */
  readonly name: string
  readonly address: string
  readonly netmask: string
}

type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>

/**
 * Where a node bound to `bound` can be found, and may look. A node on a loopback address is for its own machine: it
 * looks nowhere. `bound` null: it does not listen, and looks everywhere. A machine without any network has itself.
 */
export function localNetworks(interfaces: Interfaces, bound: string | null): LocalNetwork[] {
  const all = Object.entries(interfaces).flatMap(([name, list = []]) =>
    list
      .filter(({ family }) => family === 'IPv4')
      .slice(0, 1)
      .map(({ address, netmask, internal }) => ({ name, address, netmask, internal }))
  )
  const anywhere = bound === null || isAnyHost(bound)
  const far = all.filter(({ internal }) => !internal)
  const chosen = anywhere && far.length === 0 ? all : far
  return chosen
    .filter(({ address }) => anywhere || sameHost(address, bound))
    .map(({ name, address, netmask }) => ({ name, address, netmask }))
}

/** Every network of the machine, loopback among them, whatever is looked for there. */
export function everyNetwork(interfaces: Interfaces): LocalNetwork[] {
  return Object.entries(interfaces).flatMap(([name, list = []]) =>
    list.map(({ address, netmask }) => ({ name, address, netmask }))
  )
}

/** Whether a packet from `address` came from this network, and not over a router (RFC 6762, section 11). */
export function isOn({ address, netmask }: LocalNetwork, other: string): boolean {
  const [own, mask, theirs] = [ipBytes(address), ipBytes(netmask), ipBytes(other)]
  if (own === null || mask === null || theirs?.length !== own.length) return false
  return own.every((byte, i) => (byte & (mask[i] ?? 0)) === ((theirs[i] ?? 0) & (mask[i] ?? 0)))
}
