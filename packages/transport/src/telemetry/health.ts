// Whether a node is alive and whether it can do its work, for the programs that start and watch it.
import type { NetworkStats } from '../api.ts'

/**
 * Why a node is not ready; null if it is. A node that has dialled nobody is an entry: it is ready when it listens,
 * since others need it before it has neighbours.
 */
export function unreadiness({
  joined,
  links,
  dials,
  workers
}: Pick<NetworkStats, 'joined' | 'links' | 'dials' | 'workers'>): string | null {
  if (!joined) return 'in no network'
  if (workers.running === 0) return 'no I/O thread runs'
  const neighbours = links.dialled + links.accepted
  return neighbours === 0 && dials.started > 0 ? 'no neighbour' : null
}
