// Whether a node is alive, and whether it can do its work, for what starts and watches it.
import type { NetworkStats } from '../api.ts'

/**
 * Why a node is not ready; null: it is. One that has dialled nobody is an entry: it is ready when it listens, since
 * others need it before it has neighbours.
 */
export function unreadiness({
  links,
  dials,
  workers
}: Pick<NetworkStats, 'links' | 'dials' | 'workers'>): string | null {
  if (workers.running === 0) return 'no I/O thread runs'
  const neighbours = links.dialled + links.accepted
  return neighbours === 0 && dials.started > 0 ? 'no neighbour' : null
}
