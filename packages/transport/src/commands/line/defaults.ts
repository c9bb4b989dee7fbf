// Flags from sources other than the command line: FLOODNET_LISTEN for --listen, and a file of lines `listen = ...`.
import { FloodnetError } from '@floodnet/core'
import { readOptionFile } from '../../options/option-file.ts'
import type { Option, Options } from './flag.ts'
import { suggestion } from './suggest.ts'

export type Value = string | boolean | string[]
export type Values = Readonly<Record<string, Value | undefined>>

const NOT_TO_BE_SET: ReadonlySet<string> = new Set(['help', 'version'])

/** `--allow-insecure` is FLOODNET_ALLOW_INSECURE. */
export function variableOf(flag: string): string {
  return `FLOODNET_${flag.toUpperCase().replaceAll('-', '_')}`
}

/**
 * `values`, completed from the environment and then from the file that `--config` names. `known`: the flags of all
 * commands and programs, so that they can share one file; each skips the flags of the others. @throws
 * ERR_FLOODNET_OPTION
 */
export function withDefaults<V extends object>(
  values: V,
  options: Options,
  known: readonly string[],
  env: NodeJS.ProcessEnv
): V {
  const given = { ...fromEnvironment(options, env), ...values } as Values
  const { config } = given
  const file = typeof config === 'string' ? fromFile(config, options, known) : {}
  return { ...file, ...given } as V
}

function fromEnvironment(options: Options, env: NodeJS.ProcessEnv): Values {
  const found = settable(options).flatMap((flag) => {
    const text = env[variableOf(flag)]
    return text === undefined || text === '' ? [] : [[flag, settingOf(variableOf(flag), text, options[flag])] as const]
  })
  return Object.fromEntries(found)
}

function fromFile(path: string, options: Options, known: readonly string[]): Values {
  const values: Record<string, Value> = {}
  const lines = readOptionFile('--config', path).toString('utf8').split(/\r?\n/)
  lines.forEach((line, index) => {
    const at = `${path}:${index + 1}`
    const setting = settingIn(line, at)
    if (setting === null) return
    const { flag, text } = setting
    if (!known.includes(flag) || NOT_TO_BE_SET.has(flag) || flag === 'config')
      throw usageError(`${at}: no flag is called '${flag}'${suggestionFor(flag, options, known)}`)
    const option = options[flag]
    // A flag of another command.
    if (option === undefined) return
    const value = settingOf(at, text, option)
    const before = values[flag]
    values[flag] = Array.isArray(value) && Array.isArray(before) ? [...before, ...value] : value
  })
  return values
}

/** A flag of this command if one is near, or else one of the others. */
function suggestionFor(flag: string, options: Options, known: readonly string[]): string {
  return suggestion(flag, settable(options)) || suggestion(flag, known)
}

/** A flag alone on its line is switched on. Null: an empty line or a comment. */
function settingIn(line: string, at: string): { flag: string; text: string } | null {
  const trimmed = line.trim()
  if (trimmed === '' || trimmed.startsWith('#')) return null
  const [, flag = '', text] = /^(?:--)?([a-z][a-z0-9-]*)\s*(?:=\s*(.*))?$/.exec(trimmed) ?? []
  if (flag === '') throw usageError(`${at}: '${trimmed}' is not a line like listen = 127.0.0.1:55555`)
  return { flag, text: text === undefined ? 'true' : text.replace(/^"(.*)"$/, '$1') }
}

function settingOf(where: string, text: string, option: Option | undefined): Value {
  if (option?.type === 'boolean') return switchOf(where, text)
  return option?.multiple ? text.split(/[\s,]+/).filter((part) => part !== '') : text
}

function switchOf(where: string, text: string): boolean {
  if (/^(1|true|yes|on)$/i.test(text)) return true
  if (/^(0|false|no|off)$/i.test(text)) return false
  throw usageError(`${where} is true or false, not '${text}'`)
}

function settable(options: Options): string[] {
  return Object.keys(options).filter((flag) => !NOT_TO_BE_SET.has(flag))
}

function usageError(message: string): FloodnetError {
  return new FloodnetError('ERR_FLOODNET_OPTION', message)
}
