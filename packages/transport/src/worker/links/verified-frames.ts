// Control frames of distant authors whose signatures proved good lately. A frame that comes again, over another link or
// from a recording, costs no second verification. Kept byte for byte, except the hops, which no signature covers.
import { HOPS_OFFSET } from '@floodnet/core'

/** A guess: what 25 nodes that join at once send over two links. At most 2 KiB each. */
const MAX_VERIFIED = 256

export class VerifiedFrames {
  /** In the order of verification. */
  readonly #frames = new Set<string>()

  has(frame: Uint8Array): boolean {
    return this.#frames.has(keyOf(frame))
  }

  add(frame: Uint8Array): void {
    this.#frames.add(keyOf(frame))
    const [oldest] = this.#frames
    if (this.#frames.size > MAX_VERIFIED && oldest !== undefined) this.#frames.delete(oldest)
  }
}

function keyOf(frame: Uint8Array): string {
  const bytes = Buffer.from(frame)
  bytes[HOPS_OFFSET] = 0
  return bytes.toString('latin1')
}
