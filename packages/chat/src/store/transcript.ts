// What was said, for people to read later: one file for each day. Network events go to a separate log (log.ts).
import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf } from '@floodnet/core'
import { FloodnetError } from '@floodnet/transport'
import type { ScreenEvent } from '../screens/screen.ts'
import { lineOf } from '../screens/screen-line.ts'
import { cleanText } from '../text/clean-text.ts'
import { makeFolder } from './files.ts'

/** How long lines are gathered before they are written. */
const FLUSH_MS = 500

export interface Transcript {
  note(event: ScreenEvent, now: Date): void
  /** Writes what is pending. */
  close(): Promise<void>
}

/**
 * Keeps `folder/2026-11-21.log` and so on, by the local date. `onFailure`: nothing more is written. @throws
 * ERR_FLOODNET_OPTION
 */
export function openTranscript(folder: string, onFailure: (error: Error) => void): Transcript {
  try {
    makeFolder(folder)
  } catch (error) {
    throw new FloodnetError('ERR_FLOODNET_OPTION', `--transcript ${folder} cannot be made: ${messageOf(error)}`, {
      subject: '--transcript',
      cause: error
    })
  }
  let pending = new Map<string, string[]>()
  let timer: NodeJS.Timeout | null = null
  let writing = Promise.resolve()
  let failed = false

  const flush = (): Promise<void> => {
    timer = null
    const days = pending
    pending = new Map()
    writing = writing
      .then(() => append(folder, days))
      .catch((error: Error) => {
        if (!failed) onFailure(error)
        failed = true
      })
    return writing
  }

  return {
    note(event, now) {
      const line = failed ? null : transcriptLine(event, now)
      if (line === null) return
      const day = dayOf(now)
      const lines = pending.get(day)
      if (lines === undefined) pending.set(day, [line])
      else lines.push(line)
      timer ??= setTimeout(() => void flush(), FLUSH_MS)
    },
    close() {
      if (timer !== null) clearTimeout(timer)
      return flush()
    }
  }
}

/** The line of an event; null if it is not part of the conversation. */
export function transcriptLine(event: ScreenEvent, now: Date): string | null {
  const isTalk =
    event.kind === 'message' || event.kind === 'said' || event.kind === 'presence' || event.kind === 'transfer'
  const line = isTalk ? lineOf(event) : null
  return line === null ? null : cleanText(`${timeOf(now)} ${line}`)
}

async function append(folder: string, days: ReadonlyMap<string, readonly string[]>): Promise<void> {
  for (const [day, lines] of days)
    await appendFile(join(folder, `${day}.log`), `${lines.join('\n')}\n`, { mode: 0o600 })
}

function dayOf(now: Date): string {
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`
}

function timeOf(now: Date): string {
  return `${two(now.getHours())}:${two(now.getMinutes())}:${two(now.getSeconds())}`
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}
