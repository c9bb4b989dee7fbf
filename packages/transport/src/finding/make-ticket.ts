// The ticket of a running node: where it can be reached, from the farthest-reaching address to the nearest.
import { networkInterfaces } from 'node:os'
import {
  type Address,
  encodeTicket,
  FloodnetError,
  formatAddress,
  isAnyHost,
  isDialable,
  MAX_TICKET_KEY_BYTES,
  MAX_TICKET_NAME_BYTES,
  MAX_TICKET_PEERS,
  parseAddress,
  reachOf,
  type TicketPeer
} from '@floodnet/core'
import type { Peer } from '../api.ts'
import { DEFAULT_NAME } from './network-of.ts'

/** What we know about where a node can be reached. */
export interface Whereabouts {
  readonly id: string
  /** Where it listens; null if it does not. */
  readonly bound: Address | null
  /** As others see it, or as the program says. */
  readonly seen: string | null
  readonly peers: readonly Peer[]
}

export interface TicketOf {
  readonly name: string | null
  readonly networkId: Uint8Array
  /** The key to include; null: none. */
  readonly key: Uint8Array | null
}

/** @throws ERR_FLOODNET_ADDRESS if nobody could reach anybody with it */
export function makeTicket(whereabouts: Whereabouts, { name, networkId, key }: TicketOf): string {
  const peers = [...ownAddresses(whereabouts), ...neighbours(whereabouts)].slice(0, MAX_TICKET_PEERS)
  if (peers.length === 0) {
    throw new FloodnetError(
      'ERR_FLOODNET_ADDRESS',
      'ticket: this node does not listen, and has no neighbour that does',
      {
        subject: 'ticket'
      }
    )
  }
  if (key !== null && key.length > MAX_TICKET_KEY_BYTES) {
    const message = `ticket: a key of more than ${MAX_TICKET_KEY_BYTES} bytes does not fit; hand it over in a file`
    throw new FloodnetError('ERR_FLOODNET_OPTION', message, { subject: 'key' })
  }
  const told = name === null || Buffer.byteLength(name) > MAX_TICKET_NAME_BYTES ? networkId : name
  return encodeTicket({ network: told === DEFAULT_NAME ? '' : told, peers, key })
}

/** Where others can reach a node that is bound to `bound`: its host, or all hosts of this machine for "any". */
export function reachableAddresses(bound: Address, seen: string | null): string[] {
  const own = isAnyHost(bound.host) ? machineHosts(bound.host) : [bound.host]
  const texts = own.map((host) => formatAddress({ host, port: bound.port }))
  const all = [...new Set([...(seen === null ? [] : [seen]), ...texts])].filter(isTold)
  const far = all.filter((text) => reachOf(parseAddress(text)?.host ?? '') === 'network')
  return far.length > 0 ? far : all
}

function ownAddresses({ id, bound, seen }: Whereabouts): TicketPeer[] {
  return bound === null ? [] : reachableAddresses(bound, seen).map((address) => ({ id, address }))
}

/** A node that nobody can dial is reached through its neighbours. */
function neighbours({ bound, peers }: Whereabouts): TicketPeer[] {
  if (bound !== null) return []
  const dialled = peers.filter(({ direction, address }) => direction === 'dialled' && isTold(address))
  return dialled.map(({ id, address }) => ({ id, address }))
}

/** IPv4 first: it is shorter, and works in more homes. Loopback last. */
function machineHosts(bound: string): string[] {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
  const usable = all.filter(({ family }) => family === 'IPv4' || bound !== '0.0.0.0')
  return usable.sort((a, b) => rank(a) - rank(b)).map(({ address }) => address)
}

function rank({ family, internal }: { family: string; internal: boolean }): number {
  return (internal ? 2 : 0) + (family === 'IPv4' ? 0 : 1)
}

/** A zone is of use on this machine only. */
function isTold(address: string): boolean {
  const host = parseAddress(address)?.host ?? ''
  return isDialable(address) && !host.includes('%') && !/^fe[89ab]/i.test(host)
}
