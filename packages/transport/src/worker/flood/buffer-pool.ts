// Memory of frames, used again. What a socket brings is copied into it once and written from it to every link; when the
// last of them has sent it the memory serves other frames. Else each chunk and large frame would take fresh pages from
// the system and leave them to the collector. Whoever forgets to let go only leaves it to the collector after all. Only
// what somebody holds may be held by another one too.
import type { ReaderMemory } from '@floodnet/core'

/** Sizes of blocks, each twice the one before, up to 1 MiB; what is smaller costs little as it is. */
const MIN_BLOCK_BYTES = 16_384
const BLOCK_SIZES = 7
/**
 * Bytes of free blocks: twice what one link may have queued, so a queue that fills and empties leaves none to the
 * garbage collector. By then the collector considers them old, and lets 40 MiB of them wait.
 */
const MAX_FREE_BYTES = 16_777_216

export class BufferPool implements ReaderMemory {
  /** By size. */
  readonly #free: ArrayBufferLike[][] = Array.from({ length: BLOCK_SIZES }, () => [])
  #freeBytes = 0
  /** How many still need a block; those that nobody needs any more are not in it. */
  readonly #holders = new WeakMap<ArrayBufferLike, number>()

  /** At least so many bytes, not zeroed, with the caller as their first holder. */
  allocate(bytes: number): Uint8Array {
    const size = sizeOf(bytes)
    if (size === null) return new Uint8Array(Buffer.allocUnsafeSlow(bytes).buffer)
    const buffer = this.#takeFree(size) ?? Buffer.allocUnsafeSlow(MIN_BLOCK_BYTES << size).buffer
    this.#holders.set(buffer, 1)
    return new Uint8Array(buffer)
  }

  /** Another one needs `bytes`, which may be part of a block or no block's at all, and will release them once. */
  retain({ buffer }: Uint8Array): void {
    const holders = this.#holdersOf(buffer)
    if (holders > 0) this.#holders.set(buffer, holders + 1)
  }

  /** One of the holders of `bytes` has done with them. */
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

  /** The largest first: they would fill the place of all others. */
  #dropLargest(): void {
    for (let size = BLOCK_SIZES - 1; size >= 0; size--) if (this.#takeFree(size) !== undefined) return
  }
}

/** The smallest size with room for `bytes`; null when a block would be too large, or hardly worth it. */
function sizeOf(bytes: number): number | null {
  if (bytes <= MIN_BLOCK_BYTES / 2) return null
  for (let size = 0; size < BLOCK_SIZES; size++) if (bytes <= MIN_BLOCK_BYTES << size) return size
  return null
}
