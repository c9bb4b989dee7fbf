// The start on a machine that does not let us keep things: without a home folder, on a full disk, where all is
// read-only. What was not asked for is done without, with a line that says so; what was asked for (--log, --identity)
// must work.
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { codeOf, messageOf } from '@floodnet/core'
import type { ChatOptions } from './options.ts'
import { type Log, type LogOptions, noLog, openLog } from './store/log.ts'
import { type Profile, throwAwayProfile } from './store/profile.ts'

export interface Kept<T> {
  readonly what: T
  /** What to tell the user; null: all is as usual. */
  readonly warning: string | null
}

/** @throws ERR_FLOODNET_OPTION for a log that was asked for. */
export function logFor({ log, state }: ChatOptions, options: LogOptions): Kept<Log> {
  try {
    return { what: openLog(log, options), warning: null }
  } catch (error) {
    if (log !== join(state, 'floodchat.log')) throw error
    const cause = messageOf((error as Error).cause ?? error)
    return { what: noLog(), warning: `no log is kept in ${dirname(log)}: ${cause}` }
  }
}

/** What to be when the key could not be made; null when that is no reason to go on as somebody else. */
export function profileWithout(error: unknown, { identity, state }: ChatOptions, profile: Profile): Profile | null {
  const isMissing = profile.identity !== null && !existsSync(profile.identity)
  if (codeOf(error) !== 'ERR_FLOODNET_IDENTITY' || identity !== null || !isMissing) return null
  const cause = messageOf((error as Error).cause ?? error)
  const warning = `nothing can be kept in ${state}: this run has a key of its own, and forgets its contacts (${cause})`
  return { ...throwAwayProfile(), warning }
}
