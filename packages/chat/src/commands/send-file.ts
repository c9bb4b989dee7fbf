// `/send`: the recipient and the file. Pure.
import { sendFileTo } from '../conversations/direct.ts'
import { findPresent } from '../conversations/finding.ts'
import type { ConversationKey } from '../screens/screen.ts'
import { type Effect, type StepContext, undone } from '../session/effects.ts'
import type { Session } from '../session/session.ts'

/** `/send NAME FILE`, or `/send FILE` in a direct conversation. */
export function sendFile(
  session: Session,
  words: string,
  conversation: ConversationKey,
  context: StepContext
): Effect[] {
  const { who, path } = addresseeOf(session, words, conversation)
  if (who === null)
    return [undone('not sent: to whom? /send NAME FILE, or /send FILE in a direct conversation with one person')]
  return sendFileTo(session, who, path, context)
}

// In a direct conversation, a first word that names nobody is the beginning of a path.
function addresseeOf(
  session: Session,
  words: string,
  conversation: ConversationKey
): { who: string | null; path: string } {
  const [first = '', ...rest] = words.split(/\s+/)
  const others = session.pending.conversations.get(conversation) ?? []
  const name = first.replace(/^@/, '')
  if (rest.length > 0 && (others.length === 0 || findPresent(session, name).kind !== 'none'))
    return { who: name, path: words.slice(first.length).trim() }
  return { who: others.length === 1 ? (others[0] ?? null) : null, path: words }
}
