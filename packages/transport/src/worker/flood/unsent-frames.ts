// The program's packets that arrive while no worker has a link. The node's thread holds messages back then, but it
// hears late that the last link has gone. The packets wait here for the next link. Bounded by bytes.
import type { BufferPool } from './buffer-pool.ts'

export interface UnsentRun {
  readonly bytes: Uint8Array
  readonly frames: number
}

export class UnsentFrames {
  readonly #memory: BufferPool
  readonly #maxBytes: number
  #runs: UnsentRun[] = []
  #bytes = 0

  constructor(memory: BufferPool, maxBytes: number) {
    this.#memory = memory
    this.#maxBytes = maxBytes
  }

  get isEmpty(): boolean {
    return this.#runs.length === 0
  }

  /** Keeps whole frames that nobody changes any more. False: there is no room. */
  keep(bytes: Uint8Array, frames: number): boolean {
    if (this.#bytes + bytes.length > this.#maxBytes) return false
    this.#memory.retain(bytes)
    this.#runs.push({ bytes, frames })
    this.#bytes += bytes.length
    return true
  }

  /** Gives each run to `take`, in order, and empties the store. */
  release(take: (run: UnsentRun) => void): void {
    const runs = this.#runs
    this.#runs = []
    this.#bytes = 0
    for (const run of runs) {
      take(run)
      this.#memory.release(run.bytes)
    }
  }
}
