// `connect`: one more address that this user names.
import { codeOf, messageOf } from '@floodnet/core'
import { entryNotice, type Network } from '@floodnet/transport'
import { DEFAULT_ENTRY } from '../options.ts'
import type { ScreenEvent } from '../screens/screen.ts'
import type { EntryWatch } from './entry-watch.ts'
import { listensOnPortOf } from './network-watch.ts'

export function connect(
  network: Network,
  watch: EntryWatch,
  address: string,
  show: (event: ScreenEvent) => void
): void {
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
