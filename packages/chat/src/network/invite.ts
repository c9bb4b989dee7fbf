// How others join this network: what `/invite` shows, and the address in the first line.
import { messageOf } from '@floodnet/core'
import { type Network, reachableAddresses } from '@floodnet/transport'
import type { ScreenEvent } from '../screens/screen.ts'
import { qrRows } from './qr.ts'

/** Where others can join this node; null if it does not listen. */
export function joinAddress({ address }: Pick<Network, 'address'>): string | null {
  if (address === null) return null
  const at = address.lastIndexOf(':')
  const bound = { host: address.slice(0, at).replace(/^\[(.*)\]$/, '$1'), port: Number(address.slice(at + 1)) }
  return reachableAddresses(bound, null)[0] ?? null
}

/** `/invite`. If the ticket becomes longer with the key, there is one. */
export function invite(network: Network, withKey: boolean, show: (event: ScreenEvent) => void): void {
  for (const text of inviteLines(network, hasKey(network), withKey)) show({ kind: 'notice', text })
}

function hasKey(network: Network): boolean {
  try {
    return network.ticket({ key: true }) !== network.ticket()
  } catch {
    // There is no ticket at all, and `inviteLines` says why.
    return false
  }
}

/** `isPrivate`: the network has a shared key. `withKey`: put it into the ticket. */
export function inviteLines(network: Network, isPrivate: boolean, withKey: boolean): string[] {
  if (withKey && !isPrivate) return ['this network has no key: /invite alone lets everybody in']
  let ticket: string
  try {
    ticket = network.ticket({ key: withKey })
  } catch (error) {
    return [messageOf(error)]
  }
  const address = joinAddress(network)
  return [
    ...(qrRows(ticket.toUpperCase()) ?? []),
    ticket,
    // Every user of a machine can see the arguments of its programs.
    `others join with:  floodchat ${withKey ? '-  and paste the ticket when asked' : ticket}`,
    ...(address === null || isPrivate ? [] : [`or, on a network that reaches ${address}:  floodchat ${address}`]),
    ...(withKey ? ['this ticket holds the key of the network: whoever sees it can join and read everything'] : []),
    ...(isPrivate && !withKey ? ['they need the key file too; /invite key puts the key into the ticket'] : [])
  ]
}
