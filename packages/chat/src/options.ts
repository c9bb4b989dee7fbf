// The command line: flags in, validated options out. Addresses are checked by the network, which names them in its
// errors.
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { FloodnetError, parseCommandLine, readOptionFile } from '@floodnet/transport'
import { nameProblem } from './text/name.ts'

/** Where a node finds the others when it is told nothing: the tutorial's port on this machine. */
export const DEFAULT_ENTRY = '127.0.0.1:55555'

export interface ChatOptions {
  /** Entry to join; null: the default entry. */
  readonly entry: string | null
  readonly listen: string | null
  /** Looks for others on the local networks, and is found there. */
  readonly lan: boolean
  /** Has a router map our port. */
  readonly mapPort: boolean
  readonly username: string | null
  readonly log: string
  readonly plain: boolean
  readonly json: boolean
  /** Ring the terminal's bell when this user is meant. */
  readonly bell: boolean
  /** Have the terminal notify the desktop then. */
  readonly notify: boolean
  readonly network: string | null
  /** File of the key; null: one of the state folder. */
  readonly identity: string | null
  /** A key for this run alone, and nothing kept. */
  readonly throwaway: boolean
  readonly key: Uint8Array | null
  /** PEM, both. */
  readonly ca: string | null
  readonly cert: string | null
  /** Address that shows counters for Prometheus. */
  readonly metrics: string | null
  /** Folder for what belongs to this user: keys, address books. */
  readonly state: string
  /** Folder for files that others send. */
  readonly downloads: string
  /** Says this and leaves; null: a conversation. */
  readonly once: string | null
  /** Lines that are no person's may be commands. Null: with `--json` they may, else they are said. */
  readonly commands: boolean | null
  /** What is written goes over some single links before it floods. */
  readonly private: boolean
  /** Only shows. */
  readonly tail: boolean
  /** Folder that keeps what was said; null: nothing is kept. */
  readonly transcript: string | null
  /** Messages a second of one author that are shown; 0: all. Null: what fits the screen. */
  readonly shown: number | null
  /** Bits of work that the network asks of each packet; null: none. */
  readonly work: number | null
}

export type Invocation = { kind: 'help' } | { kind: 'version' } | { kind: 'chat'; options: ChatOptions }

export const USAGE = `Usage: floodchat [ADDR] [options]

Chat with everyone on the network of the node at ADDR: host:port, a ticket, or dns:NAME for nodes listed in DNS.
Without ADDR, floodchat tries ${DEFAULT_ENTRY} and looks for others on the local network.

  --listen ADDR      accept links at ADDR (default: port 55555, or the next free one)
  --no-lan           do not discover nodes on the local network, and do not announce this one
  --map-port         ask the router for a port that leads to this node (NAT-PMP or UPnP), until it exits
  --username NAME    your name (default: anon- and the start of your id)
  --name NET         name of the network (default: floodnet)
  --identity FILE    your key; your contacts are kept beside it (default: created in the state folder,
                     $XDG_STATE_HOME/floodnet or ~/.local/state/floodnet)
  --throwaway        use a new key for this run, and keep nothing
  --key FILE         shared secret of a private network: all bytes of FILE, at least 16
  --ca FILE          accept only nodes with a certificate from this authority (PEM); requires --cert
  --cert FILE        this node's certificate (PEM) from that authority, for the key in --identity
  --work BITS        proof of work that every packet must carry; the same on all nodes (default: none)
  --private          hide from your neighbours that you wrote a message: it first travels along a chain of
                     single links, and arrives later
  --metrics ADDR     serve Prometheus metrics at http://ADDR/metrics
  --once TEXT        say TEXT (or @NAME TEXT), whatever it looks like, and leave
  --commands         obey commands in piped input, where every line is said otherwise (default with --json)
  --no-commands      say every line, even with --json
  --tail             only show what others say, without telling anyone that you are there
  --transcript DIR   keep what is said in DIR, one file per day
  --shown N          show at most N messages per second of each author; 0 shows all (default: 10 for people,
                     all for programs)
  --downloads DIR    save files that you accept in DIR (default: floodchat in your downloads folder, or
                     downloads in the state folder)
  --log FILE         log the network's events to FILE (default: floodchat.log in the state folder)
  --bell             ring the bell when someone mentions you and the window is not focused
  --notify           show a desktop notification then (OSC 9 or 777)
  --plain            print lines without escape codes, even on a terminal
  --json             print one JSON object per line on standard output
  --help, --version

While it runs: /help.
`

