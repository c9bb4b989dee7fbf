// Which of the network's events reach a screen: links and errors for programs (--json), and for people only what they
// asked for (an address they named) or lost (dropped messages). The log holds everything: the network writes that
// itself.

import { messageOf } from '@floodnet/core'
import type { Network } from '@floodnet/transport'
import type { ScreenEvent } from '../screens/screen.ts'
import { EntryWatch } from './entry-watch.ts'

type Show = (event: ScreenEvent) => void

/** Shows events, and reports the outcomes of the addresses that it is asked about. */
export function watchNetwork(network: Network, show: Show): EntryWatch {
  for (const { id, address } of network.peers) show({ kind: 'peer-up', id, address })
  network.on('peer-up', ({ id, address }) => show({ kind: 'peer-up', id, address }))
  network.on('peer-down', ({ id, reason }) => show({ kind: 'peer-down', id, reason }))
  network.on('error', (error) => show({ kind: 'error', code: error.code, message: messageOf(error) }))
  network.on('dropped', ({ reason, count, peer }) => {
    // With a peer, the loss is that neighbour's, not ours.
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
