// What a typed line means. Pure: a line in, a command out. The words of the tutorial (exit, quit, connect, set
// username, @name) stand alone; everything of ours starts with a slash.
export type Command =
  | { kind: 'blank' }
  | { kind: 'say'; text: string }
  /** Says what this user does. */
  | { kind: 'act'; text: string }
  /** One sealed line to everyone named. */
  | { kind: 'direct'; to: readonly string[]; text: string }
  /** Unsealed, as the tutorial's programs do. */
  | { kind: 'plain'; to: string; text: string }
  /** Opens a direct conversation. */
  | { kind: 'open'; to: readonly string[] }
  | { kind: 'ask-name' }
  | { kind: 'rename'; name: string }
  /** `address` null: the default entry. `network`: its name; null for the previous one. */
  | { kind: 'connect'; address: string | null; network: string | null }
  | { kind: 'disconnect' }
  | { kind: 'join'; room: string }
  /** `conversation` null: the present one. */
  | { kind: 'part'; conversation: string | null }
  | { kind: 'everyone' }
  /** Clears the present conversation on this screen. */
  | { kind: 'clear' }
  | { kind: 'who' }
  | { kind: 'whois'; who: string }
  | { kind: 'contacts' }
  | { kind: 'add-contact'; who: string; name: string }
  | { kind: 'remove-contact'; who: string }
  | { kind: 'verify'; who: string; confirmed: boolean }
  | { kind: 'block'; who: string; blocked: boolean }
  /** `words`: perhaps a recipient, and a path. */
  | { kind: 'send-file'; words: string }
  /** `nr` null: the only one. */
  | { kind: 'decide-file'; verb: 'accept' | 'decline' | 'cancel'; nr: number | null }
  /** `withKey`: the ticket contains the network's key. */
  | { kind: 'invite'; withKey: boolean }
  | { kind: 'help' }
  | { kind: 'leave' }
  /** The user's mistake, in words for the user. */
  | { kind: 'wrong'; reason: string }

/** One screen of 80x24: each entry fits into one row. */
export const HELP = [
  'TEXT             say it in this conversation',
  '@NAME TEXT       to NAME alone, sealed; also /msg',
  '/dm NAME...      a sealed conversation; also /query',
  '/all, /leave     back to everyone; close this one',
  '/join #ROOM      a room; /close or /part leaves it',
  '/who, /whois NAME  who is here (/names); who one is',
  '/send NAME FILE  offer a file to one, sealed',
  '/accept, /decline [NR]  take a file, or do not',
  '/cancel [NR]     end a file on its way',
  'set username     a new name; also /nick NAME',
  '/contact add KEY NAME  keep a name for a key',
  '/contact remove NAME  forget it; /contacts: all',
  '/verify NAME     words to compare by voice',
  '/block NAME      hide a key; also /ignore',
  '/unblock NAME    show it again; also /unignore',
  '/me TEXT, /clear  what you do; an empty screen',
  '/plain NAME TEXT  readable by every node',
  'connect [ADDR], /invite  join there too; ask others in',
  '/disconnect      leave the network; then /connect',
  '//TEXT, /say TEXT  say what would be a command',
  'exit, quit       leave; F1 lists the keys',
  '/help            this list; more in docs/CHAT.md'
] as const

/** The words that begin a command, for completion. */
export const SLASH_WORDS = [
  '/accept',
  '/all',
  '/block',
  '/cancel',
  '/clear',
  '/close',
  '/connect',
  '/contact',
  '/contacts',
  '/decline',
  '/disconnect',
  '/dm',
  '/exit',
  '/help',
  '/ignore',
  '/invite',
  '/join',
  '/leave',
  '/me',
  '/msg',
  '/names',
  '/nick',
  '/part',
  '/plain',
  '/query',
  '/quit',
  '/say',
  '/send',
  '/unblock',
  '/unignore',
  '/verify',
  '/who',
  '/whois'
] as const

