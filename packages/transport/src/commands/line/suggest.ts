// "Did you mean": the known word nearest to an unknown one.

/** A suggestion to append to an error; empty if nothing is near. */
export function suggestion(word: string, known: readonly string[]): string {
  const near = nearest(word, known)
  return near === null ? '' : `; did you mean ${near}?`
}

/**
 * The known word with the fewest letters to change, drop, add or swap, at most a third of them; or else the only one
 * that begins with `word`.
 */
export function nearest(word: string, known: readonly string[]): string | null {
  const longer = known.filter((candidate) => candidate.startsWith(word))
  if (longer.length === 1 && word.replace(/^-+/, '') !== '') return longer[0] ?? null
  const most = Math.max(1, Math.floor(word.replace(/^-+/, '').length / 3))
  const scored = known.map((candidate) => ({ candidate, edits: editsBetween(word.toLowerCase(), candidate) }))
  const [best] = scored.sort((a, b) => a.edits - b.edits)
  return best !== undefined && best.edits <= most ? best.candidate : null
}

/** Damerau's distance, without edits within a swapped pair. */
function editsBetween(a: string, b: string): number {
  let before: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + Number(a[i - 1] !== b[j - 1])
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      next.push(
        Math.min(
          change,
          (row[j] ?? 0) + 1,
          (next[j - 1] ?? 0) + 1,
          isSwap ? (before[j - 2] ?? 0) + 1 : a.length + b.length
        )
      )
    }
    before = row
    row = next
  }
  return row[b.length] ?? 0
}
