// One user's side of the chat: who they are, and what follows from a typed line or a message. No I/O: returns effects for chat.ts.
import { cutText } from './clean-text.ts'
import { type Command, HELP, parseLine } from './commands.ts'
import { decodeEnvelope, type Envelope, type JunkReason } from './envelope.ts'
import { defaultName, isSameName, nameProblem, shownName } from './name.ts'
import type { Said, ScreenEvent } from './screen.ts'

/** Bytes of a message that are shown: about two full screens, so that one message never buries the rest (a guess). */
export const MAX_SHOWN_BYTES = 16 * 1024
/** Bytes of a line that may be said at all. */
export const MAX_SAID_BYTES = 1024 * 1024

export interface Session {
  name: string
  /** The next line is a name: `set username` has asked for it. */
  askingName: boolean
}

export type Effect =
  | { kind: 'write'; envelope: Envelope }
  | { kind: 'connect'; address: string | null }
  | { kind: 'show'; event: ScreenEvent }
  | { kind: 'prompt' }
  | { kind: 'junk'; reason: JunkReason }
  | { kind: 'leave' }

/** `name` null: one is made from the node's id. */
export function newSession(id: string, name: string | null): Session {
  return { name: name ?? defaultName(id), askingName: false }
}

/** What stands before the line being typed. With the name as prompt, a typed line reads like a said one once it is sent. */
export function promptOf(session: Session): string {
  return session.askingName ? 'new name: ' : `${session.name}: `
}

export function onLine(session: Session, line: string): Effect[] {
  if (session.askingName) return onName(session, line.trim())
  return onCommand(session, parseLine(line))
}

/** A message of the network as far as the chat looks at it; see the transport's `Message`. */
export interface Arrived extends MessageName {
  readonly payload: Uint8Array
}

/** What names a message for ever. */
export interface MessageName {
  readonly origin: string
  readonly incarnation: number
  readonly seq: number
  readonly index: number
}

/** A message came, at `now` (ms since the epoch). */
export function onPayload(session: Session, message: Arrived, now: number): Effect[] {
  const decoded = decodeEnvelope(message.payload)
  if (decoded.kind === 'junk') return [decoded]
  const { text, from, to } = decoded.envelope
  const direct = to !== ''
  if (direct && !isSameName(to, session.name)) return []
  const fingerprint = fingerprintOf(message.origin)
  return [
    show({
      kind: 'message',
      from: shownName(from),
      fingerprint,
      text: shownText(direct ? text.replace(/^ /, '') : text),
      direct,
      to: direct ? session.name : null,
      conversation: direct ? `@${fingerprint}` : '',
      title: direct ? shownName(from) : '',
      trust: 'new',
      at: now,
      mention: direct,
      id: idOf(message)
    })
  ]
}

/** Own words, as they went out at `now` (ms since the epoch) under `name`. */
export function saidOf({ text, from, to }: Envelope, name: MessageName, now: number): Said {
  const said = { kind: 'said', from, conversation: '', at: now, id: idOf(name), state: 'sent' } as const
  return to === '' ? { ...said, text, to: null, title: '' } : { ...said, text: text.slice(1), to, title: to }
}

/** First 8 hex digits of an id: what people compare at a glance. */
function fingerprintOf(id: string): string {
  return id.slice(0, 8)
}

function idOf({ origin, incarnation, seq, index }: MessageName): string {
  return `${origin.slice(0, 16)}-${incarnation}-${seq}-${index}`
}

function onCommand(session: Session, command: Command): Effect[] {
  switch (command.kind) {
    case 'blank':
      return []
    case 'say':
      return say({ text: command.text, from: session.name, to: '' })
    case 'direct':
      return sayTo(session, command.to, command.text)
    case 'ask-name':
      session.askingName = true
      return [{ kind: 'prompt' }, notice('type the new name on the next line; an empty line keeps the old one')]
    case 'rename':
      return rename(session, command.name)
    case 'connect':
      return [command]
    case 'help':
      return HELP.map(notice)
    case 'leave':
      return [command]
    case 'wrong':
      return [notice(command.reason)]
  }
}

function onName(session: Session, name: string): Effect[] {
  session.askingName = false
  return name === '' ? [{ kind: 'prompt' }, notice(`you are still ${session.name}`)] : rename(session, name)
}

function rename(session: Session, name: string): Effect[] {
  const problem = nameProblem(name)
  if (problem !== null) return [{ kind: 'prompt' }, notice(`${problem}; you are still ${session.name}`)]
  session.name = name.normalize('NFC')
  return [{ kind: 'prompt' }, notice(`you are now ${session.name}`)]
}

function sayTo(session: Session, to: string, text: string): Effect[] {
  if (isSameName(to, session.name)) return [notice('that is you')]
  // The Go program leaves the space after the name in the text, and so do we; the reader takes it off again.
  return say({ text: ` ${text}`, from: session.name, to: to.normalize('NFC') })
}

function say(envelope: Envelope): Effect[] {
  const bytes = Buffer.byteLength(envelope.text)
  if (bytes > MAX_SAID_BYTES) return [notice(`not said: the line has more than ${MAX_SAID_BYTES} bytes`)]
  const write: Effect = { kind: 'write', envelope }
  if (bytes <= MAX_SHOWN_BYTES) return [write]
  return [write, notice(`a long line: others are shown its first ${MAX_SHOWN_BYTES} of ${bytes} bytes`)]
}

function shownText(raw: string): string {
  const { text, cutBytes } = cutText(raw, MAX_SHOWN_BYTES)
  return cutBytes === 0 ? text : `${text}… (${cutBytes} bytes cut)`
}

function show(event: ScreenEvent): Effect {
  return { kind: 'show', event }
}

function notice(text: string): Effect {
  return show({ kind: 'notice', text })
}
