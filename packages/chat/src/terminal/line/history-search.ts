// Ctrl+R: searches the history for a line that contains what is typed, as readline does. Pure.
import { cleanLines, EMPTY_LINE, lineOfText } from './editor.ts'
import type { Input, Search } from './input.ts'

/** Ctrl+R: begins a search, or looks further back. */
export function searchBack(input: Input): void {
  const { search, history } = input
  input.completion = null
  if (search === null) input.search = { query: '', found: null, before: input.line }
  else if (search.query !== '') show(input, search, find(history, search.query, (search.found ?? history.length) - 1))
}

/** Lengthens the query, or shortens it (`typed` null). */
export function changeQuery(input: Input, typed: string | null): void {
  const { search, history } = input
  if (search === null) return
  const query = typed === null ? search.query.slice(0, -1) : search.query + cleanLines(typed)
  const from = typed === null ? history.length - 1 : (search.found ?? history.length - 1)
  show(input, { ...search, query }, query === '' ? null : find(history, query, from))
}

/** Keeps the found line, or restores the one before (`keep` false). */
export function endSearch(input: Input, keep: boolean): void {
  const { search } = input
  if (search === null) return
  input.search = null
  if (!keep || search.found === null) input.line = search.before
}

/** Stands before the line during a search. */
export function searchPrompt({ query, found }: Search): string {
  return query !== '' && found === null ? `nothing has "${query}": ` : `search "${query}": `
}

// If nothing is found, the last line shown stays.
function show(input: Input, search: Search, found: number | null): void {
  if (found === null) {
    input.search = { ...search, found: search.query === '' ? null : stillFits(input, search) }
    if (search.query === '') input.line = EMPTY_LINE
    return
  }
  input.search = { ...search, found }
  input.line = lineOfText(input.history[found] ?? '', input.line.cut)
}

function stillFits({ history }: Input, { query, found }: Search): number | null {
  return found !== null && (history[found] ?? '').toLowerCase().includes(query.toLowerCase()) ? found : null
}

function find(history: readonly string[], query: string, from: number): number | null {
  const wanted = query.toLowerCase()
  for (let at = from; at >= 0; at--) if (history[at]?.toLowerCase().includes(wanted)) return at
  return null
}
