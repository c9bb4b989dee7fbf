// Splits chunks of bytes into lines. Holds at most one unfinished line, of limited length.
import { FloodnetError } from '@floodnet/core'

const LINE_FEED = 0x0a

export class LineSplitter {
  readonly #maxLineBytes: number
  /** The unfinished line. */
  #parts: Uint8Array[] = []
  #bytes = 0
  /** Finished lines. */
  #count = 0

  constructor(maxLineBytes: number) {
    this.#maxLineBytes = maxLineBytes
  }

  /**
   * The lines that end in `chunk`, without their line feeds. @throws ERR_FLOODNET_MESSAGE_TOO_LARGE after the lines
   * before the one that is too long.
   */
  *push(chunk: Uint8Array): Generator<Uint8Array, void> {
    let start = 0
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      this.#append(chunk.subarray(start, end))
      yield this.#take()
      start = end + 1
    }
    if (start < chunk.length) this.#append(chunk.subarray(start))
  }

  /** Whether there is an unfinished line. */
  get hasBegun(): boolean {
    return this.#bytes > 0
  }

  /** The last line, if the input did not end with a line feed. */
  *end(): Generator<Uint8Array, void> {
    if (this.#bytes > 0) yield this.#take()
  }

  #append(part: Uint8Array): void {
    this.#bytes += part.length
    if (this.#bytes <= this.#maxLineBytes) {
      this.#parts.push(part)
      return
    }
    const message = `line ${this.#count + 1} has more than maxMessageBytes (${this.#maxLineBytes}) bytes`
    throw new FloodnetError('ERR_FLOODNET_MESSAGE_TOO_LARGE', message, { subject: 'maxMessageBytes' })
  }

  #take(): Uint8Array {
    const [only = new Uint8Array(0), ...more] = this.#parts
    const line = more.length === 0 ? only : Buffer.concat(this.#parts, this.#bytes)
    this.#parts = []
    this.#bytes = 0
    this.#count++
    return line
  }
}