export function parseLine(line: string): Command {
  const trimmed = line.trim()
  if (trimmed === '') return { kind: 'blank' }
  if (trimmed.startsWith('//')) return { kind: 'say', text: trimmed.slice(1) }
  if (trimmed.startsWith('/')) return parseSlash(trimmed)
  if (trimmed.startsWith('@')) return parseDirect(trimmed)
  return parseWords(trimmed) ?? { kind: 'say', text: line.trimEnd() }
}

/**
 * A line of a pipe, which is said whatever it looks like: a log that somebody else writes into must not command this
 * user's chat. Only `@NAME TEXT` keeps its meaning, because a message to one person must never go to everyone.
 */
export function parseSaid(line: string): Command {
  const trimmed = line.trim()
  if (trimmed === '') return { kind: 'blank' }
  const direct = trimmed.startsWith('@') ? parseDirect(trimmed) : null
  return direct?.kind === 'direct' ? direct : { kind: 'say', text: line.trimEnd() }
}

// Only a line that consists of the command alone counts: people say "connect me to Bob" and "set username policy
// first".
function parseWords(trimmed: string): Command | null {
  const words = trimmed.split(/\s+/u)
  const [first, second, third] = words
  if (words.length === 1 && (first === 'exit' || first === 'quit')) return { kind: 'leave' }
  if (words.length <= 2 && first === 'connect') return { kind: 'connect', address: second ?? null, network: null }
  if (words.length > 3 || first !== 'set' || second !== 'username') return null
  return third === undefined ? { kind: 'ask-name' } : { kind: 'rename', name: third }
}

function parseSlash(trimmed: string): Command {
  const { head: word, rest } = splitFirstWord(trimmed)
  const parse = SLASH[word as (typeof SLASH_WORDS)[number]]
  if (!Object.hasOwn(SLASH, word) || parse === undefined)
    return wrong(`${word} is not a command; /help lists them, //text says "/text"`)
  return parse(rest, wordsOf(rest))
}

const SLASH: Readonly<Record<(typeof SLASH_WORDS)[number], (rest: string, words: readonly string[]) => Command>> = {
  '/accept': (_, [nr]) => parseDecision('accept', nr),
  '/all': () => ({ kind: 'everyone' }),
  '/block': (_, [who]) => parseBlock('/block', who, true),
  '/cancel': (_, [nr]) => parseDecision('cancel', nr),
  '/clear': () => ({ kind: 'clear' }),
  '/close': (_, [conversation]) => ({ kind: 'part', conversation: conversation ?? null }),
  '/connect': (_, words) => parseConnect(words),
  '/contact': (_, words) => parseContact(words),
  '/contacts': () => ({ kind: 'contacts' }),
  '/decline': (_, [nr]) => parseDecision('decline', nr),
  '/disconnect': () => ({ kind: 'disconnect' }),
  '/dm': (_, words) => parseOpen('/dm', words),
  '/exit': () => ({ kind: 'leave' }),
  '/help': () => ({ kind: 'help' }),
  '/invite': (_, [word]) => ({ kind: 'invite', withKey: word === 'key' }),
  '/ignore': (_, [who]) => parseBlock('/ignore', who, true),
  '/join': (_, [room]) => (room === undefined ? wrong('/join needs a room: /join #tea') : { kind: 'join', room }),
  '/leave': (_, [conversation]) => ({ kind: 'part', conversation: conversation ?? null }),
  '/me': (rest) => (rest.trim() === '' ? wrong('/me needs a text: /me waves') : { kind: 'act', text: rest.trim() }),
  '/msg': (rest) => parseMessage(rest),
  '/names': () => ({ kind: 'who' }),
  '/nick': (rest) => (rest === '' ? { kind: 'ask-name' } : { kind: 'rename', name: rest }),
  '/part': (_, [conversation]) => ({ kind: 'part', conversation: conversation ?? null }),
  '/plain': (rest) => parsePlain(rest),
  '/query': (_, words) => parseOpen('/query', words),
  '/quit': () => ({ kind: 'leave' }),
  '/say': (rest) => (rest === '' ? wrong('/say needs a text') : { kind: 'say', text: rest }),
  '/send': (rest) =>
    rest.trim() === ''
      ? wrong('/send needs a name and a file: /send bob notes.txt')
      : { kind: 'send-file', words: rest.trim() },
  '/unblock': (_, [who]) => parseBlock('/unblock', who, false),
  '/unignore': (_, [who]) => parseBlock('/unignore', who, false),
  '/verify': (_, [who, yes]) => parseVerify(who, yes),
  '/who': () => ({ kind: 'who' }),
  '/whois': (_, [who]) => (who === undefined ? wrong('/whois needs a name') : { kind: 'whois', who: bare(who) })
}

