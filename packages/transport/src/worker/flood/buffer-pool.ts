// Reuses the memory of frames. A socket's bytes are copied into it once and written from it to every link; when the
// last link has sent them, the memory serves other frames. Without this, each chunk and large frame would take fresh
// pages from the system and leave them to the collector. A holder that forgets to let go only leaves the memory to the
// collector after all. Only memory that has a holder can get another one.
import type { ReaderMemory } from '@floodnet/core'

/** Sizes of blocks, each twice the one before, up to 1 MiB. Smaller buffers cost little anyway. */
const MIN_BLOCK_BYTES = 16_384
const BLOCK_SIZES = 7
/**
 * Bytes of free blocks: twice what one link may have queued, so that a queue that fills and empties leaves none to the
 * garbage collector. The collector would consider them old by then, and let 40 MiB of them wait.
 */
const MAX_FREE_BYTES = 16_777_216

export class BufferPool implements ReaderMemory {
  /** By size. */
  readonly #free: ArrayBufferLike[][] = Array.from({ length: BLOCK_SIZES }, () => [])
  #freeBytes = 0
  /** How many holders still need a block. Blocks that nobody needs any more are not in it. */
  readonly #holders = new WeakMap<ArrayBufferLike, number>()

  /** At least this many bytes, not zeroed. The caller is their first holder. */
  allocate(bytes: number): Uint8Array {
    const size = sizeOf(bytes)
    if (size === null) return new Uint8Array(Buffer.allocUnsafeSlow(bytes).buffer)
    const buffer = this.#takeFree(size) ?? Buffer.allocUnsafeSlow(MIN_BLOCK_BYTES << size).buffer
    this.#holders.set(buffer, 1)
    return new Uint8Array(buffer)
  }

  /** Adds a holder of `bytes`, which may be part of a block or of none. The holder will release them once. */
  retain({ buffer }: Uint8Array): void {
    const holders = this.#holdersOf(buffer)
    if (holders > 0) this.#holders.set(buffer, holders + 1)
  }

  /** A holder of `bytes` no longer needs them. */
  release({ buffer }: Uint8Array): void {
    const holders = this.#holdersOf(buffer)
    if (holders > 1) this.#holders.set(buffer, holders - 1)
    else if (holders === 1) this.#reuse(buffer)
  }

  #holdersOf(buffer: ArrayBufferLike): number {
    return buffer.byteLength < MIN_BLOCK_BYTES ? 0 : (this.#holders.get(buffer) ?? 0)
  }

  #takeFree(size: number): ArrayBufferLike | undefined {
    const buffer = this.#free[size]!.pop()
    this.#freeBytes -= buffer?.byteLength ?? 0
    return buffer
  }

  #reuse(buffer: ArrayBufferLike): void {
    this.#holders.delete(buffer)
    this.#freeBytes += buffer.byteLength
    this.#free[sizeOf(buffer.byteLength)!]!.push(buffer)
    while (this.#freeBytes > MAX_FREE_BYTES) this.#dropLargest()
  }

  /** The largest first: they would take the place of all others. */
  #dropLargest(): void {
    for (let size = BLOCK_SIZES - 1; size >= 0; size--) if (this.#takeFree(size) !== undefined) return
  }
}

/** The smallest size with room for `bytes`; null if a block would be too large, or hardly worth it. */
function sizeOf(bytes: number): number | null {
  if (bytes <= MIN_BLOCK_BYTES / 2) return null
  for (let size = 0; size < BLOCK_SIZES; size++) if (bytes <= MIN_BLOCK_BYTES << size) return size
  return null
}
