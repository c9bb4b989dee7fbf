// Which sealed messages were taken already, so that one recorded on its way is not shown again. Sealed messages are sealed to a key made at each start, so
// those of an earlier run do not open at all; this is for the run. Pure: time is an argument. Bounded for each author and in all.

/** A sealed message whose author's clock says that it is older, or newer, than this is refused: as far as clocks may be wrong in the network. */
export const MAX_SEALED_AGE_MS = 15 * 60_000
/** Sealed messages remembered of one author within that time; who writes more is not heard until some have aged. A guess: one a second. */
export const MAX_SEALED_OF_AUTHOR = 1_000
/** Authors remembered, contacts apart. Strangers beyond it wait until some have aged. A guess. */
export const MAX_SEALED_AUTHORS = 1_000

/** For each author the ids taken and when they were written. */
export type SealedReplay = Map<string, Map<string, number>>

export type SealedVerdict = 'fresh' | 'replayed' | 'outdated' | 'crowded'

export function newSealedReplay(): SealedReplay {
  return new Map()
}

/** Judges a sealed message, and remembers it when it is fresh. `isContact`: no crowd of strangers keeps this author out. */
export function takeSealed(
  memory: SealedReplay,
  author: string,
  { id, at }: { readonly id: string; readonly at: number },
  now: number,
  isContact = false
): SealedVerdict {
  if (Math.abs(now - at) > MAX_SEALED_AGE_MS) return 'outdated'
  const sealed = memory.get(author)
  if (sealed?.has(id)) return 'replayed'
  if (sealed !== undefined && sealed.size >= MAX_SEALED_OF_AUTHOR && !forgetAged(sealed, now)) return 'crowded'
  const isFull = sealed === undefined && !isContact && memory.size >= MAX_SEALED_AUTHORS
  if (isFull && !forgetAuthors(memory, now)) return 'crowded'
  if (sealed === undefined) memory.set(author, new Map([[id, at]]))
  else sealed.set(id, at)
  return 'fresh'
}

// A sealed message that would be refused as outdated need not be remembered.
function forgetAged(sealed: Map<string, number>, now: number): boolean {
  const before = sealed.size
  for (const [id, at] of sealed) if (now - at > MAX_SEALED_AGE_MS) sealed.delete(id)
  return sealed.size < before
}

function forgetAuthors(memory: SealedReplay, now: number): boolean {
  const before = memory.size
  for (const [author, sealed] of memory) {
    forgetAged(sealed, now)
    if (sealed.size === 0) memory.delete(author)
  }
  return memory.size < before
}
