// Lines that the tutorial, or another chat, would have taken for a command: what to type here instead. Otherwise they
// would be said to everyone, and some are meant for one person only. Pure.
import { findPresent } from '../conversations/finding.ts'
import type { Session } from '../session/session.ts'

/** Why this line should not be said; null if it may be. */
export function hintFor(session: Session, line: string): string | null {
  const words = line.trim().split(/\s+/u)
  const [first = '', second = ''] = words.map((word) => word.toLowerCase())
  if (first === 'add' && second === 'contact' && words.length <= 4)
    return `not said: /contact add KEY NAME adds a contact; /say ${line.trim()} says it`
  if (words.length === 1 && (first === 'help' || first === '?'))
    return `not said: /help lists the commands; /say ${line.trim()} says it`
  if (first === 'disconnect' && words.length === 1)
    return 'not said: /disconnect leaves this network, and exit this chat; /say disconnect says it'
  if (first !== 'dm' && first !== 'msg') return null
  const name = (words[1] ?? '').replace(/^@/, '')
  if (words.length > 1 && findPresent(session, name).kind === 'none') return null
  const whom = name === '' ? 'NAME' : name
  return `not said: @${whom} TEXT says one line to ${whom} alone, /dm ${whom} opens a conversation; /say ${line.trim()} says it to all`
}
