// Writes a file only when its contents change, and all at once: whoever reads it meanwhile, such as a test run
// beside a build, sees the old file or the new one, never half of one.
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * @param {string} path
 * @param {Uint8Array} contents
 * @param {number} [mode]
 */
export async function writeChanged(path, contents, mode) {
  if (!(await holds(path, contents))) {
    const temporary = `${path}.${process.pid}.tmp`
    await mkdir(dirname(path), { recursive: true })
    await writeFile(temporary, contents)
    await rename(temporary, path)
  }
  if (mode !== undefined) await chmod(path, mode)
}

async function holds(path, contents) {
  try {
    return (await readFile(path)).equals(contents)
  } catch (error) {
    if (error.code === 'ENOENT') return false
    throw error
  }
}
