// A file of this user's that is offered: opened once, so that all chunks are of one file, and read by chunks.
import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { homedir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { CHUNK_BYTES, chunkLength } from '../wire/chunk-set.ts'
import { MAX_FILE_BYTES } from './file-limits.ts'

/** Read at once for the hash: some ms of hashing, so that typing goes on meanwhile. */
const HASHED_AT_ONCE = 1024 * 1024

export class SourceFile {
  readonly name: string
  readonly bytes: number
  readonly #file: FileHandle

  /** @throws what the system says, and RangeError for what cannot be sent. */
  static async open(path: string): Promise<SourceFile> {
    const full = resolve(path.startsWith('~/') ? join(homedir(), path.slice(2)) : path)
    // Without O_NONBLOCK a pipe would wait here for somebody who writes into it.
    const file = await open(full, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    try {
      const stats = await file.stat()
      if (!stats.isFile()) throw new RangeError('it is no file')
      if (stats.size > MAX_FILE_BYTES) throw new RangeError(`it has more than ${MAX_FILE_BYTES} bytes`)
      return new SourceFile(file, basename(full), stats.size)
    } catch (error) {
      await file.close()
      throw error
    }
  }

  private constructor(file: FileHandle, name: string, bytes: number) {
    this.#file = file
    this.name = name
    this.bytes = bytes
  }

  hash(signal?: AbortSignal): Promise<string> {
    return hashOf(this.#file, this.bytes, signal)
  }

  /** @throws RangeError when the file has become shorter. */
  async read(index: number): Promise<Uint8Array> {
    const data = new Uint8Array(chunkLength(this.bytes, index))
    const { bytesRead } = await this.#file.read(data, 0, data.length, index * CHUNK_BYTES)
    if (bytesRead < data.length) throw new RangeError('it has changed')
    return data
  }

  close(): Promise<void> {
    return this.#file.close()
  }
}

/** SHA-256 of the first `bytes` of a file, in hex. */
export async function hashOf(file: FileHandle, bytes: number, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256')
  const buffer = new Uint8Array(HASHED_AT_ONCE)
  for (let at = 0; at < bytes; ) {
    signal?.throwIfAborted()
    const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, bytes - at), at)
    if (bytesRead === 0) throw new RangeError('it has become shorter')
    hash.update(buffer.subarray(0, bytesRead))
    at += bytesRead
  }
  return hash.digest('hex')
}
