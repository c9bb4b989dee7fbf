// `/connect` and `/disconnect`: one more address that this user names, or the first after leaving the network.
import { codeOf, messageOf } from '@floodnet/core'
import { entryNotice, type Network } from '@floodnet/transport'
import { DEFAULT_ENTRY } from '../options.ts'
import type { ScreenEvent } from '../screens/screen.ts'
import type { EntryWatch } from './entry-watch.ts'
import { joinAddress } from './invite.ts'
import { listensOnPortOf } from './network-watch.ts'
import { tryDefaultEntry } from './next-ports.ts'

type Show = (event: ScreenEvent) => void

/** Where the next network is; `address` null: the default entry. `name` null: the previous network. */
export interface Destination {
  readonly address: string | null
  readonly name: string | null
}

/** False if the node is still in no network; the screen says why. */
export async function rejoin(
  network: Network,
  watch: EntryWatch,
  { address, name }: Destination,
  show: Show
): Promise<boolean> {
  try {
    if (address !== null) watch.ask(address)
    await network.join(address, name === null ? {} : { name })
    show({ kind: 'listening', address: network.address, id: network.id, join: joinAddress(network) })
    if (address === null && !listensOnPortOf(network, DEFAULT_ENTRY))
      tryDefaultEntry(network, (entry) => network.connect(entry))
    if (address !== null) show({ kind: 'notice', text: entryNotice(address) ?? `joining ${address}` })
    return true
  } catch (error) {
    show({ kind: 'error', code: codeOf(error), message: messageOf(error) })
    return false
  }
}

export function connect(network: Network, watch: EntryWatch, address: string, show: Show): void {
  if (listensOnPortOf(network, address) && address === DEFAULT_ENTRY)
    return show({ kind: 'notice', text: `${address} is this node itself: others join you there` })
  try {
    watch.ask(address)
    network.connect(address)
    show({ kind: 'notice', text: entryNotice(address) ?? `joining ${address}` })
  } catch (error) {
    show({ kind: 'error', code: codeOf(error), message: messageOf(error) })
  }
}
