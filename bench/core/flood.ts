// core.flood: frames offered to the flood, all fresh or three of four duplicates. Without signatures: those have their
// own price.
import { Flood, HOPS_OFFSET, OriginTable } from '../../packages/core/src/index.ts'
import { type Chunk, chunkOf, FRAME_BYTES, NOW_MS, setSeq } from './frames.ts'
import type { Operation } from './measure.ts'

const FRAMES = 4_096
const ORIGINS = 64

/** A flood and the chunks that are offered to it, each a continuation of the one before. */
export class FloodLoad {
  readonly #flood: Flood
  readonly #share: number
  readonly #seqs = new Uint32Array(ORIGINS)
  readonly #chunk = chunkOf(FRAMES, ORIGINS)
  readonly #fresh: Uint8Array
  #nowMs = NOW_MS
  #forwarded = 0

  /** One frame of `share` is fresh; 1: all of them. */
  constructor(share: number) {
    this.#share = share
    this.#fresh = this.#chunk.bytes.slice()
    const host = {
      forward: (_source: number, _bytes: Uint8Array, _start: number, _end: number, frames: number) => {
        this.#forwarded += frames
      },
      verify: () => true
    }
    this.#flood = new Flood(host, new OriginTable(ORIGINS, 1), false)
  }

  /** The next chunk: offered frames had their hops raised and were moved together. */
  next(): Chunk {
    const { bytes } = this.#chunk
    bytes.set(this.#fresh)
    for (let i = 0; i < FRAMES; i++) {
      const author = i % ORIGINS
      // Blocks of all authors: one fresh, then its duplicates.
      const isFresh = Math.floor(i / ORIGINS) % this.#share === 0
      if (isFresh) this.#seqs[author]!++
      setSeq(this.#chunk, i, this.#seqs[author]!)
      bytes[i * FRAME_BYTES + HOPS_OFFSET] = 1
    }
    return this.#chunk
  }

  offer({ bytes, view, frames }: Chunk): void {
    this.#forwarded = 0
    this.#flood.tick(++this.#nowMs)
    for (let i = 0; i < frames; i++) {
      this.#flood.offer(1, bytes, view, i * FRAME_BYTES, (i + 1) * FRAME_BYTES, false)
    }
    this.#flood.flush()
    if (this.#forwarded !== frames / this.#share) throw new Error(`${this.#forwarded} frames forwarded`)
  }
}

export function floodOperation(share: number): Operation<Chunk> {
  const load = new FloodLoad(share)
  return { items: FRAMES, prepare: () => load.next(), run: (chunk) => load.offer(chunk) }
}
