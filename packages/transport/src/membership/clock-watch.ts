// Whether this machine's clock is right, as far as the neighbours' clocks can tell: if a node's clock is far off, nodes
// refuse each other without knowing why. We never set anything by what neighbours say, since they may lie.
import { FloodnetError } from '@floodnet/core'

/**
 * How far clocks may differ before we tell anybody. A guess: two thirds of what nodes forgive
 * (MAX_INCARNATION_AHEAD_S).
 */
export const CLOCK_TOLERANCE_S = 600

export class ClockWatch {
  readonly #tell: (error: FloodnetError) => void
  /** By link: how far our clock is ahead of theirs, in seconds. */
  readonly #aheadS = new Map<number, number>()
  #isTold = false

  constructor(tell: (error: FloodnetError) => void) {
    this.#tell = tell
  }

  /** A neighbour's clock at `nowMs` of ours, both Unix time; null if it does not say. */
  heard(link: number, theirS: number | null, nowMs: number): void {
    if (theirS === null) return
    this.#aheadS.set(link, Math.round(nowMs / 1000) - theirS)
    const off = [...this.#aheadS.values()].filter((aheadS) => Math.abs(aheadS) > CLOCK_TOLERANCE_S)
    const isOff = off.length * 2 > this.#aheadS.size
    if (isOff && !this.#isTold) this.#tell(clockError(off, this.#aheadS.size))
    this.#isTold = isOff
  }

  forget(link: number): void {
    this.#aheadS.delete(link)
  }
}

function clockError(off: readonly number[], all: number): FloodnetError {
  const middleS = off.toSorted((a, b) => a - b)[off.length >> 1] ?? 0
  const [way, harm] =
    middleS > 0 ? ['ahead of', 'they refuse what this node writes'] : ['behind', 'this node refuses what they write']
  const text = `this machine's clock is ${timeText(Math.abs(middleS))} ${way} ${off.length} of ${all} neighbours, and ${harm}: set the clock`
  return new FloodnetError('ERR_FLOODNET_CLOCK', text)
}

function timeText(seconds: number): string {
  const minutes = Math.round(seconds / 60)
  if (minutes < 120) return `${minutes} minutes`
  const hours = Math.round(seconds / 3_600)
  return hours < 72 ? `${hours} hours` : `${Math.round(hours / 24)} days`
}
