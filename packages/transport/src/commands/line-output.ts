// Standard output. Small writes of one turn leave as one, and writers wait while the reader does not read.
import type { Writable } from 'node:stream'

/** Bytes gathered within a turn before they are written: the size of a pipe. */
const GATHERED_BYTES = 64 * 1024
/** When this many bytes wait, lines that nobody awaits are refused. A guess: some 5,000 events. */
const MAX_OFFERED_BYTES = 1024 * 1024

export class LineOutput {
  readonly #stream: Writable
  readonly #failed = new AbortController()
  #gathered: Uint8Array[] = []
  #gatheredBytes = 0
  #isScheduled = false
  #isEnded = false
  #waiting: (() => void)[] = []

  constructor(stream: Writable) {
    this.#stream = stream
    stream.on('drain', () => this.#release())
    stream.on('error', (error) => {
      this.#failed.abort(error)
      this.#release()
    })
  }

  /** Nobody reads any more, as the next write would discover. */
  close(): void {
    this.#failed.abort(Object.assign(new Error('nobody reads the output any more'), { code: 'EPIPE' }))
    this.#release()
  }

  /** Aborted, with the error as its reason, once nothing can be written any more. */
  get failed(): AbortSignal {
    return this.#failed.signal
  }

  /** Writes `parts` in order. Await it to get back-pressure. */
  async write(...parts: readonly Uint8Array[]): Promise<void> {
    this.#gather(parts)
    if (this.#stream.writableNeedDrain && !this.failed.aborted)
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  /** Writes a line unless too much waits already. Returns whether it did. */
  offer(line: string): boolean {
    if (this.#gatheredBytes + this.#stream.writableLength > MAX_OFFERED_BYTES) return false
    this.#gather([Buffer.from(`${line}\n`)])
    return true
  }

  /**
   * Resolves when everything has been handed to the system, or when `giveUp` is aborted: false if something was left
   * then. Errors in the meantime are in `failed`. Later writes are ignored.
   */
  async end(giveUp: AbortSignal): Promise<boolean> {
    this.#flush()
    this.#isEnded = true
    this.#release()
    if (this.failed.aborted) return false
    const written = new Promise<boolean>((resolve) => {
      this.failed.addEventListener('abort', () => resolve(false), { once: true })
      this.#stream.write('', (error) => {
        if (error) this.#failed.abort(this.#stream.errored ?? error)
        resolve(!error)
      })
      // Whatever can be written at once is written, even if there is no time left.
      if (giveUp.aborted) setImmediate(() => resolve(false))
      else giveUp.addEventListener('abort', () => resolve(false), { once: true })
    })
    return await written
  }

  #gather(parts: readonly Uint8Array[]): void {
    if (this.#isEnded || this.failed.aborted) return
    for (const part of parts) {
      this.#gathered.push(part)
      this.#gatheredBytes += part.length
    }
    if (this.#gatheredBytes >= GATHERED_BYTES) this.#flush()
    else this.#schedule()
  }

  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    setImmediate(() => {
      this.#isScheduled = false
      this.#flush()
    })
  }

  #flush(): void {
    if (this.#gatheredBytes === 0 || this.failed.aborted) return
    this.#stream.write(Buffer.concat(this.#gathered, this.#gatheredBytes))
    this.#gathered = []
    this.#gatheredBytes = 0
  }

  #release(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const resume of waiting) resume()
  }
}
