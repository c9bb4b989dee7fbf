// What may be meant by the word being typed: commands, names of those who are here, rooms. Pure.

import type { Completer } from '../screens/screen.ts'
import { knownOf, type Session } from '../session/session.ts'
import { SLASH_WORDS } from './parse.ts'

/** Candidates of one word. */
const MAX_CANDIDATES = 50

export function completerOf(session: Session): Completer {
  return (line, cursor) => {
    const before = line.slice(0, cursor)
    const from = before.search(/\S*$/u)
    const word = before.slice(from)
    return { from, candidates: word === '' ? [] : candidatesFor(session, word, before.slice(0, from)) }
  }
}

function candidatesFor(session: Session, word: string, before: string): string[] {
  if (word.startsWith('/')) return before.trim() === '' ? startingWith(SLASH_WORDS, word) : []
  if (word.startsWith('#')) return startingWith([...session.rooms], word)
  const names = [...session.roster.keys()].map((id) => knownOf(session, id).name)
  if (word.startsWith('@'))
    return startingWith(
      names.map((name) => `@${name}`),
      word
    )
  const isAddress = before.trim() === ''
  return startingWith(names, word).map((name) => (isAddress ? `${name}:` : name))
}

function startingWith(words: readonly string[], start: string): string[] {
  const lower = start.toLowerCase()
  return words
    .filter((word) => word.toLowerCase().startsWith(lower))
    .sort()
    .slice(0, MAX_CANDIDATES)
}
