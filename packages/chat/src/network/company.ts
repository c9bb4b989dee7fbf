// Waits for somebody to hear what is to be said.
import type { Network } from '@floodnet/transport'
import { within } from '../waiting.ts'
import type { EntryWatch } from './entry-watch.ts'

/**
 * At the end of a pipe: how long to wait for a first neighbour if nobody has heard a word yet. As long as one dial may
 * take.
 */
export const HEARD_WAIT_MS = 5_000
/** How long a text with an address of its own waits for that address: as long as two dials may take. */
export const ENTRY_WAIT_MS = 10_000
/** How often the chat checks whether the entry has answered. */
const LOOK_MS = 50

/** False if nobody came in time; `told` ends the wait. */
export function company(network: Network, told: Promise<void>): Promise<boolean> {
  if (network.peers.length > 0) return Promise.resolve(true)
  const up = new Promise<void>((resolve) => network.once('peer-up', () => resolve()))
  return within(HEARD_WAIT_MS, Promise.race([up, told]))
}

/** False if none of the entries that the user named answers, or nobody at all if none was named. */
export async function reach(
  network: Network,
  watch: EntryWatch,
  entries: readonly string[],
  leave: AbortSignal
): Promise<boolean> {
  const isThere = () => network.peers.length > 0 && (entries.length === 0 || watch.isReached(entries))
  const told = new Promise<void>((resolve) => leave.addEventListener('abort', () => resolve(), { once: true }))
  for (let waited = 0; waited < ENTRY_WAIT_MS && !leave.aborted && !isThere(); waited += LOOK_MS)
    await within(LOOK_MS, told)
  return network.peers.length > 0 && (entries.length === 0 || watch.mayBeReached(entries))
}
