// The remains of incomplete files: kept for a while, since their sender may come back, and then removed.
import { lstat, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { PARTS } from './part-file.ts'

/** How long to keep an unfinished file after its last part arrived: two weeks, as a guess for a holiday. */
export const PART_LIFE_MS = 14 * 24 * 60 * 60 * 1000

// Names that we make (part-file.ts), and those of a write that was cut short. Anything else there is not ours.
const OURS = /^[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{16}\.(?:part|json(?:\.[0-9a-f]{12}\.tmp)?)$/

/**
 * Removes what is old below the folder of files. What cannot be read or removed stays. @returns how many files it
 * removed.
 */
export async function removeOldParts(folder: string, now: number): Promise<number> {
  const parts = join(folder, PARTS)
  const names = (await readdir(parts).catch(() => [])).filter((name) => OURS.test(name))
  const removed = await Promise.all(names.map((name) => removeIfOld(join(parts, name), now)))
  return removed.filter((isRemoved) => isRemoved).length
}

async function removeIfOld(path: string, now: number): Promise<boolean> {
  try {
    const stats = await lstat(path)
    if (!stats.isFile() || now - stats.mtimeMs <= PART_LIFE_MS) return false
    await rm(path)
    return true
  } catch {
    // Another chat with the same folder was faster.
    return false
  }
}
