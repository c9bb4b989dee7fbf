// A file that this user offers: opened once, so that all chunks come from one file, and read in chunks. Each chunk is
// compared with what was hashed, so that we notice here if a file changes in the meantime, and not when all of it has
// been sent.
import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { CHUNK_BYTES, chunkCount, chunkLength } from '../wire/chunk-set.ts'
import { MAX_FILE_BYTES } from '../wire/file-messages.ts'
import { readingsOf } from './pasted-path.ts'

/** Chunks read at once for the hash: some ms of hashing, so that typing continues. */
const HASHED_AT_ONCE = 16
/** Bytes kept of each chunk's hash: enough to notice a change that nobody made on purpose. */
const DIGEST_BYTES = 8
/**
 * A file that was written to is read again as a whole, at most this often: a log that only grows remains as it was
 * offered.
 */
const RECHECK_MS = 10_000

export class SourceFile {
  readonly name: string
  readonly bytes: number
  readonly #file: FileHandle
  #digests: Uint8Array = new Uint8Array(0)
  /** The file's times and size when we last knew that it was as offered. */
  #stamp = ''
  #recheckedAt = Number.NEGATIVE_INFINITY

  /**
   * `text`: a path, in any form that people paste. @throws the system's error, and RangeError for what cannot be sent.
   */
  static async open(text: string): Promise<SourceFile> {
    const [path = text, ...more] = readingsOf(text)
    try {
      return await SourceFile.#openPath(path)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
      for (const other of more) if (await exists(other)) return SourceFile.#openPath(other)
      throw error
    }
  }

  static async #openPath(path: string): Promise<SourceFile> {
    const full = resolve(path)
    // Without O_NONBLOCK, a pipe would wait here until somebody writes into it.
    const file = await open(full, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    try {
      const stats = await file.stat()
      if (!stats.isFile()) throw new RangeError('it is not a file')
      if (stats.size > MAX_FILE_BYTES) throw new RangeError(`it has more than ${MAX_FILE_BYTES} bytes`)
      if (stats.size === 0 && (await hasContent(file)))
        throw new RangeError('the system does not report its size (a file below /proc?); send a copy of it')
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

  /** SHA-256 of the whole, in hex. */
  async hash(signal?: AbortSignal): Promise<string> {
    this.#stamp = await this.#stampNow()
    const { hash, digests } = await hashChunks(this.#file, this.bytes, signal)
    this.#digests = digests
    return hash
  }

  /** @throws RangeError if the file has changed since it was hashed. */
  async read(index: number): Promise<Uint8Array> {
    const data = await readFully(this.#file, chunkLength(this.bytes, index), index * CHUNK_BYTES)
    if (data === null || !this.#isAsHashed(index, data)) throw new RangeError('it has changed since it was offered')
    await this.#recheck()
    return data
  }

  close(): Promise<void> {
    return this.#file.close()
  }

  #isAsHashed(index: number, data: Uint8Array): boolean {
    if (this.#digests.length === 0) return true
    const at = index * DIGEST_BYTES
    return Buffer.from(this.#digests.buffer, this.#digests.byteOffset + at, DIGEST_BYTES).equals(digestOf(data))
  }

  // Somebody writes to it: check now rather than at the end whether what we still have to send has changed.
  async #recheck(): Promise<void> {
    if (this.#digests.length === 0) return
    const stamp = await this.#stampNow()
    const now = performance.now()
    if (stamp === this.#stamp || now - this.#recheckedAt < RECHECK_MS) return
    this.#recheckedAt = now
    const { digests } = await hashChunks(this.#file, this.bytes)
    if (!Buffer.from(digests).equals(this.#digests)) throw new RangeError('it has changed since it was offered')
    this.#stamp = stamp
  }

  async #stampNow(): Promise<string> {
    const { mtimeMs, ctimeMs, size } = await this.#file.stat()
    return `${mtimeMs} ${ctimeMs} ${size}`
  }
}

/** SHA-256 of the first `bytes` of a file, in hex. */
export async function hashOf(file: FileHandle, bytes: number, signal?: AbortSignal): Promise<string> {
  return (await hashChunks(file, bytes, signal)).hash
}

async function hashChunks(
  file: FileHandle,
  bytes: number,
  signal?: AbortSignal
): Promise<{ hash: string; digests: Uint8Array }> {
  const hash = createHash('sha256')
  const digests = new Uint8Array(chunkCount(bytes) * DIGEST_BYTES)
  for (let index = 0; index < chunkCount(bytes); index += HASHED_AT_ONCE) {
    signal?.throwIfAborted()
    const from = index * CHUNK_BYTES
    const data = await readFully(file, Math.min(HASHED_AT_ONCE * CHUNK_BYTES, bytes - from), from)
    if (data === null) throw new RangeError('it has become shorter')
    hash.update(data)
    for (let at = 0; at < data.length; at += CHUNK_BYTES)
      digests.set(digestOf(data.subarray(at, at + CHUNK_BYTES)), (index + at / CHUNK_BYTES) * DIGEST_BYTES)
  }
  return { hash: hash.digest('hex'), digests }
}

/** Null if the file ends earlier. A read may return less than was asked for without being at the end. */
async function readFully(file: FileHandle, bytes: number, from: number): Promise<Uint8Array | null> {
  const data = new Uint8Array(bytes)
  for (let at = 0; at < bytes; ) {
    const { bytesRead } = await file.read(data, at, bytes - at, from + at)
    if (bytesRead === 0) return null
    at += bytesRead
  }
  return data
}

function digestOf(data: Uint8Array): Uint8Array {
  return createHash('sha256').update(data).digest().subarray(0, DIGEST_BYTES)
}

async function hasContent(file: FileHandle): Promise<boolean> {
  return (await file.read(new Uint8Array(1), 0, 1, 0)).bytesRead > 0
}

async function exists(path: string): Promise<boolean> {
  const file = await open(resolve(path), constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch(() => null)
  await file?.close()
  return file !== null
}
