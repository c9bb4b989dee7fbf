// Where a node logs: to a logger of the program with pino's methods, and to standard error for the namespaces that
// DEBUG selects.
import { inspect } from 'node:util'
import type { Logger } from '../api.ts'

type Level = keyof Logger

const LEVELS = ['debug', 'info', 'warn', 'error'] as const satisfies readonly Level[]

/**
 * A logger that writes a line to standard error if `env` selects `namespace`, in the manner of the debug package: names
 * separated by commas or blanks, `*` for anything, a leading `-` to exclude some (`floodnet:*,-floodnet:link`).
 * Otherwise it does nothing.
 */
export function debugLogger(
  namespace: string,
  env: string | undefined = process.env.DEBUG,
  write: (line: string) => void = writeToStandardError
): Logger {
  if (!isSelected(namespace, env ?? '')) return loggerOf(() => ignore)
  return loggerOf(
    (level) => (details, text) =>
      write(`${new Date().toISOString()} ${namespace} ${level} ${text}${describe(details)}\n`)
  )
}

/** A logger that passes everything to all of `loggers`. */
export function teeLogger(...loggers: readonly Logger[]): Logger {
  return loggerOf((level) => (details, text) => {
    for (const logger of loggers) logger[level](details, text)
  })
}

function loggerOf(method: (level: Level) => Logger[Level]): Logger {
  const [debug, info, warn, error] = LEVELS.map(method) as [
    Logger['debug'],
    Logger['info'],
    Logger['warn'],
    Logger['error']
  ]
  return { debug, info, warn, error }
}

function ignore(): void {}

function writeToStandardError(line: string): void {
  process.stderr.write(line)
}

function isSelected(namespace: string, env: string): boolean {
  const patterns = env.split(/[\s,]+/).filter((pattern) => pattern !== '')
  if (patterns.some((pattern) => pattern.startsWith('-') && matches(namespace, pattern.slice(1)))) return false
  return patterns.some((pattern) => matches(namespace, pattern))
}

function matches(namespace: string, pattern: string): boolean {
  const literals = pattern.split('*').map((literal) => literal.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${literals.join('.*?')}$`).test(namespace)
}

// One line, whatever the details contain: `inspect` escapes the control characters in strings, and errors come without
// their stack.
function describe(details: object): string {
  const entries = Object.entries(details).map(([name, value]) => [
    name,
    value instanceof Error ? describeError(value) : value
  ])
  if (entries.length === 0) return ''
  return ` ${inspect(Object.fromEntries(entries), { breakLength: Number.POSITIVE_INFINITY, compact: true, depth: 4 })}`
}

function describeError(error: Error): string {
  const { code } = error as NodeJS.ErrnoException
  return code === undefined ? String(error) : `${code}: ${error.message}`
}
