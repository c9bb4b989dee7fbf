// What a typed line means. Pure: a line in, a command out. The words of the tutorial (exit, quit, connect, set username, @name) stand
// alone; everything of ours starts with a slash.
export type Command =
  | { kind: 'blank' }
  | { kind: 'say'; text: string }
  | { kind: 'direct'; to: string; text: string }
  | { kind: 'ask-name' }
  | { kind: 'rename'; name: string }
  /** `address` null: the default entry. */
  | { kind: 'connect'; address: string | null }
  | { kind: 'help' }
  | { kind: 'leave' }
  /** The user's mistake, in words for the user. */
  | { kind: 'wrong'; reason: string }

export const HELP = [
  'TEXT               say TEXT to everyone',
  '@NAME TEXT         say TEXT to NAME: only NAME is shown it (it is not secret: every node relays it)',
  'set username       type a new name on the next line',
  '/nick NAME         take the name NAME',
  'connect [ADDR]     join the network at ADDR (host:port) as well; without ADDR at 127.0.0.1:55555',
  '//TEXT, /say TEXT  say "/TEXT", or a TEXT that would be a command',
  'exit, quit         leave; so does the end of input',
  '/help              this list'
] as const

export function parseLine(line: string): Command {
  const trimmed = line.trim()
  if (trimmed === '') return { kind: 'blank' }
  if (trimmed.startsWith('//')) return { kind: 'say', text: trimmed.slice(1) }
  if (trimmed.startsWith('/')) return parseSlash(trimmed)
  if (trimmed.startsWith('@')) return parseDirect(trimmed)
  return parseWords(trimmed) ?? { kind: 'say', text: line.trimEnd() }
}

// Only a line that is nothing but the command counts: "connect me to Bob" and "set username policy first" are things people say.
function parseWords(trimmed: string): Command | null {
  const words = trimmed.split(/\s+/u)
  const [first, second, third] = words
  if (words.length === 1 && (first === 'exit' || first === 'quit')) return { kind: 'leave' }
  if (words.length <= 2 && first === 'connect') return { kind: 'connect', address: second ?? null }
  if (words.length > 3 || first !== 'set' || second !== 'username') return null
  return third === undefined ? { kind: 'ask-name' } : { kind: 'rename', name: third }
}

function parseSlash(trimmed: string): Command {
  const { head: word, rest } = splitFirstWord(trimmed)
  switch (word) {
    case '/help':
      return { kind: 'help' }
    case '/nick':
      return rest === '' ? { kind: 'ask-name' } : { kind: 'rename', name: rest }
    case '/say':
      return rest === '' ? { kind: 'wrong', reason: '/say needs a text' } : { kind: 'say', text: rest }
    case '/connect':
      return { kind: 'connect', address: rest === '' ? null : rest }
    case '/exit':
    case '/quit':
      return { kind: 'leave' }
    default:
      return { kind: 'wrong', reason: `${word} is no command; /help lists them, //text says "/text"` }
  }
}

// The text keeps all but the first space, as it was typed.
function parseDirect(trimmed: string): Command {
  const { head, rest } = splitFirstWord(trimmed)
  const to = head.slice(1)
  if (to === '') return { kind: 'wrong', reason: '@ needs a name right after it: @name text' }
  if (rest.trim() === '') return { kind: 'wrong', reason: `nothing to say to ${to}: @${to} text` }
  return { kind: 'direct', to, text: rest }
}

function splitFirstWord(text: string): { head: string; rest: string } {
  const end = text.search(/\s/u)
  return end < 0 ? { head: text, rest: '' } : { head: text.slice(0, end), rest: text.slice(end + 1) }
}
