// Does the work for files: reads and writes the disk as the pure part asks, one step after the other for each file, and
// sends chunks one at a time, so that a line written in the meantime waits for one chunk at most.
import { setTimeout as sleep } from 'node:timers/promises'
import type { FileResult, FileTask } from '../session/effects.ts'
import { ChunkSet } from '../wire/chunk-set.ts'
import { SENT_BYTES_PER_SECOND } from './file-limits.ts'
import { fileNameProblem } from './file-name.ts'
import { PartFile } from './part-file.ts'
import { fileProblem } from './problem-words.ts'
import type { NextChunk } from './sending.ts'
import { SourceFile } from './source-file.ts'

/** How often it saves which chunks have arrived: after a crash, this much may arrive twice. */
const SAVE_MS = 1_000
/** How far sending may fall behind its rate and still make up for it. A guess. */
const CATCH_UP_MS = 250

export interface DeskHost {
  /** Folder for incoming files; null: we accept none. */
  readonly folder: string | null
  /** 64 hex digits. */
  readonly own: string
  /** The chunk to send next; null if none is asked for. */
  next(): NextChunk | null
  /** Resolves when the chunk is on its way. */
  send(chunk: NextChunk, data: Uint8Array): Promise<void>
  done(result: FileResult): void
}

type Opened = { kind: 'source'; file: SourceFile } | { kind: 'part'; file: PartFile; savedAt: number }

export class FileDesk {
  readonly #host: DeskHost
  readonly #open = new Map<number, Opened>()
  /** The last step for each file. */
  readonly #work = new Map<number, Promise<void>>()
  readonly #closing = new AbortController()
  #pumping = false
  #dueMs = 0

  constructor(host: DeskHost) {
    this.#host = host
  }

  run(what: FileTask): void {
    if (what.task === 'pump') return void this.#pump()
    const { nr } = what
    const before = this.#work.get(nr) ?? Promise.resolve()
    const now = before
      .then(() => this.#do(what))
      .catch((error: unknown) => this.#tell({ result: 'problem', nr, problem: fileProblem(error) }))
      .then(() => {
        if (this.#work.get(nr) === now) this.#work.delete(nr)
      })
    this.#work.set(nr, now)
  }

  /** Saves what has arrived and lets go of all files. */
  async close(): Promise<void> {
    this.#closing.abort()
    for (const nr of this.#open.keys()) this.run({ task: 'close', nr, discard: false })
    await Promise.all(this.#work.values())
  }

  async #do(what: Exclude<FileTask, { task: 'pump' }>): Promise<void> {
    switch (what.task) {
      case 'read':
        return this.#read(what.nr, what.path)
      case 'open':
        return this.#openPart(what)
      case 'write':
        return this.#write(what)
      case 'finish':
        return this.#finish(what)
      case 'close':
        return this.#close(what.nr, what.discard)
    }
  }

  async #read(nr: number, path: string): Promise<void> {
    const file = await SourceFile.open(path)
    this.#open.set(nr, { kind: 'source', file })
    const { name, bytes } = file
    const problem = fileNameProblem(name)
    if (problem !== null) throw new RangeError(problem)
    this.#tell({ result: 'read', nr, name, bytes, hash: await file.hash(this.#closing.signal) })
  }

  async #openPart({ nr, hash, bytes, author }: Extract<FileTask, { task: 'open' }>): Promise<void> {
    const { folder, own } = this.#host
    if (folder === null) throw new RangeError('no folder for files')
    const file = await PartFile.open(folder, { hash, bytes, author, own })
    this.#open.set(nr, { kind: 'part', file, savedAt: performance.now() })
    // The pure part keeps a set of its own, which counts what it was told.
    this.#tell({ result: 'opened', nr, chunks: new ChunkSet(file.chunks.count, file.chunks.toBytes()) })
  }

  async #write({ nr, index, data }: Extract<FileTask, { task: 'write' }>): Promise<void> {
    const part = this.#part(nr)
    if (part === null) return
    await part.file.write(index, data)
    if (performance.now() - part.savedAt > SAVE_MS) {
      await part.file.save()
      part.savedAt = performance.now()
    }
    this.#tell({ result: 'written', nr, index })
  }

  async #finish({ nr, name }: Extract<FileTask, { task: 'finish' }>): Promise<void> {
    const path = (await this.#part(nr)?.file.finish(name, this.#closing.signal)) ?? null
    this.#tell(path === null ? { result: 'wrong-hash', nr } : { result: 'finished', nr, path })
  }

  async #close(nr: number, discard: boolean): Promise<void> {
    const opened = this.#open.get(nr)
    this.#open.delete(nr)
    if (opened?.kind === 'source') await opened.file.close()
    if (opened?.kind === 'part') await opened.file.close(discard)
  }

  async #pump(): Promise<void> {
    if (this.#pumping) return
    this.#pumping = true
    while (!this.#closing.signal.aborted) {
      const chunk = this.#host.next()
      if (chunk === null) break
      await this.#sendOne(chunk).catch((error: unknown) =>
        this.#tell({ result: 'problem', nr: chunk.nr, problem: fileProblem(error) })
      )
    }
    this.#pumping = false
  }

  async #sendOne(chunk: NextChunk): Promise<void> {
    const opened = this.#open.get(chunk.nr)
    if (opened?.kind !== 'source') return
    const data = await opened.file.read(chunk.index)
    await this.#host.send(chunk, data)
    await this.#pace(data.length)
  }

  // Chunks beyond the rate that a room accepts from one author would be lost.
  async #pace(bytes: number): Promise<void> {
    const now = performance.now()
    this.#dueMs = Math.max(this.#dueMs, now - CATCH_UP_MS) + (bytes * 1000) / SENT_BYTES_PER_SECOND
    const { signal } = this.#closing
    if (this.#dueMs <= now || signal.aborted) return
    await sleep(this.#dueMs - now, undefined, { signal }).catch(() => {})
  }

  #part(nr: number): Extract<Opened, { kind: 'part' }> | null {
    const opened = this.#open.get(nr)
    return opened?.kind === 'part' ? opened : null
  }

  #tell(result: FileResult): void {
    if (!this.#closing.signal.aborted) this.#host.done(result)
  }
}
