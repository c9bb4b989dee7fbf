// Completes the word being typed: commands, names of people who are here, rooms. Pure.

import type { Completer } from '../screens/screen.ts'
import { knownOf, type Session } from '../session/session.ts'
import { MAX_NAME_BYTES } from '../text/name.ts'
import { UNSPACED } from '../text/naming.ts'
import { SLASH_WORDS } from './parse.ts'

/** Candidates of one word. */
const MAX_CANDIDATES = 50

export function completerOf(session: Session): Completer {
  return (line, cursor) => {
    const before = line.slice(0, cursor)
    const from = before.search(/\S*$/u)
    const word = before.slice(from)
    const candidates = word === '' ? [] : candidatesFor(session, word, before.slice(0, from))
    return candidates.length > 0 ? { from, candidates } : withinWord(session, word, from)
  }
}

function candidatesFor(session: Session, word: string, before: string): string[] {
  const isFirst = before.trim() === ''
  if (word.startsWith('/')) return isFirst ? startingWith([...SLASH_WORDS].sort(), word) : []
  if (word.startsWith('#')) return startingWith([...session.rooms].sort(), word)
  const names = namesOf(session)
  if (word.startsWith('@'))
    return startingWith(
      names.map((name) => `@${name}`),
      word
    )
  return startingWith(names, word).map((name) => (isFirst ? `${name}:` : name))
}

// Where words have no spaces between them, a name may begin anywhere.
function withinWord(session: Session, word: string, from: number): { from: number; candidates: string[] } {
  const names = /^[/#]/.test(word) ? [] : namesOf(session)
  for (let at = Math.max(1, word.length - MAX_NAME_BYTES); at < word.length; at++) {
    if (!UNSPACED.test(word.slice(0, at).slice(-1)) && !UNSPACED.test(word.slice(at, at + 1))) continue
    const candidates = startingWith(names, word.slice(at))
    if (candidates.length > 0) return { from: from + at, candidates }
  }
  return { from, candidates: [] }
}

/** The people who are here: the latest speakers first, then those who have said nothing, by name. */
function namesOf(session: Session): string[] {
  const order = new Map([...session.speakers].reverse().map((id, index) => [id, index]))
  const last = order.size
  return [...session.roster.keys()]
    .map((id) => ({ name: knownOf(session, id).name, rank: order.get(id) ?? last }))
    .sort((one, other) => one.rank - other.rank || (one.name < other.name ? -1 : 1))
    .map(({ name }) => name)
}

function startingWith(words: readonly string[], start: string): string[] {
  const lower = start.toLowerCase()
  return words.filter((word) => word.toLowerCase().startsWith(lower)).slice(0, MAX_CANDIDATES)
}
