// What of the network's doings reaches a screen: links and errors for programs (--json), and for people only what they
// asked for (an address they named) or lost (messages dropped). The log holds all of it: the network writes that
// itself.

import { messageOf } from '@floodnet/core'
import type { Network } from '@floodnet/transport'
import type { ScreenEvent } from '../screens/screen.ts'
import { EntryWatch } from './entry-watch.ts'

type Show = (event: ScreenEvent) => void

/** Shows it; tells what becomes of the addresses that it is asked about. */
export function watchNetwork(network: Network, show: Show): EntryWatch {
  for (const { id, address } of network.peers) show({ kind: 'peer-up', id, address })
  network.on('peer-up', ({ id, address }) => show({ kind: 'peer-up', id, address }))
  network.on('peer-down', ({ id, reason }) => show({ kind: 'peer-down', id, reason }))
  network.on('error', (error) => show({ kind: 'error', code: error.code, message: messageOf(error) }))
  network.on('dropped', ({ reason, count, peer }) => {
    // With a peer it is that neighbour's loss, not ours.
    if (peer === null)
      show({ kind: 'notice', text: `${count} ${count === 1 ? 'message' : 'messages'} lost (${reason})` })
  })
  return new EntryWatch(network, (text) => show({ kind: 'notice', text }))
}

/** Whether the node itself is at that port. */
export function listensOnPortOf({ address: own }: Network, address: string): boolean {
  return own !== null && portOf(own) === portOf(address)
}

function portOf(address: string): string {
  return address.slice(address.lastIndexOf(':') + 1)
}
