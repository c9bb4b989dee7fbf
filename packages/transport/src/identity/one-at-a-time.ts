// One process at a time on a file: a file beside it that only one can make. Where no such file can be made there is no
// order, as there was none before. Not '.lock': a chat holds that one beside its identity file for as long as it runs.
import { open, rm, stat } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'

/**
 * Whoever has held the lock for longer is gone: it crashed or was killed. A guess: the work is to read and write less
 * than a page, also on a slow share.
 */
const IDENTITY_LOCK_MS = 2_000
const RETRY_MS = 10

/** Does `work` while nobody else works on `file` this way. */
export async function oneAtATime<T>(file: string, work: () => Promise<T>): Promise<T> {
  const lock = `${file}.opening`
  const isHeld = await hold(lock)
  try {
    return await work()
  } finally {
    if (isHeld) await rm(lock, { force: true })
  }
}

/** False: no lock can be made there. */
async function hold(lock: string): Promise<boolean> {
  for (;;) {
    try {
      await (await open(lock, 'wx', 0o600)).close()
      return true
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return false
    }
    if (await isLeftOver(lock)) await rm(lock, { force: true })
    else await pause(RETRY_MS)
  }
}

/** By the clock of the file system, which made its time, as far as this machine's agrees with it. */
async function isLeftOver(lock: string): Promise<boolean> {
  try {
    return Math.abs(Date.now() - (await stat(lock)).mtimeMs) > IDENTITY_LOCK_MS
  } catch {
    // It is gone already.
    return false
  }
}
