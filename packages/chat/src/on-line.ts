// What follows from a line that the user typed. Pure.
import { hintFor } from './commands/hints.ts'
import { type Command, HELP, parseLine, parseSaid } from './commands/parse.ts'
import { addContact, block, contacts, removeContact, verify, who, whois } from './commands/people.ts'
import { sendFile } from './commands/send-file.ts'
import { openingOf, sendIn, sendTo } from './conversations/direct.ts'
import { isRoom, join, leave, roomOf, toEveryone } from './conversations/rooms.ts'
import { decideFile } from './files/on-file.ts'
import { isContact, ownerOf, touch } from './people/address-book.ts'
import { announceSoon } from './people/announcing.ts'
import { fingerprintOf, NAME_MARK } from './people/trust.ts'
import type { ConversationKey, TypedLine } from './screens/screen.ts'
import { conversationEvent, type Effect, notice, notices, type StepContext, undone } from './session/effects.ts'
import { MAX_SAID_BYTES, MAX_SHOWN_BYTES, type Session } from './session/session.ts'
import { isSameName, nameProblem } from './text/name.ts'
import { encodeEnvelope } from './wire/envelope.ts'

export function onLine(session: Session, line: TypedLine, context: StepContext): Effect[] {
  if (session.askingName) return onName(session, line.text.trim(), context)
  // A screen with conversations of its own knows best where its user is.
  if (line.conversation !== null) session.current = line.conversation
  const hint = session.obeys ? hintFor(session, line.text) : null
  if (hint !== null) return [undone(hint)]
  const command = session.obeys ? parseLine(line.text) : parseSaid(line.text)
  return onCommand(session, command, session.current, context)
}

const AWAY = 'you are in no network; /connect ADDR joins one'
const LEAVE_FIRST = 'you are in a network; /disconnect leaves it'
/** Commands that need other people. */
const FOR_OTHERS: ReadonlySet<Command['kind']> = new Set([
  'say',
  'act',
  'direct',
  'plain',
  'open',
  'send-file',
  'decide-file',
  'invite'
])

function onCommand(session: Session, command: Command, conversation: ConversationKey, context: StepContext): Effect[] {
  if (session.away && FOR_OTHERS.has(command.kind)) return [undone(`not done: ${AWAY}`)]
  switch (command.kind) {
    case 'blank':
      return []
    case 'say':
      return withinLimits(command.text, () => sayIn(session, conversation, command.text, context))
    case 'act': {
      // In the form that people use where a program has none, so that all readers see the same.
      const text = `* ${session.name} ${command.text}`
      return withinLimits(text, () => sayIn(session, conversation, text, context))
    }
    case 'direct':
      return withinLimits(command.text, () => sendTo(session, command.to, command.text, context))
    case 'plain':
      return withinLimits(command.text, () => sayPlain(session, command.to, command.text))
    case 'open':
      return sendTo(session, command.to, null, context)
    case 'join':
      return join(session, command.room)
    case 'part':
      return leave(session, command.conversation === null ? conversation : roomOf(command.conversation))
    case 'everyone':
      return toEveryone(session)
    case 'clear':
      return [conversationEvent(conversation, conversation, 'cleared')]
    case 'send-file':
      return sendFile(session, command.words, conversation, context)
    default:
      return onOtherCommand(session, command, context)
  }
}

type Other = Exclude<
  Command,
  { kind: 'blank' | 'say' | 'act' | 'clear' | 'direct' | 'plain' | 'open' | 'join' | 'part' | 'everyone' | 'send-file' }
>

