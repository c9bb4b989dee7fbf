// Finds an author's DATA frames among adjacent whole frames.
import {
  FLAGS_OFFSET,
  Flag,
  FrameType,
  fromHex,
  INCARNATION_OFFSET,
  LENGTH_BYTES,
  ORIGIN_BYTES,
  ORIGIN_OFFSET,
  SEQ_OFFSET,
  TYPE_OFFSET,
  viewOf
} from '@floodnet/core'

/** `frames` adjacent whole frames. */
export interface Stretch {
  readonly bytes: Uint8Array
  readonly frames: number
}

/** One incarnation of an author. */
export class OriginMatch {
  /** The key's first word. */
  readonly key: number
  readonly #words: readonly number[]
  readonly #incarnation: number

  /** `origin`: 64 hex digits. */
  constructor(origin: string, incarnation: number) {
    const view = viewOf(fromHex(origin) ?? new Uint8Array(ORIGIN_BYTES))
    this.#words = Array.from({ length: ORIGIN_BYTES / 4 }, (_, i) => view.getUint32(4 * i))
    this.key = this.#words[0]!
    this.#incarnation = incarnation
  }

  /** Whether the frame at `start` is a packet of the author's own key in this incarnation. */
  matches(bytes: Uint8Array, view: DataView, start: number): boolean {
    if (view.getUint32(start + ORIGIN_OFFSET) !== this.key) return false
    if (bytes[start + TYPE_OFFSET] !== FrameType.data || (bytes[start + FLAGS_OFFSET]! & Flag.oneTime) !== 0)
      return false
    if (view.getUint32(start + INCARNATION_OFFSET) !== this.#incarnation) return false
    return this.#words.every((word, i) => view.getUint32(start + ORIGIN_OFFSET + 4 * i) === word)
  }
}

/** The wanted frames, in as few pieces as possible. */
export function stretchesOf(bytes: Uint8Array, isWanted: (view: DataView, start: number) => boolean): Stretch[] {
  const view = viewOf(bytes)
  const stretches: Stretch[] = []
  let [from, frames] = [0, 0]
  const finish = (end: number): void => {
    if (frames > 0) stretches.push({ bytes: bytes.subarray(from, end), frames })
    frames = 0
  }
  for (let start = 0; start < bytes.length; start += LENGTH_BYTES + view.getUint32(start)) {
    if (!isWanted(view, start)) finish(start)
    else if (frames++ === 0) from = start
  }
  finish(bytes.length)
  return stretches
}

/** The first words of all keys in these frames; a plain number if there is only one. */
export function keysIn(bytes: Uint8Array): number | ReadonlySet<number> {
  const view = viewOf(bytes)
  const first = view.getUint32(ORIGIN_OFFSET)
  let keys: Set<number> | null = null
  for (let start = 0; start < bytes.length; start += LENGTH_BYTES + view.getUint32(start)) {
    const key = view.getUint32(start + ORIGIN_OFFSET)
    if (key !== first) keys = (keys ?? new Set([first])).add(key)
  }
  return keys ?? first
}

export function seqAt(view: DataView, start: number): number {
  return view.getUint32(start + SEQ_OFFSET)
}
