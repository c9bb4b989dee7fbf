// How the identity file is made and updated, on file systems of every kind. The key is written once and never again:
// later starts overwrite the ten digits of the incarnation in place, which needs no writable folder, no free space and
// no links. Knows nothing of keys.
import { randomBytes } from 'node:crypto'
import { type FileHandle, link, mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** Windows has no such bits and reports every file as readable by everybody. */
export const HAS_MODE_BITS = process.platform !== 'win32'

/** Creates `file` with this text, whole. False if there is a file already that is not empty. */
export async function makeWhole(file: string, text: string): Promise<boolean> {
  await makeFolder(dirname(file))
  const temporary = await writeTemporary(file, text)
  try {
    // Unlike a rename, a link fails if the name is taken. If two nodes start at once, one makes the file, whole, and
    // the other reads it.
    await link(temporary, file)
  } catch (error) {
    return hasCode(error, 'EEXIST') ? false : await makeWithoutLinks(file, text)
  } finally {
    await rm(temporary, { force: true })
  }
  await syncFolder(dirname(file))
  return true
}

/** Writes `text` over as many bytes at `offset`. @throws the system's error. */
export async function overwrite(file: string, offset: number, text: string): Promise<void> {
  const handle = await open(file, 'r+')
  try {
    await writeAll(handle, Buffer.from(text, 'latin1'), offset)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Replaces what is in `file` with `text`: in one step if the folder allows it. @throws the system's error. */
export async function replaceWhole(file: string, text: string): Promise<void> {
  const temporary = await writeTemporary(file, text)
  try {
    await rename(temporary, file)
  } finally {
    await rm(temporary, { force: true })
  }
  await syncFolder(dirname(file))
}

/** Appends `text`. @throws the system's error. */
export async function append(file: string, text: string): Promise<void> {
  const handle = await open(file, 'r+')
  try {
    await writeAll(handle, Buffer.from(text, 'latin1'), (await handle.stat()).size)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/**
 * Whether the file system of `file` keeps no permissions: exFAT and many shares show every file as readable by
 * everybody.
 */
export async function ignoresModes(file: string): Promise<boolean> {
  try {
    const temporary = await writeTemporary(file, '')
    const { mode } = await stat(temporary)
    await rm(temporary, { force: true })
    return (mode & 0o077) !== 0
  } catch {
    // We cannot write there, so we cannot find out.
    return false
  }
}

export async function exists(file: string): Promise<boolean> {
  try {
    await stat(file)
    return true
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false
    throw error
  }
}

// Android, exFAT and many shares have no hard links. Made in one write, so that another node that starts at once sees
// all of it or nothing.
async function makeWithoutLinks(file: string, text: string): Promise<boolean> {
  let handle: FileHandle
  try {
    handle = await open(file, 'wx', 0o600)
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false
    throw error
  }
  try {
    await writeAll(handle, Buffer.from(text, 'latin1'), 0)
    await handle.sync()
  } catch (error) {
    // Half a key would be in the way forever.
    await rm(file, { force: true })
    throw error
  } finally {
    await handle.close()
  }
  await syncFolder(dirname(file))
  return true
}

// A full disk takes some of the bytes and says how many.
async function writeAll(handle: FileHandle, bytes: Buffer, offset: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, offset + done)
    if (bytesWritten === 0) throw Object.assign(new Error('ENOSPC: nothing more could be written'), { code: 'ENOSPC' })
    done += bytesWritten
  }
}

// Not mkdir's own `recursive`: it loops forever under /proc, where making a folder says "not found" below a parent that
// exists.
async function makeFolder(path: string): Promise<void> {
  if (await exists(path)) return
  await makeFolder(dirname(path))
  await mkdir(path, { mode: 0o700 }).catch((error) => {
    // Another node that starts at the same moment has made it.
    if (!hasCode(error, 'EEXIST')) throw error
  })
}

// In the same folder, because a rename or a link cannot leave its file system.
async function writeTemporary(file: string, text: string): Promise<string> {
  const temporary = join(dirname(file), `.floodnet-${randomBytes(8).toString('hex')}.tmp`)
  const handle = await open(temporary, 'wx', 0o600)
  try {
    await writeAll(handle, Buffer.from(text, 'latin1'), 0)
    await handle.sync()
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  } finally {
    await handle.close()
  }
  return temporary
}

/**
 * Without this, a power cut may bring the old name back. Windows and some shares cannot do it, and then a power cut
 * costs no more than that.
 */
async function syncFolder(folder: string): Promise<void> {
  if (!HAS_MODE_BITS) return
  try {
    const handle = await open(folder, 'r')
    await handle.sync().finally(() => handle.close())
  } catch {
    // What was written stays, unless the power fails within seconds.
  }
}

function hasCode(error: unknown, code: string): boolean {
  return (error as NodeJS.ErrnoException).code === code
}
