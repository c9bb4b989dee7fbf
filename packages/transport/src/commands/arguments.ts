// The command line: arguments in, validated settings out.
import { FloodnetError, optionError } from '@floodnet/core'
import { type Shell, shellOf } from './completion/shells.ts'
import { EXTENSIONS, missingExtension } from './extension.ts'
import {
  ALL_FLAGS,
  COMMAND_FLAGS,
  COMMANDS,
  type Command,
  NO_FLAGS,
  NODE_FLAGS,
  PROGRAM_FLAGS,
  PUB_FLAGS,
  SIM_FLAGS,
  SUB_FLAGS,
  TICKET_FLAGS,
  TOP_FLAGS
} from './flags.ts'
import { withDefaults } from './line/defaults.ts'
import type { Options, ValuesOf } from './line/flag.ts'
import { parseCommandLine, type Words } from './line/parse.ts'
import { suggestion } from './line/suggest.ts'
import { nodeSettings, pubSettings, type Settings, subSettings, ticketSettings } from './settings.ts'
import { type SimSettings, simSettingsOf } from './sim/arguments.ts'
import type { TicketSettings } from './ticket.ts'
import { type TopSettings, topSettingsOf } from './top/arguments.ts'
import { isCommand, OVERVIEW, usageOf } from './usage.ts'

export type Invocation =
  | { kind: 'help'; text: string }
  | { kind: 'version' }
  | { kind: 'run'; settings: Settings }
  | { kind: 'sim'; settings: SimSettings }
  | { kind: 'top'; settings: TopSettings }
  | { kind: 'completion'; shell: Shell }
  | { kind: 'ticket'; settings: TicketSettings }

const TEXT: Words = { name: 'TEXT', max: 1 }
const ADDR: Words = { name: 'ADDR', max: 1 }
const SHELL: Words = { name: 'shell', max: 1 }

const ALL_COMMANDS = [...COMMANDS, ...EXTENSIONS]

/** @throws ERR_FLOODNET_OPTION or ERR_FLOODNET_ADDRESS naming the flag. */
export function parseArguments(args: readonly string[], env: NodeJS.ProcessEnv = {}): Invocation {
  const [first, ...rest] = args
  if (first === undefined) throw usageError(`which command? ${ALL_COMMANDS.join(', ')}, or: floodnet help`)
  if (first === '--version') return { kind: 'version' }
  if (first === 'help' || first === '--help' || first === '-h') return { kind: 'help', text: helpFor(rest[0]) }
  if (!isCommand(first)) throw unknownCommand(first)
  return readLine(first, rest, env)
}

function readLine(command: Command, rest: readonly string[], env: NodeJS.ProcessEnv): Invocation {
  switch (command) {
    case 'node':
      return given(command, rest, env, NODE_FLAGS, null, (values) => run(nodeSettings(values)))
    case 'pub':
      return given(command, rest, env, PUB_FLAGS, TEXT, (values, [text]) => run(pubSettings(values, text)))
    case 'sub':
      return given(command, rest, env, SUB_FLAGS, null, (values) => run(subSettings(values)))
    case 'top':
      return given(command, rest, env, TOP_FLAGS, ADDR, (values, [address]) => ({
        kind: 'top',
        settings: topSettingsOf(values, address)
      }))
    case 'sim':
      return given(command, rest, env, SIM_FLAGS, null, (values) => ({ kind: 'sim', settings: simSettingsOf(values) }))
    case 'ticket':
      return given(command, rest, env, TICKET_FLAGS, null, (values) => ({
        kind: 'ticket',
        settings: ticketSettings(values)
      }))
    case 'completion':
      return given(command, rest, env, NO_FLAGS, SHELL, (_, [shell]) => ({ kind: 'completion', shell: shellOf(shell) }))
  }
}

/**
 * What the line asks for: help, the version, or else the result of `read`. Values that the line leaves out come from
 * elsewhere.
 */
function given<const F extends Options>(
  command: Command,
  rest: readonly string[],
  env: NodeJS.ProcessEnv,
  flags: F,
  words: Words | null,
  read: (values: ValuesOf<F>, positionals: readonly string[]) => Invocation
): Invocation {
  refuseForeignFlags(rest, flags)
  const { values, positionals } = parseCommandLine(rest, flags, words)
  if (values.help === true) return { kind: 'help', text: usageOf(command) }
  if (values.version === true) return { kind: 'version' }
  return read(withDefaults(values, flags, ALL_FLAGS, env), positionals)
}

function refuseForeignFlags(args: readonly string[], flags: Options): void {
  const end = args.indexOf('--')
  for (const arg of end < 0 ? args : args.slice(0, end)) {
    const name = /^--([a-z0-9-]+)/.exec(arg)?.[1] ?? ''
    const owners = ownersOf(name)
    if (!(name in flags) && owners.length > 0)
      throw optionError(`--${name}`, `--${name} belongs to ${owners.join(' and ')}`)
  }
}

function ownersOf(flag: string): string[] {
  const commands = COMMANDS.filter((command) => flag in COMMAND_FLAGS[command]).map((command) => `floodnet ${command}`)
  if (commands.length > 0) return commands
  return Object.entries<readonly string[]>(PROGRAM_FLAGS).flatMap(([name, own]) => (own.includes(flag) ? [name] : []))
}

function run(settings: Settings): Invocation {
  return { kind: 'run', settings }
}

function helpFor(command: string | undefined): string {
  if (command === undefined || command.startsWith('-')) return OVERVIEW
  if (!isCommand(command)) throw unknownCommand(command)
  return usageOf(command)
}

function unknownCommand(text: string): FloodnetError {
  const missing = missingExtension(text)
  if (missing !== null) return usageError(missing)
  const known = `${ALL_COMMANDS.join(', ')}, or: floodnet help`
  return usageError(`'${text}' is not a command: ${known}${suggestion(text, ALL_COMMANDS)}`)
}

function usageError(message: string): FloodnetError {
  return new FloodnetError('ERR_FLOODNET_OPTION', message)
}
