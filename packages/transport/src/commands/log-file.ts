// `--log FILE`: writes what would go to standard error to a file, a line each with the time. The file may be moved away
// and reopened.
import { closeSync, openSync, writeSync } from 'node:fs'
import { messageOf, optionError } from '@floodnet/core'

export interface LogFile {
  /** Appends a line. */
  say(text: string): void
  /** Continues in a new file of the same name, after the old one was moved away. */
  reopen(): void
  close(): void
}

/**
 * Opens `path` for appending, and creates it if missing. If it cannot be written to (a full disk), `tell` hears that
 * once, and gets the lines until `reopen`.
 * @throws ERR_FLOODNET_OPTION if it cannot be opened
 */
export function openLog(path: string, tell: (text: string) => void): LogFile {
  let file: number | null = openFile(path)

  function fail(error: unknown): void {
    file = null
    tell(`no more log in ${path}: ${messageOf(error)}; it goes on here until SIGHUP`)
  }

  function close(): void {
    if (file !== null) closeSync(file)
    file = null
  }

  return {
    say(text) {
      if (file === null) return tell(text)
      try {
        writeSync(file, `${new Date().toISOString()} ${text}\n`)
      } catch (error) {
        fail(error)
        tell(text)
      }
    },
    reopen() {
      try {
        close()
        file = openFile(path)
      } catch (error) {
        fail(error)
      }
    },
    close
  }
}

function openFile(path: string): number {
  try {
    return openSync(path, 'a', 0o640)
  } catch (cause) {
    throw optionError('--log', `--log ${path} cannot be written: ${messageOf(cause)}`, cause)
  }
}
