// Which sealed messages we have taken already, so that one recorded on its way is not shown again. They are sealed to a
// key made at each start, so those of an earlier run do not open at all; this covers the present run. Pure: time is an
// argument. Bounded for each author and in all.

/**
 * The chat refuses a sealed message if its author's clock says that it is older, or newer, than this: as far as clocks
 * may be wrong in the network.
 */
export const MAX_SEALED_AGE_MS = 15 * 60_000
/**
 * Sealed messages remembered of one author. If there are more, those written first are forgotten, and messages no newer
 * than they are refused. So messages may overtake each other by this many, and any number that comes in order is
 * accepted. A guess: five seconds of the most that a neighbour brings.
 */
export const MAX_SEALED_OF_AUTHOR = 512
/** Authors remembered, without contacts. Further strangers wait until some entries have aged. A guess. */
export const MAX_SEALED_AUTHORS = 1_000

interface Taken {
  /** The ids taken, and when they were written. */
  readonly ids: Map<string, number>
  /** Anything written at this time or earlier may have been taken and forgotten. */
  floor: number
}

/** By author. */
export type SealedReplay = Map<string, Taken>

/** `outdated`: by the two clocks. `crowded`: there is no room to remember it. */
export type SealedVerdict = 'fresh' | 'replayed' | 'outdated' | 'crowded'

export function newSealedReplay(): SealedReplay {
  return new Map()
}

/**
 * Judges a sealed message, and remembers it if it is fresh. `isContact`: no crowd of strangers keeps this author out.
 */
export function takeSealed(
  memory: SealedReplay,
  author: string,
  { id, at }: { readonly id: string; readonly at: number },
  now: number,
  isContact = false
): SealedVerdict {
  if (Math.abs(now - at) > MAX_SEALED_AGE_MS) return 'outdated'
  const known = memory.get(author)
  if (known?.ids.has(id)) return 'replayed'
  if (known !== undefined && at <= known.floor) return 'crowded'
  if (known === undefined && !isContact && memory.size >= MAX_SEALED_AUTHORS && !forgetAuthors(memory, now))
    return 'crowded'
  const taken = known ?? { ids: new Map(), floor: Number.NEGATIVE_INFINITY }
  if (known === undefined) memory.set(author, taken)
  taken.ids.set(id, at)
  if (taken.ids.size > MAX_SEALED_OF_AUTHOR) forgetFirst(taken)
  return 'fresh'
}

function forgetFirst(taken: Taken): void {
  let [first, least] = ['', Number.POSITIVE_INFINITY]
  for (const [id, at] of taken.ids) if (at < least) [first, least] = [id, at]
  taken.ids.delete(first)
  taken.floor = Math.max(taken.floor, least)
}

// A message that would be refused as outdated need not be remembered.
function forgetAuthors(memory: SealedReplay, now: number): boolean {
  const before = memory.size
  for (const [author, { ids, floor }] of memory) {
    const isAged = (at: number) => now - at > MAX_SEALED_AGE_MS
    if (floor >= now - MAX_SEALED_AGE_MS) continue
    if ([...ids.values()].every(isAged)) memory.delete(author)
  }
  return memory.size < before
}
