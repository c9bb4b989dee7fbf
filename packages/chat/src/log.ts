// The log file: what the network does, one line an event. Several nodes may append to one file; a line is one write, so lines never mix.
import { closeSync, openSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { messageOf } from '@floodnet/core'
import { FloodnetError, type Logger } from '@floodnet/transport'
import { makeFolder } from './store/files.ts'

export interface Log extends Logger {
  close(): void
}

export interface LogOptions {
  /** Stands in the details of every line: what tells two nodes apart that share the file. */
  readonly tag: object
  /** Texts of debug lines that are left out. */
  readonly skip: ReadonlySet<string>
  /** Called once when the file takes no more (a full disk); nothing is logged after that, and the chat goes on. */
  onFailure(error: Error): void
}

/** Opens `path` for appending; made when absent, for its owner only. @throws ERR_FLOODNET_OPTION */
export function openLog(path: string, options: LogOptions): Log {
  let file: number | null = openFile(path)
  const write = (level: string, details: object, text: string) => {
    if (file === null) return
    const line = logLine(new Date(), level, { ...options.tag, ...fieldsOf(details) }, text)
    try {
      writeSync(file, line)
    } catch (error) {
      file = null
      options.onFailure(error as Error)
    }
  }
  return {
    debug: (details, text) => options.skip.has(text) || write('debug', details, text),
    info: (details, text) => write('info', details, text),
    warn: (details, text) => write('warn', details, text),
    error: (details, text) => write('error', details, text),
    close() {
      if (file !== null) closeSync(file)
      file = null
    }
  }
}

/** `ISO-time level text {json}`. Pure ASCII without controls: a log is read on a terminal too, and holds strings of strangers. */
export function logLine(time: Date, level: string, details: object, text: string): string {
  const json = JSON.stringify(details, plainValue)
  return `${time.toISOString()} ${level} ${escapeUnprintable(text)} ${escapeUnprintable(json)}\n`
}

function openFile(path: string): number {
  try {
    makeFolder(dirname(path))
    return openSync(path, 'a', 0o600)
  } catch (error) {
    const message = `--log ${path} cannot be written: ${messageOf(error)}`
    throw new FloodnetError('ERR_FLOODNET_OPTION', message, { subject: '--log', cause: error })
  }
}

// JSON.stringify throws at a bigint and shows an Error as {}.
function plainValue(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString()
  return value instanceof Error ? fieldsOf(value) : value
}

function fieldsOf(details: object): object {
  return details instanceof Error ? { ...details, message: details.message } : details
}

function escapeUnprintable(text: string): string {
  return text.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