function onOtherCommand(session: Session, command: Other, context: StepContext): Effect[] {
  switch (command.kind) {
    case 'ask-name':
      session.askingName = true
      return [{ kind: 'prompt' }, notice('type the new name on the next line; an empty line keeps the old one')]
    case 'rename':
      return rename(session, command.name, context)
    case 'who':
      return who(session)
    case 'whois':
      return whois(session, command.who)
    case 'contacts':
      return contacts(session)
    case 'add-contact':
      return addContact(session, command.who, command.name, context.now)
    case 'remove-contact':
      return removeContact(session, command.who)
    case 'verify':
      return verify(session, command.who, command.confirmed, context.now)
    case 'block':
      return block(session, command.who, command.blocked, context.now)
    case 'decide-file':
      return decideFile(session, command.verb, command.nr, context)
    case 'connect':
      return session.away || command.network === null ? [command] : [undone(`not joined: ${LEAVE_FIRST}`)]
    case 'disconnect':
      return session.away ? [undone(AWAY)] : [command]
    case 'invite':
    case 'leave':
      return [command]
    case 'help':
      return notices(HELP)
    case 'wrong':
      return [undone(command.reason)]
  }
}

function sayIn(session: Session, conversation: ConversationKey, text: string, context: StepContext): Effect[] {
  // After /dm, a line is for the people we are still looking for: it must not go to everyone in the meantime.
  const opening = openingOf(session)
  if (opening !== null) return sendTo(session, opening, text, context)
  if (conversation.startsWith('@')) return sendIn(session, conversation, text, context)
  if (!isRoom(conversation)) return [say(session, text, '', '')]
  if (!session.rooms.has(conversation))
    return [undone(`not said: you are not in ${conversation}; /join ${conversation}`)]
  return [say(session, text, conversation, conversation)]
}

function sayPlain(session: Session, to: string, text: string): Effect[] {
  if (isSameName(to, session.name)) return [undone('that is you')]
  return [say(session, text, to.normalize('NFC'), ''), notice('not sealed: every node could read that line')]
}

// The Go program leaves the space after the name in the text, and so do we; the reader removes it.
function say(session: Session, text: string, to: string, conversation: ConversationKey): Effect {
  const envelope = { text: to === '' ? text : ` ${text}`, from: session.name, to, via: '' }
  const addressee = to === '' || isRoom(to) ? null : to
  return {
    kind: 'write',
    payload: encodeEnvelope(envelope),
    said: { text, to: addressee, conversation, title: isRoom(to) ? to : (addressee ?? '') }
  }
}

function withinLimits(text: string, send: () => Effect[]): Effect[] {
  const bytes = Buffer.byteLength(text)
  if (bytes > MAX_SAID_BYTES) return [undone(`not said: the line has more than ${MAX_SAID_BYTES} bytes`)]
  if (bytes <= MAX_SHOWN_BYTES) return send()
  return [...send(), notice(`a long line: others are shown its first ${MAX_SHOWN_BYTES} of ${bytes} bytes`)]
}

function onName(session: Session, name: string, context: StepContext): Effect[] {
  session.askingName = false
  return name === '' ? [{ kind: 'prompt' }, notice(`you are still ${session.name}`)] : rename(session, name, context)
}

function rename(session: Session, name: string, context: StepContext): Effect[] {
  const problem = nameProblem(name) ?? takenBy(session, name)
  if (problem !== null) return [{ kind: 'prompt' }, undone(`${problem}; you are still ${session.name}`)]
  session.name = name.normalize('NFC')
  touch(session.book)
  announceSoon(session.announcing, context.now, false)
  return [{ kind: 'prompt' }, notice(`you are now ${session.name}`), ...warningOfTaken(session)]
}

function warningOfTaken({ book, id, name }: Session): Effect[] {
  const owner = book.people.get(ownerOf(book, name, id) ?? '')
  if (owner === undefined || owner.id === id) return []
  const shown = `${name}${NAME_MARK}${fingerprintOf(id)}`
  return [notice(`${owner.name} is somebody else here: who knows them sees you as ${shown}, with a warning`)]
}

function takenBy({ book, id }: Session, name: string): string | null {
  const owner = book.people.get(ownerOf(book, name, id) ?? '')
  return owner !== undefined && isContact(owner) ? `${owner.name} is one of your contacts` : null
}
