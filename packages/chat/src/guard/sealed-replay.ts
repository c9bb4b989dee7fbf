// Which letters were taken already, so that one recorded on its way is not shown again. Letters are sealed to a key made at each start, so
// those of an earlier run do not open at all; this is for the run. Pure: time is an argument. Bounded for each author and in all.

/** A letter whose author's clock says that it is older, or newer, than this is refused: as far as clocks may be wrong in the network. */
export const MAX_LETTER_AGE_MS = 15 * 60_000
/** Letters remembered of one author within that time; who writes more is not heard until some have aged. A guess: one a second. */
export const MAX_LETTERS_OF_AUTHOR = 1_000
/** Authors remembered, contacts apart. Strangers beyond it wait until some have aged. A guess. */
export const MAX_LETTER_AUTHORS = 1_000

/** For each author the ids taken and when they were written. */
export type LetterMemory = Map<string, Map<string, number>>

export type LetterVerdict = 'fresh' | 'replayed' | 'outdated' | 'crowded'

export function newLetterMemory(): LetterMemory {
  return new Map()
}

/** Judges a letter, and remembers it when it is fresh. `isContact`: no crowd of strangers keeps this author out. */
export function takeLetter(
  memory: LetterMemory,
  author: string,
  { id, at }: { readonly id: string; readonly at: number },
  now: number,
  isContact = false
): LetterVerdict {
  if (Math.abs(now - at) > MAX_LETTER_AGE_MS) return 'outdated'
  const letters = memory.get(author)
  if (letters?.has(id)) return 'replayed'
  if (letters !== undefined && letters.size >= MAX_LETTERS_OF_AUTHOR && !forgetAged(letters, now)) return 'crowded'
  const isFull = letters === undefined && !isContact && memory.size >= MAX_LETTER_AUTHORS
  if (isFull && !forgetAuthors(memory, now)) return 'crowded'
  if (letters === undefined) memory.set(author, new Map([[id, at]]))
  else letters.set(id, at)
  return 'fresh'
}

// A letter that would be refused as outdated need not be remembered.
function forgetAged(letters: Map<string, number>, now: number): boolean {
  const before = letters.size
  for (const [id, at] of letters) if (now - at > MAX_LETTER_AGE_MS) letters.delete(id)
  return letters.size < before
}

function forgetAuthors(memory: LetterMemory, now: number): boolean {
  const before = memory.size
  for (const [author, letters] of memory) {
    forgetAged(letters, now)
    if (letters.size === 0) memory.delete(author)
  }
  return memory.size < before
}
