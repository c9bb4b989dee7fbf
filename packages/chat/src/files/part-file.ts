// An incoming file: its bytes and, beside them, which chunks are there, under names made from the hash and the keys
// only. It gets its own name in the folder only once it is complete and its hash is right. It never replaces anything:
// making a link fails if anything has the name, even a symlink.
import { constants } from 'node:fs'
import { type FileHandle, link, lstat, mkdir, open, rename, rm, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { makeFolder, readWhole, writeWhole } from '../store/files.ts'
import { CHUNK_BYTES, ChunkSet, chunkCount } from '../wire/chunk-set.ts'
import { fileNameProblem, numberedName, safeName } from './file-name.ts'
import { hashOf } from './source-file.ts'

/** Below the folder of files: incomplete files. */
export const PARTS = '.floodchat-parts'
/** Space that must remain on the disk beside the file. */
const SPARE_BYTES = 64 * 1024 * 1024
/** Most files with one name. */
const MAX_NUMBER = 1000

export interface PartKey {
  readonly hash: string
  readonly bytes: number
  /** The sender and the receiver: 64 hex digits each. */
  readonly author: string
  readonly own: string
}

export class PartFile {
  /** Which chunks are written. */
  readonly chunks: ChunkSet
  readonly #folder: string
  readonly #path: string
  readonly #key: PartKey
  readonly #file: FileHandle
  #dirty = false

  /**
   * Continues with what arrived earlier. @throws the system's error, and RangeError for a folder or disk that cannot be
   * used.
   */
  static async open(folder: string, key: PartKey): Promise<PartFile> {
    const parts = await partsFolder(folder)
    const path = join(parts, `${key.hash.slice(0, 32)}-${key.author.slice(0, 16)}-${key.own.slice(0, 16)}`)
    const file = await open(`${path}.part`, constants.O_RDWR | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0), 0o600)
    try {
      const stats = await file.stat()
      if (!stats.isFile() || stats.nlink !== 1) throw new RangeError(`${path}.part is not one of our files`)
      const chunks = stats.size === 0 ? new ChunkSet(chunkCount(key.bytes)) : earlierChunks(`${path}.json`, key)
      await checkRoom(folder, key.bytes - chunks.held * CHUNK_BYTES)
      return new PartFile(folder, path, key, file, chunks)
    } catch (error) {
      await file.close()
      throw error
    }
  }

  private constructor(folder: string, path: string, key: PartKey, file: FileHandle, chunks: ChunkSet) {
    this.#folder = folder
    this.#path = path
    this.#key = key
    this.#file = file
    this.chunks = chunks
  }

  async write(index: number, data: Uint8Array): Promise<void> {
    // A full disk takes only a part, and reports it at the next write.
    for (let at = 0; at < data.length; ) {
      const { bytesWritten } = await this.#file.write(data, at, data.length - at, index * CHUNK_BYTES + at)
      if (bytesWritten === 0) throw new RangeError('the disk is full')
      at += bytesWritten
    }
    this.chunks.add(index)
    this.#dirty = true
  }

  /** Saves which chunks there are. The bytes come first, so that we never claim bytes that a power cut takes away. */
  async save(): Promise<void> {
    if (!this.#dirty) return
    const { hash, bytes } = this.#key
    const { held } = this.chunks
    const chunks = Buffer.from(this.chunks.toBytes()).toString('base64')
    await this.#file.datasync()
    await writeWhole(`${this.#path}.json`, JSON.stringify({ hash, bytes, chunkBytes: CHUNK_BYTES, chunks }))
    this.#dirty = held !== this.chunks.held
  }

  /** Gives the file its name, and returns where it is; null if its hash is different. */
  async finish(name: string, signal?: AbortSignal): Promise<string | null> {
    // We checked when it was offered, and check again here, where it counts.
    const problem = fileNameProblem(name)
    if (problem !== null) throw new RangeError(problem)
    await this.#file.truncate(this.#key.bytes)
    if ((await hashOf(this.#file, this.#key.bytes, signal)) !== this.#key.hash) return null
    await this.#file.datasync()
    return this.#place(safeName(name))
  }

  async close(discard: boolean): Promise<void> {
    try {
      if (!discard) await this.save()
    } finally {
      await this.#file.close()
    }
    if (discard) await this.#remove()
  }

  async #place(name: string): Promise<string> {
    for (let n = 0; n < MAX_NUMBER; n++) {
      const path = join(this.#folder, numberedName(name, n))
      if (!(await putWhereNothingIs(`${this.#path}.part`, path))) continue
      this.#dirty = false
      await this.#remove()
      return path
    }
    throw new RangeError(`there are ${MAX_NUMBER} files of that name already`)
  }

  async #remove(): Promise<void> {
    for (const ending of ['part', 'json']) await rm(`${this.#path}.${ending}`, { force: true })
  }
}

async function partsFolder(folder: string): Promise<string> {
  makeFolder(folder)
  const parts = join(folder, PARTS)
  await mkdir(parts, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  if (!(await lstat(parts)).isDirectory()) throw new RangeError(`${parts} is in the way`)
  return parts
}

// Anything that we did not write counts as nothing: then the whole file is sent again.
function earlierChunks(path: string, { hash, bytes }: PartKey): ChunkSet {
  const none = new ChunkSet(chunkCount(bytes))
  try {
    const saved: unknown = JSON.parse(readWhole(path) ?? 'null')
    if (typeof saved !== 'object' || saved === null) return none
    const { hash: of, bytes: size, chunkBytes, chunks } = saved as Record<string, unknown>
    if (of !== hash || size !== bytes || chunkBytes !== CHUNK_BYTES || typeof chunks !== 'string') return none
    return new ChunkSet(none.count, new Uint8Array(Buffer.from(chunks, 'base64')))
  } catch {
    return none
  }
}

async function checkRoom(folder: string, bytes: number): Promise<void> {
  // If the system does not say, the first write shows it.
  const room = await statfs(folder).catch(() => null)
  if (room !== null && room.bavail * room.bsize < bytes + SPARE_BYTES)
    throw new RangeError(`there is no room for it in ${folder}`)
}

/** False if there is something with that name. */
async function putWhereNothingIs(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
  }
  // Some file systems have no links. We take the name with an empty file, and then replace that: this needs no room for
  // a second copy.
  try {
    await (await open(to, 'wx', 0o600)).close()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
  try {
    await rename(from, to)
  } catch (error) {
    await rm(to, { force: true })
    throw error
  }
  return true
}
