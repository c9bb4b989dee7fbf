// One worker's trees on a stage: inputs as calls, effects as lines of a log. Times are made up; nothing waits.
import { type TreeHost, type TreeOptions, Trees } from '../../src/tree/index.ts'

export const AUTHOR = 0

/** A node with `links` links, of which the first has brought the author's first packet. */
export function stage(links = 4, options: Partial<TreeOptions> = {}) {
  const log: string[] = []
  const had = new Set<number>()
  const held = { lowest: 1, purged: 0 }
  const masks = { pruned: 0 }
  const host: TreeHost = {
    has: (_, seq) => had.has(seq),
    setPruned: (_, pruned) => {
      masks.pruned = pruned
    },
    sendPrune: (slot) => void log.push(`prune ${slot}`),
    sendGraft: (slot, _, ranges) => void log.push(`graft ${slot}: ${ranges.map(({ from }) => from).join()}`),
    sendNone: (slot, _, lowest) => void log.push(`none ${slot}: ${lowest}`),
    sendIHave: (slot, [first]) => void log.push(`iHave ${slot}: ${first?.contiguous}`),
    purge: (slot) => {
      log.push(`purge ${slot}`)
      return held.purged
    },
    replay: (slot, _, ranges) => {
      log.push(`replay ${slot}: ${ranges.map(({ from }) => from).join()}`)
      return Math.max(held.lowest, ranges[0]?.from ?? 0)
    },
    onGap: (_, from, to) => void log.push(`gap ${from}-${to}`),
    onForget: () => void log.push('forget')
  }
  const trees = new Trees(host, () => 0.5, options)
  for (let i = 0; i < links; i++) trees.linkUp(true, 50, 0)
  const fresh = (seq: number, slot: number, nowMs: number) => {
    trees.onData(slot, nowMs)
    had.add(seq)
    trees.onFresh(AUTHOR, slot, seq, nowMs)
  }
  const again = (slot: number, nowMs: number) => {
    trees.onData(slot, nowMs)
    trees.onDuplicate(AUTHOR, slot, nowMs)
  }
  return { trees, log, had, held, masks, fresh, again }
}

/** The same with a parent (link 0) and the other links pruned. */
export function grown(links = 4, options: Partial<TreeOptions> = {}) {
  const made = stage(links, options)
  made.trees.open(AUTHOR, 0, false, 0)
  made.fresh(1, 0, 0)
  for (let slot = 1; slot < links; slot++) made.again(slot, 5)
  made.log.length = 0
  return made
}
