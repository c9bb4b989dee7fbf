// The verdict on a node, in a few words: what an operator should look into first.
import type { Snapshot } from '../snapshot.ts'
import type { Connection } from './stream.ts'

/** Losses that do no harm: most often late copies. */
const HARMLESS = ['stale']
/** A thread that is busy for more than this share has no time for more. A guess. */
const FULL_SHARE = 0.9

export interface Verdict {
  readonly text: string
  readonly level: 'good' | 'warn' | 'error' | 'debug'
}

export function verdictOn(connection: Connection, snapshot: Snapshot | null): Verdict {
  if (connection === 'lost') return { text: 'no connection to the node; trying again', level: 'error' }
  if (connection === 'silent') return { text: 'the node does not answer', level: 'error' }
  if (snapshot === null) return { text: 'connecting', level: 'debug' }
  return verdictOnNode(snapshot)
}

function verdictOnNode(snapshot: Snapshot): Verdict {
  const { peers, workers } = snapshot.figures
  if (workers.running === 0) return { text: 'no I/O thread runs', level: 'error' }
  if (peers.length === 0) return { text: 'no neighbour', level: 'warn' }
  if (lossesOf(snapshot).rate > 0) return { text: 'losing packets', level: 'error' }
  const lagging = peers.filter((peer) => peer.lagging).length
  if (lagging > 0) return { text: lagging === 1 ? 'a neighbour lags' : `${lagging} neighbours lag`, level: 'warn' }
  const worst = worstThread(snapshot)
  if (worst !== null && worst.share > FULL_SHARE)
    return { text: `thread ${worst.name} has no time left`, level: 'warn' }
  return { text: 'all is well', level: 'good' }
}

export function lossesOf({ figures, rates }: Snapshot): { total: number; rate: number } {
  return { total: sumOf(figures.drops), rate: sumOf(rates?.drops ?? {}) }
}

export function worstThread({ rates }: Snapshot): { name: string; share: number } | null {
  const threads = Object.entries(rates?.busy ?? {}).map(([name, share]) => ({ name, share }))
  return threads.sort((a, b) => b.share - a.share)[0] ?? null
}

function sumOf(drops: Readonly<Record<string, number>>): number {
  return Object.entries(drops).reduce((sum, [reason, count]) => (HARMLESS.includes(reason) ? sum : sum + count), 0)
}