/** @throws ERR_FLOODNET_OPTION */
export function parseOptions(args: readonly string[], env: NodeJS.ProcessEnv): Invocation {
  const { values, positionals } = parseCommandLine(args, FLAGS, { name: 'ADDR', max: 1 })
  if (values.help) return { kind: 'help' }
  if (values.version) return { kind: 'version' }
  const username = values.username ?? null
  const problem = username === null ? null : nameProblem(username)
  if (problem !== null) throw usage(`--username: ${problem}`)
  const options: ChatOptions = {
    entry: positionals[0] ?? null,
    listen: values.listen ?? null,
    lan: !values['no-lan'] && env.FLOODNET_NO_LAN === undefined,
    mapPort: values['map-port'],
    username,
    log: values.log ?? join(stateFolder(env), 'floodchat.log'),
    plain: values.plain,
    json: values.json,
    bell: values.bell,
    notify: values.notify,
    network: values.name ?? null,
    identity: values.identity ?? null,
    throwaway: values.throwaway,
    key: readOptional('--key', values.key),
    ca: readOptional('--ca', values.ca)?.toString('utf8') ?? null,
    cert: readOptional('--cert', values.cert)?.toString('utf8') ?? null,
    metrics: values.metrics ?? null,
    state: stateFolder(env),
    downloads: values.downloads ?? downloadsFolder(env),
    once: values.once ?? null,
    commands: values.commands ? true : values['no-commands'] ? false : null,
    private: values.private,
    tail: values.tail,
    transcript: values.transcript ?? null,
    shown: readCount('--shown', values.shown),
    work: values.work === undefined ? null : Number(values.work)
  }
  checkTogether(options)
  if (values.commands && values['no-commands']) throw usage('--commands and --no-commands: one of the two')
  return { kind: 'chat', options }
}

const FLAGS = {
  listen: { type: 'string' },
  'no-lan': { type: 'boolean', default: false },
  'map-port': { type: 'boolean', default: false },
  username: { type: 'string' },
  log: { type: 'string' },
  plain: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  bell: { type: 'boolean', default: false },
  notify: { type: 'boolean', default: false },
  name: { type: 'string' },
  identity: { type: 'string' },
  key: { type: 'string' },
  ca: { type: 'string' },
  cert: { type: 'string' },
  metrics: { type: 'string' },
  throwaway: { type: 'boolean', default: false },
  once: { type: 'string' },
  commands: { type: 'boolean', default: false },
  'no-commands': { type: 'boolean', default: false },
  private: { type: 'boolean', default: false },
  tail: { type: 'boolean', default: false },
  transcript: { type: 'string' },
  downloads: { type: 'string' },
  shown: { type: 'string' },
  work: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
  version: { type: 'boolean', default: false }
} as const

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

// Nothing can be made there: whoever has no home folder keeps nothing (starting.ts).
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

// A folder of its own there: nothing of the user's is in it.
function downloadsFolder(env: NodeJS.ProcessEnv): string {
  const { XDG_DOWNLOAD_DIR: configured } = env
  if (configured !== undefined && isAbsolute(configured)) return join(configured, 'floodchat')
  const usual = join(home(), 'Downloads')
  return existsSync(usual) ? join(usual, 'floodchat') : join(stateFolder(env), 'downloads')
}

function usage(message: string, cause?: unknown): FloodnetError {
  return new FloodnetError('ERR_FLOODNET_OPTION', message, { cause })
}
