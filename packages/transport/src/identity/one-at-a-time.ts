// Lets one process at a time work on a file, for a moment. If no lock can be made, there is no order, just as before.
// Not '.lock': a program holds that one beside its identity file for as long as it runs.
import { setTimeout as pause } from 'node:timers/promises'
import { FloodnetError } from '@floodnet/core'
import { type LockResult, takeLockLater } from './file-lock.ts'

/**
 * A process that holds the lock for longer than this hangs: the work is a read and a write of less than a page, even on
 * a slow share. A guess.
 */
export const IDENTITY_WAIT_MS = 10_000
const RETRY_MS = 10

/**
 * Does `work` while nobody else works on `file` this way. @throws ERR_FLOODNET_IDENTITY if somebody does so for too
 * long
 */
export async function oneAtATime<T>(file: string, work: () => Promise<T>, waitMs = IDENTITY_WAIT_MS): Promise<T> {
  const release = await hold(file, waitMs)
  try {
    return await work()
  } finally {
    release()
  }
}

async function hold(file: string, waitMs: number): Promise<() => void> {
  const lock = `${file}.opening`
  const untilMs = performance.now() + waitMs
  for (;;) {
    const result = await tryLock(lock)
    if (result.kind === 'locked') return result.release
    if (performance.now() > untilMs) throw heldError(file, lock, result.by)
    await pause(RETRY_MS)
  }
}

/** If no lock can be made there, we act as if we held it. */
async function tryLock(lock: string): Promise<LockResult> {
  try {
    return await takeLockLater(lock)
  } catch {
    return { kind: 'locked', release: () => undefined }
  }
}

function heldError(file: string, lock: string, by: number): FloodnetError {
  return new FloodnetError(
    'ERR_FLOODNET_IDENTITY',
    `identity file ${file} is being opened by process ${by}, which does not go on. If that is gone, remove ${lock}`,
    { subject: file }
  )
}
