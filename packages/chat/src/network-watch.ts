// What of the network's doings reaches a screen: links and errors for programs (--json), and for people only what they asked for
// (an address they named) or lost (messages dropped). The log holds all of it: the network writes that itself.

import { messageOf } from '@floodnet/core'
import type { Network, NetworkEvents } from '@floodnet/transport'
import type { ScreenEvent } from './screen.ts'

type Show = (event: ScreenEvent) => void

export interface NetworkWatch {
  /** The user named this address: how the next dial of it ends is shown. */
  ask(address: string): void
}

export function watchNetwork(network: Network, show: Show): NetworkWatch {
  for (const { id, address } of network.peers) show({ kind: 'peer-up', id, address })
  network.on('peer-up', ({ id, address }) => show({ kind: 'peer-up', id, address }))
  network.on('peer-down', ({ id, reason }) => show({ kind: 'peer-down', id, reason }))
  network.on('error', (error) => show({ kind: 'error', code: error.code, message: messageOf(error) }))
  network.on('dropped', ({ reason, count, peer }) => {
    // With a peer it is that neighbour's loss, not ours.
    if (peer === null)
      show({ kind: 'notice', text: `${count} ${count === 1 ? 'message' : 'messages'} lost (${reason})` })
  })
  return { ask: watchDials(network, show) }
}

/** Whether the node itself is at that port. */
export function listensOnPortOf({ address: own }: Network, address: string): boolean {
  return own !== null && portOf(own) === portOf(address)
}

function watchDials(network: Network, show: Show): (address: string) => void {
  const asked = new Set<string>()
  network.on('dial', (dial) => {
    if (dial.phase === 'start' || !asked.delete(dial.address)) return
    show({ kind: 'notice', text: outcomeOf(dial) })
  })
  // A missing host is this machine, and the network says so in its events.
  return (address) => void asked.add(address.startsWith(':') ? `127.0.0.1${address}` : address)
}

/** Why an address is not dialled, as people say it. */
const SKIPPED: Readonly<Record<string, (address: string) => string>> = {
  self: (address) => `${address} is this node itself`,
  dialling: (address) => `${address} is being dialled already`,
  connected: (address) => `${address} is a neighbour already`
}

function outcomeOf({ phase, address, reason }: NetworkEvents['dial']): string {
  if (phase === 'opened') return `joined ${address}`
  if (phase === 'skipped') return SKIPPED[reason ?? '']?.(address) ?? `${address} is not dialled now (${reason})`
  const why = reason === undefined ? '' : ` (${reason})`
  return `no link to ${address} yet${why}; trying on`
}

function portOf(address: string): string {
  return address.slice(address.lastIndexOf(':') + 1)
}
