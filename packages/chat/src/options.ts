// The command line: arguments in, validated options out. The network checks addresses, and names them in its errors.
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import {
  ALL_FLAGS,
  FloodnetError,
  flagLines,
  type Pages,
  pagesOf,
  parseCommandLine,
  readOptionFile,
  type ValuesOf,
  withDefaults
} from '@floodnet/transport'
import { FLAGS, OPPOSITES } from './flags.ts'
import { nameProblem } from './text/name.ts'

/** Where a node looks for others if it is told nothing: the tutorial's port on this machine. */
export const DEFAULT_ENTRY = '127.0.0.1:55555'

export interface ChatOptions {
  /** Entries to join, one of which may be `-` for standard input; none: the default entry. */
  readonly entries: readonly string[]
  readonly listen: string | null
  /** Looks for others on the local networks, and can be found there. */
  readonly lan: boolean
  /** Asks a router to map our port. */
  readonly mapPort: boolean
  readonly username: string | null
  readonly log: string
  readonly plain: boolean
  readonly json: boolean
  /** Rings the terminal's bell when somebody means this user. */
  readonly bell: boolean
  /** Asks the terminal for a desktop notification then. */
  readonly notify: boolean
  readonly network: string | null
  /** File of the key; null: one in the state folder. */
  readonly identity: string | null
  /** Uses a key for this run only, and keeps nothing. */
  readonly throwaway: boolean
  readonly key: Uint8Array | null
  /** PEM, both. */
  readonly ca: string | null
  readonly cert: string | null
  /** Which pages about the node to serve, and where. */
  readonly pages: Pages
  /** Folder for this user's own files: keys, address books. */
  readonly state: string
  /** Folder for files that others send. */
  readonly downloads: string
  /** Says this and leaves; null: a conversation. */
  readonly once: string | null
  /** Whether lines that no person types may be commands. Null: with `--json` they may, otherwise they are said. */
  readonly commands: boolean | null
  /** Sends what is written over single links before it floods. */
  readonly private: boolean
  /** Only shows messages. */
  readonly tail: boolean
  /** Folder that keeps what was said; null: we keep nothing. */
  readonly transcript: string | null
  /** Messages a second of one author that are shown; 0: all. Null: what suits the screen. */
  readonly shown: number | null
  /** Bits of work that the network requires of each packet; null: none. */
  readonly work: number | null
}

type Values = ValuesOf<typeof FLAGS>

export type Invocation = { kind: 'help' } | { kind: 'version' } | { kind: 'chat'; options: ChatOptions }

export const USAGE = `Usage: floodchat [ADDR] [options]

Chat with everyone on the network of the node at ADDR: host:port, a ticket, dns:NAME for nodes listed in DNS, or - to
read it from standard input, where no other user of this machine sees it.
Without ADDR, floodchat tries ${DEFAULT_ENTRY} and looks for others on the local network.

${flagLines(FLAGS)}
You can also set each flag in the environment (FLOODNET_USERNAME for --username) or in a file (--config).

While it runs: /help.
`

/**
 * What the command line leaves out is taken from the environment (FLOODNET_USERNAME for --username), then from the file
 * that --config names. @throws ERR_FLOODNET_OPTION
 */
export function parseOptions(args: readonly string[], env: NodeJS.ProcessEnv): Invocation {
  const { values, positionals } = parseCommandLine(args, FLAGS, { name: 'ADDR', max: 1 })
  if (values.help) return { kind: 'help' }
  if (values.version) return { kind: 'version' }
  const all = withoutOpposites(values, withDefaults(values, FLAGS, ALL_FLAGS, env))
  const named = [...positionals, ...(values.join ?? [])]
  return { kind: 'chat', options: optionsOf(all, named.length > 0 ? named : (all.join ?? []), env) }
}