// The text keeps all but the first space, as typed.
function parseDirect(trimmed: string): Command {
  const { head, rest } = splitFirstWord(trimmed)
  const to = namesIn(head.slice(1))
  if (to.length === 0) return wrong('@ needs a name right after it: @name text')
  if (rest.trim() === '') return wrong(`nothing to say to ${to.join(', ')}: @${to.join(',')} text`)
  return { kind: 'direct', to, text: rest }
}

function parseOpen(command: string, words: readonly string[]): Command {
  const to = words.flatMap((word) => namesIn(bare(word)))
  return to.length === 0 ? wrong(`${command} needs a name, or several: ${command} alice bob`) : { kind: 'open', to }
}

// `/msg bob hi` is `@bob hi`.
function parseMessage(rest: string): Command {
  const { head, rest: text } = splitFirstWord(rest.trimStart())
  const to = namesIn(bare(head))
  if (to.length === 0 || text.trim() === '') return wrong('/msg needs a name and a text: /msg bob hi')
  return { kind: 'direct', to, text }
}

function parseConnect([address, network, ...more]: readonly string[]): Command {
  if (more.length > 0) return wrong('it is /connect ADDR, or after /disconnect /connect ADDR NETWORK')
  return { kind: 'connect', address: address ?? null, network: network ?? null }
}

function parseBlock(command: string, who: string | undefined, blocked: boolean): Command {
  return who === undefined ? wrong(`${command} needs a name`) : { kind: 'block', who: bare(who), blocked }
}

function parsePlain(rest: string): Command {
  const { head, rest: text } = splitFirstWord(rest.trimStart())
  const to = bare(head)
  if (to === '' || text.trim() === '') return wrong('/plain needs a name and a text: /plain bob hi')
  return { kind: 'plain', to, text }
}

function parseContact([verb, who, name, ...more]: readonly string[]): Command {
  if (verb === 'add' && more.length > 0) return wrong('a name has no spaces')
  if (verb === 'add' && who !== undefined && name !== undefined) return { kind: 'add-contact', who: bare(who), name }
  if (verb === 'remove' && who !== undefined && name === undefined) return { kind: 'remove-contact', who: bare(who) }
  return wrong('it is /contact add KEY NAME or /contact remove NAME')
}

function parseVerify(who: string | undefined, yes: string | undefined): Command {
  if (who === undefined) return wrong('/verify needs a name')
  if (yes !== undefined && yes !== 'yes') return wrong(`type /verify ${bare(who)} yes if the words are the same`)
  return { kind: 'verify', who: bare(who), confirmed: yes === 'yes' }
}

function parseDecision(verb: 'accept' | 'decline' | 'cancel', nr: string | undefined): Command {
  if (nr !== undefined && !/^\d{1,9}$/.test(nr)) return wrong(`/${verb} takes the number of a file, not ${nr}`)
  return { kind: 'decide-file', verb, nr: nr === undefined ? null : Number(nr) }
}

function splitFirstWord(text: string): { head: string; rest: string } {
  const end = text.search(/\s/u)
  return end < 0 ? { head: text, rest: '' } : { head: text.slice(0, end), rest: text.slice(end + 1) }
}

function wordsOf(text: string): string[] {
  return text.split(/\s+/u).filter((word) => word !== '')
}

function namesIn(list: string): string[] {
  return [...new Set(list.split(',').filter((name) => name !== ''))]
}

// People type @bob where a command expects bob.
function bare(name: string): string {
  return name.replace(/^@/, '')
}

function wrong(reason: string): Command {
  return { kind: 'wrong', reason }
}
