// The line being typed with its history and its completion. Pure: changes the given state and asks the given completer.
import type { Completer } from '../../screens/screen.ts'
import { cleanLines, EDITS, EMPTY_LINE, insert, type Line, lineOfText } from './editor.ts'

/** Lines that Up finds; the same as Node's line editor had. */
export const MAX_HISTORY = 200
/** Candidates that a completion examines. */
export const MAX_CANDIDATES = 200

export interface Input {
  line: Line
  /** What was entered, oldest first. */
  readonly history: string[]
  /** The line of the history that is shown; null: the new line. */
  recalled: number | null
  /** The new line, while one from the history is shown. */
  draft: Line
  completion: Completion | null
  /** The search of the history after Ctrl+R. */
  search: Search | null
  /** The line after the last paste into an empty one. */
  pasted: string | null
}

/** After Tab: which candidate is in the line, and where. */
export interface Completion {
  readonly from: number
  readonly candidates: readonly string[]
  readonly chosen: number
}

export function newInput(): Input {
  return {
    line: EMPTY_LINE,
    history: [],
    recalled: null,
    draft: EMPTY_LINE,
    completion: null,
    search: null,
    pasted: null
  }
}

/** False if it does not fit: the line stays as it was. */
export function typeText(input: Input, text: string): boolean {
  input.completion = null
  const line = insert(input.line, text)
  if (line !== null) input.line = line
  return line !== null
}

/** Like `typeText`, for a paste. */
export function pasteText(input: Input, text: string): boolean {
  const wasEmpty = input.line.text === ''
  const fits = typeText(input, text)
  if (fits && wasEmpty) input.pasted = input.line.text
  return fits
}

/** Whether nothing would be lost with the line: it is empty, or a pasted row that nobody has edited. */
export function isIdle({ line: { text }, pasted }: Input): boolean {
  return text === '' || (text === pasted && !text.trim().includes('\n'))
}

/** False if no edit has this name. */
export function edit(input: Input, name: string): boolean {
  const change = EDITS.get(name)
  if (change === undefined) return false
  input.completion = null
  input.line = change(input.line)
  return true
}

/** Takes what was typed, adds it to the history, and leaves an empty line. */
export function enter(input: Input): string {
  const { cut } = input.line
  const text = cleanLines(input.line.text)
  if (text.trim() !== '' && input.history.at(-1) !== text) input.history.push(text)
  if (input.history.length > MAX_HISTORY) input.history.shift()
  input.line = { ...EMPTY_LINE, cut }
  input.recalled = null
  input.completion = null
  return text
}

/** Drops what was typed; Ctrl+Y puts it back. */
export function clear(input: Input): void {
  input.line = { ...EMPTY_LINE, cut: input.line.text }
  input.recalled = null
  input.completion = null
}

/** Back (-1) or forward (1) in the history; after its newest comes the new line again. */
export function recall(input: Input, step: -1 | 1): void {
  const at = (input.recalled ?? input.history.length) + step
  if (at < 0 || at > input.history.length) return
  if (input.recalled === null) input.draft = input.line
  input.completion = null
  input.recalled = at === input.history.length ? null : at
  input.line = input.recalled === null ? input.draft : lineOfText(input.history[at] ?? '', input.line.cut)
}

/** Puts the next (1) or the previous (-1) candidate into the line. */
export function complete(input: Input, completer: Completer, step: -1 | 1): void {
  const { text, cursor } = input.line
  const current = input.completion ?? begin(completer, text, cursor, step)
  if (current === null) return
  const { from, candidates } = current
  const chosen = (current.chosen + step + candidates.length) % candidates.length
  const after = text.slice(cursor)
  // A space follows the word, unless there is one.
  const before = `${text.slice(0, from)}${candidates[chosen] ?? ''}${after.startsWith(' ') ? '' : ' '}`
  input.line = { ...input.line, text: before + after, cursor: before.length }
  // A single candidate is no choice: the next Tab completes what follows it.
  input.completion = candidates.length === 1 ? null : { from, candidates, chosen }
}

function begin(completer: Completer, text: string, cursor: number, step: -1 | 1): Completion | null {
  const { from, candidates: found } = completer(text, cursor)
  const candidates = found.slice(0, MAX_CANDIDATES).map(cleanLines)
  if (candidates.length === 0 || from < 0 || from > cursor) return null
  return { from, candidates, chosen: step === 1 ? -1 : 0 }
}

export interface Search {
  readonly query: string
  /** The line of the history that is shown; null: none matches. */
  readonly found: number | null
  /** The line before the search. */
  readonly before: Line
}
