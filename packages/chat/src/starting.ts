// The start on a machine where we cannot keep anything: without a home folder, with a full disk, or where everything is
// read-only. The chat does without what was not asked for, and says so in a line; what was asked for (--log,
// --identity) must work.
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { codeOf, messageOf } from '@floodnet/core'
import type { ChatOptions } from './options.ts'
import { type Log, type LogOptions, noLog, openLog } from './store/log.ts'
import { type Profile, throwAwayProfile } from './store/profile.ts'

export interface Kept<T> {
  readonly what: T
  /** What to tell the user; null if all is well. */
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

/** Whom to be if the key could not be made; null if that is no reason to continue as somebody else. */
export function profileWithout(error: unknown, { identity, state }: ChatOptions, profile: Profile): Profile | null {
  const isMissing = profile.identity !== null && !existsSync(profile.identity)
  if (codeOf(error) !== 'ERR_FLOODNET_IDENTITY' || identity !== null || !isMissing) return null
  const cause = messageOf((error as Error).cause ?? error)
  const warning = `nothing can be kept in ${state}: this run has a key of its own, and forgets its contacts (${cause})`
  return { ...throwAwayProfile(), warning }
}