/** A given flag replaces its opposite from the environment or the file. */
function withoutOpposites(given: Values, all: Values): Values {
  const dropped = OPPOSITES.flatMap(([one, other]) => {
    if (given[one] === undefined) return given[other] === undefined ? [] : [one]
    return given[other] === undefined ? [other] : []
  })
  return { ...all, ...Object.fromEntries(dropped.map((flag) => [flag, undefined])) }
}

function optionsOf(values: Values, entries: readonly string[], env: NodeJS.ProcessEnv): ChatOptions {
  const username = values.username ?? null
  const problem = username === null ? null : nameProblem(username)
  if (problem !== null) throw usage(`--username: ${problem}`)
  const options: ChatOptions = {
    entries,
    listen: values.listen ?? null,
    lan: !values['no-lan'],
    mapPort: values['map-port'] ?? false,
    username,
    log: values.log ?? join(stateFolder(env), 'floodchat.log'),
    plain: values.plain ?? false,
    json: values.json ?? false,
    bell: values.bell ?? false,
    notify: values.notify ?? false,
    network: values.name ?? null,
    identity: values.identity ?? null,
    throwaway: values.throwaway ?? false,
    key: readOptional('--key', values.key),
    ca: readOptional('--ca', values.ca)?.toString('utf8') ?? null,
    cert: readOptional('--cert', values.cert)?.toString('utf8') ?? null,
    pages: pagesOf(values),
    state: stateFolder(env),
    downloads: values.downloads ?? downloadsFolder(env),
    once: values.once ?? null,
    commands: values.commands ? true : values['no-commands'] ? false : null,
    private: values.private ?? false,
    tail: values.tail ?? false,
    transcript: values.transcript ?? null,
    shown: readCount('--shown', values.shown),
    work: values.work === undefined ? null : Number(values.work)
  }
  checkTogether(options)
  if (values.commands && values['no-commands']) throw usage('--commands and --no-commands: one of the two')
  return options
}

function checkTogether({ downloads, once, tail, identity, throwaway, commands }: ChatOptions): void {
  if (once !== null && tail) throw usage('--once says something and --tail says nothing: one of the two')
  if (downloads.trim() === '') throw usage('--downloads needs a folder')
  if (once !== null && commands) throw usage('--once says its text, whatever it is: --commands has no use there')
  if (once?.trim() === '') throw usage('--once needs a text')
  if (identity !== null && throwaway) throw usage('--identity keeps a key and --throwaway keeps none: one of the two')
}

function readCount(flag: string, text: string | undefined): number | null {
  if (text === undefined) return null
  if (!/^\d{1,6}$/.test(text)) throw usage(`${flag} needs a number, not ${text}`)
  return Number(text)
}

function readOptional(flag: string, path: string | undefined): Buffer | null {
  return path === undefined ? null : readOptionFile(flag, path)
}

// Nothing can be created there: without a home folder we keep nothing (starting.ts).
const NO_HOME = '/dev/null'

function home(): string {
  try {
    const folder = homedir()
    return isAbsolute(folder) ? folder : NO_HOME
  } catch {
    // A user that the system does not know, as in some containers.
    return NO_HOME
  }
}

// The XDG Base Directory Specification ignores values that are not absolute.
function stateFolder(env: NodeJS.ProcessEnv): string {
  const configured = env.XDG_STATE_HOME
  const state = configured !== undefined && isAbsolute(configured) ? configured : join(home(), '.local', 'state')
  return join(state, 'floodnet')
}

// A separate folder there, which contains nothing else of the user's.
function downloadsFolder(env: NodeJS.ProcessEnv): string {
  const { XDG_DOWNLOAD_DIR: configured } = env
  if (configured !== undefined && isAbsolute(configured)) return join(configured, 'floodchat')
  const usual = join(home(), 'Downloads')
  return existsSync(usual) ? join(usual, 'floodchat') : join(stateFolder(env), 'downloads')
}

function usage(message: string, cause?: unknown): FloodnetError {
  return new FloodnetError('ERR_FLOODNET_OPTION', message, { cause })
}
