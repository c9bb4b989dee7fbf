// Parses a command line against its flags: Node's parser, with errors that say what to write instead.
import { parseArgs } from 'node:util'
import { FloodnetError, messageOf } from '@floodnet/core'
import type { Options, ValuesOf } from './flag.ts'
import { suggestion } from './suggest.ts'

/** Words besides options: none, or at most `max`; `name` is what the help calls them. */
export interface Words {
  /** What the help calls such a word. */
  readonly name: string
  /** How many may be given. */
  readonly max: number
}

/** A command line, taken apart. */
export interface Parsed<F> {
  /** Options by name. */
  readonly values: ValuesOf<F>
  /** Words that belong to no option, in order. */
  readonly positionals: readonly string[]
}

/** @throws ERR_FLOODNET_OPTION saying what is wrong, and what you probably meant */
export function parseCommandLine<const F extends Options>(
  args: readonly string[],
  options: F,
  words: Words | null = null
): Parsed<F> {
  const { values, positionals } = tryParse([...args], options, words)
  // Anybody who asks for help gets it.
  const isAsking = values.help === true || values.version === true
  if (!isAsking && positionals.length > (words?.max ?? 0)) throw tooManyWords(positionals, words)
  return { values: values as ValuesOf<F>, positionals }
}

function tryParse(args: string[], options: Options, words: Words | null) {
  try {
    return parseArgs({ args, options, strict: true, allowPositionals: true })
  } catch (error) {
    throw usageError(advice(error as NodeJS.ErrnoException, args, options, words), error)
  }
}

function advice(error: NodeJS.ErrnoException, args: readonly string[], options: Options, words: Words | null): string {
  // The sentences after the first give advice about words, but some commands take none.
  const [sentence = ''] = messageOf(error).split(/\.\s/)
  const option = /'(--?[^\s'=]+)/.exec(sentence)?.[1] ?? ''
  switch (error.code) {
    case 'ERR_PARSE_ARGS_UNKNOWN_OPTION':
      return `Unknown option '${option}'${suggestion(option, optionNames(options))}${dashAdvice(option, words)}`
    case 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE': {
      const name = /(--[^\s',=]+)/.exec(sentence)?.[1] ?? option
      const isFlag = options[name.slice(2)]?.type === 'boolean'
      if (isFlag) return `${name} takes no value`
      return `${name} needs a value${dashedValue(name, args[args.indexOf(name) + 1])}`
    }
    default:
      return sentence
  }
}

/** Node's parser takes a value that begins with a dash for the next option. */
function dashedValue(name: string, value: string | undefined): string {
  if (value === undefined) return ''
  const written = `${name}=${value}`
  return `; if that is '${value}', write ${/^[\w.,:@%+/=-]+$/.test(written) ? written : `'${written}'`}`
}

function optionNames(options: Options): string[] {
  return Object.keys(options).map((name) => `--${name}`)
}

function dashAdvice(option: string, words: Words | null): string {
  return words === null || option.startsWith('--') ? '' : `; a ${words.name} that begins with a dash goes behind --`
}

function tooManyWords(positionals: readonly string[], words: Words | null): FloodnetError {
  if (words === null) return usageError(`Unexpected argument '${positionals[0]}'`)
  const most = words.max === 1 ? `one ${words.name}` : `${words.max} of ${words.name}`
  return usageError(`${most} at most, not ${positionals.length}: ${positionals.join(' ')}; quotes keep words together`)
}

function usageError(message: string, cause?: unknown): FloodnetError {
  return new FloodnetError('ERR_FLOODNET_OPTION', message, { cause })
}
