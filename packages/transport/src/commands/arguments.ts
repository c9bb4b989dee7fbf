// The command line: arguments in, validated settings out. What only the network can judge (numbers out of bounds, names) is left to it.
import { parseArgs } from 'node:util'
import { addressError, FloodnetError, isDialable, optionError, parseAddress } from '@floodnet/core'
import type { NetworkOptions } from '../api.ts'
import { readOptionFile } from '../options/option-file.ts'
import { EXTENSIONS, missingExtension } from './extension.ts'
import { parseSimFlags, type SimSettings, simSettingsOf } from './sim/arguments.ts'
import { COMMANDS, type Command, isCommand, type NetworkCommand, OVERVIEW, usageOf } from './usage.ts'

export interface Settings {
  readonly command: NetworkCommand
  readonly options: NetworkOptions
  readonly json: boolean
  /** Where to serve metrics, if anywhere. */
  readonly metrics: string | null
  /** Messages after which `sub` ends. */
  readonly count: number | null
  /** Time after which `pub` gives up. */
  readonly timeoutMs: number | null
}

export type Invocation =
  | { kind: 'help'; text: string }
  | { kind: 'version' }
  | { kind: 'run'; settings: Settings }
  | { kind: 'sim'; settings: SimSettings }

/** `sub` prints what comes and bounds what waits by bytes (`inboxBytes`): one burst of small messages is more than the default of 512. */
const SUB_INBOX_LIMIT = 1_000_000
/** setTimeout takes no longer time: about 24 days. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1

const FLAGS = {
  listen: { type: 'string' },
  join: { type: 'string', multiple: true },
  advertise: { type: 'string' },
  name: { type: 'string' },
  identity: { type: 'string' },
  key: { type: 'string' },
  ca: { type: 'string' },
  cert: { type: 'string' },
  workers: { type: 'string' },
  work: { type: 'string' },
  metrics: { type: 'string' },
  security: { type: 'string' },
  'allow-insecure': { type: 'boolean' },
  json: { type: 'boolean' },
  count: { type: 'string' },
  timeout: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' }
} as const

/** Flags that only one command has. */
const OWN_FLAGS: readonly (readonly [flag: 'count' | 'timeout', command: Command])[] = [
  ['count', 'sub'],
  ['timeout', 'pub']
]

const ALL_COMMANDS = [...COMMANDS, ...EXTENSIONS]

type Values = ReturnType<typeof parseFlags>

/** @throws ERR_FLOODNET_OPTION or ERR_FLOODNET_ADDRESS naming the flag. */
export function parseArguments(args: readonly string[]): Invocation {
  const [first, ...rest] = args
  if (first === undefined) throw usageError(`which command? ${ALL_COMMANDS.join(', ')}, or: floodnet help`)
  if (first === '--version') return { kind: 'version' }
  if (first === 'help' || first === '--help' || first === '-h') return { kind: 'help', text: helpFor(rest[0]) }
  if (!isCommand(first)) throw unknownCommand(first)
  return first === 'sim' ? simInvocation(rest) : invocationOf(first, parseFlags(rest))
}

function simInvocation(rest: readonly string[]): Invocation {
  const values = parseSimFlags(rest)
  if (values.help) return { kind: 'help', text: usageOf('sim') }
  return values.version ? { kind: 'version' } : { kind: 'sim', settings: simSettingsOf(values) }
}

function invocationOf(first: NetworkCommand, values: Values): Invocation {
  if (values.help) return { kind: 'help', text: usageOf(first) }
  if (values.version) return { kind: 'version' }
  return { kind: 'run', settings: settingsOf(first, values) }
}

function helpFor(command: string | undefined): string {
  if (command === undefined || command.startsWith('-')) return OVERVIEW
  if (!isCommand(command)) throw unknownCommand(command)
  return usageOf(command)
}

function parseFlags(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: FLAGS, strict: true, allowPositionals: false }).values
  } catch (error) {
    // The sentences after the first are advice about positional arguments, of which there are none.
    const [sentence = ''] = (error as Error).message.split(/\.\s/)
    throw usageError(sentence, error)
  }
}

function settingsOf(command: NetworkCommand, values: Values): Settings {
  for (const [flag, owner] of OWN_FLAGS) {
    if (values[flag] !== undefined && command !== owner)
      throw optionError(`--${flag}`, `--${flag} belongs to floodnet ${owner}`)
  }
  return {
    command,
    options: { ...networkOptions(values), inboxLimit: command === 'sub' ? SUB_INBOX_LIMIT : 0 },
    json: values.json ?? false,
    metrics: address('--metrics', values.metrics) ?? null,
    count: positiveInteger('--count', values.count, Number.MAX_SAFE_INTEGER) ?? null,
    timeoutMs: positiveInteger('--timeout', values.timeout, MAX_TIMEOUT_MS) ?? null
  }
}

function networkOptions(values: Values): NetworkOptions {
  return present({
    listen: address('--listen', values.listen),
    join: values.join?.map((text) => entry('--join', text)),
    advertise: values.advertise === undefined ? undefined : dialable('--advertise', values.advertise),
    name: values.name,
    identity: values.identity,
    key: values.key === undefined ? undefined : new Uint8Array(readOptionFile('--key', values.key)),
    ca: values.ca === undefined ? undefined : readOptionFile('--ca', values.ca).toString('utf8'),
    cert: values.cert === undefined ? undefined : readOptionFile('--cert', values.cert).toString('utf8'),
    workers: positiveInteger('--workers', values.workers, Number.MAX_SAFE_INTEGER),
    workBits: positiveInteger('--work', values.work, Number.MAX_SAFE_INTEGER),
    security: security(values.security),
    allowInsecure: values['allow-insecure']
  })
}

/** Without the fields that are undefined, which `createNetwork` need not take. */
function present<T extends object>(fields: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T
}

function address(flag: string, text: string | undefined): string | undefined {
  if (text === undefined || parseAddress(text) !== null) return text
  throw addressError(flag, text, 'is no address; write host:port')
}

/** An entry without a host is on this machine, as in the tutorial. */
function entry(flag: string, text: string): string {
  const address = parseAddress(text)
  if (address !== null && address.port > 0) return text
  throw addressError(flag, text, 'is no address to dial; write host:port')
}

function dialable(flag: string, text: string): string {
  if (isDialable(text)) return text
  throw addressError(flag, text, 'is no address that others can dial; write host:port')
}

function positiveInteger(flag: string, text: string | undefined, max: number): number | undefined {
  if (text === undefined) return undefined
  const value = /^[0-9]+$/.test(text) ? Number(text) : 0
  if (value >= 1 && value <= max) return value
  throw optionError(flag, `${flag} takes a whole number from 1, not '${text}'`)
}

function security(text: string | undefined): 'tls' | 'none' | undefined {
  if (text === undefined || text === 'tls' || text === 'none') return text
  throw optionError('--security', `--security is tls or none, not '${text}'`)
}

function unknownCommand(text: string): FloodnetError {
  const missing = missingExtension(text)
  if (missing !== null) return usageError(missing)
  return usageError(`'${text}' is no command: ${ALL_COMMANDS.join(', ')}, or: floodnet help`)
}

function usageError(message: string, cause?: unknown): FloodnetError {
  return new FloodnetError('ERR_FLOODNET_OPTION', message, { cause })
}
