// Small files of the user's: readable by their owner only, read whole and replaced whole, so that a crash leaves the
// old one or the new one.
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/** More than any of them grows to; a larger one is some other file. */
const MAX_FILE_BYTES = 16 * 1024 * 1024

/**
 * The text of a file; null if there is none. @throws the system's error, and RangeError for a file that cannot be ours.
 */
export function readWhole(path: string): string | null {
  try {
    if (statSync(path).size > MAX_FILE_BYTES) throw new RangeError(`it has more than ${MAX_FILE_BYTES} bytes`)
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (isNothingThere(path, error as NodeJS.ErrnoException)) return null
    throw error
  }
}

// Something that is not a folder, or that we may not read, contains nothing of ours.
function isNothingThere(path: string, { code }: NodeJS.ErrnoException): boolean {
  return code === 'ENOENT' || code === 'ENOTDIR' || (code === 'EACCES' && !existsSync(path))
}

/** Replaces a file in one step, readable by its owner only. */
export async function writeWhole(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`
  try {
    const file = await open(temporary, 'wx', 0o600)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

// Not mkdir's own `recursive`: it loops forever under /proc, where making a folder says "not found" below a parent that
// exists.
export function makeFolder(path: string): void {
  if (existsSync(path)) return
  if (dirname(path) !== path) makeFolder(dirname(path))
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    // Another node may have just made it.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}
