// The log file: what the network does, one line for each event. Several nodes may append to one file; a line is one
// write, so lines never mix. Bounded: a full file gets the ending .1, and replaces the previous one with that name.
import { closeSync, fstatSync, ftruncateSync, openSync, renameSync, statSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { messageOf } from '@floodnet/core'
import { FloodnetError, type Logger } from '@floodnet/transport'
import { makeFolder } from './files.ts'

/**
 * At this size, a log is put aside and a new one begun. Together they hold some days of a quiet node, or hours of a
 * busy one. A guess.
 */
export const MAX_LOG_BYTES = 8 * 1024 * 1024
/** What one node writes between two checks of the file, which others may write as well. */
const LOOK_EVERY_BYTES = 64 * 1024

export interface Log extends Logger {
  close(): void
}

export interface LogOptions {
  /** In the details of every line: tells apart two nodes that share the file. */
  readonly tag: object
  /** Texts of debug lines to leave out. */
  readonly skip: ReadonlySet<string>
  /**
   * Called once when the file cannot be written to (a full disk). Nothing is logged after that, and the chat goes on.
   */
  onFailure(error: Error): void
  /** Default MAX_LOG_BYTES. */
  readonly maxBytes?: number
}

/** Opens `path` for appending; created if missing, for its owner only. @throws ERR_FLOODNET_OPTION */
export function openLog(path: string, options: LogOptions): Log {
  const { maxBytes = MAX_LOG_BYTES } = options
  let file: number | null = openFile(path)
  // As if much had been written, so that we check the file before the first line.
  let unseen = LOOK_EVERY_BYTES
  const write = (level: string, details: object, text: string) => {
    if (file === null) return
    const line = logLine(new Date(), level, { ...options.tag, ...fieldsOf(details) }, text)
    try {
      unseen += line.length
      if (unseen >= Math.min(LOOK_EVERY_BYTES, maxBytes)) {
        unseen = 0
        file = withRoom(path, file, maxBytes)
      }
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

/** Writes nothing. */
export function noLog(): Log {
  const nothing = () => undefined
  return { debug: nothing, info: nothing, warn: nothing, error: nothing, close: nothing }
}

/**
 * `ISO-time level text {json}`. Pure ASCII without controls: people also read a log on a terminal, and it contains
 * strings from strangers.
 */
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

/** The file to continue with: the same, or a new one in its place. */
function withRoom(path: string, file: number, maxBytes: number): number {
  const stats = fstatSync(file)
  if (!stats.isFile() || stats.size < maxBytes) return file
  try {
    // Another node may have put it aside already, or the user may have removed it.
    if (statSync(path, { throwIfNoEntry: false })?.ino === stats.ino) renameSync(path, `${path}.1`)
  } catch {
    // Where an open file cannot be renamed, it is emptied instead.
    ftruncateSync(file)
    return file
  }
  const next = openFile(path)
  closeSync(file)
  return next
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
