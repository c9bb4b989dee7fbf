// Which chunks of a file there are, one bit for each; and chunks as ranges, the form in which they are requested. Pure.

/**
 * Bytes of a chunk: with its header, the sealing and the packet's frame it fills one sealed message of 60 KiB, which is
 * one packet.
 */
export const CHUNK_BYTES = 60 * 1024 - 512

/** From, and up to but not including. */
export type Range = readonly [from: number, to: number]

export function chunkCount(bytes: number): number {
  return Math.ceil(bytes / CHUNK_BYTES)
}

/** Bytes of the chunk `index` in a file of `bytes`. */
export function chunkLength(bytes: number, index: number): number {
  return Math.min(CHUNK_BYTES, bytes - index * CHUNK_BYTES)
}

export class ChunkSet {
  readonly count: number
  #held = 0
  readonly #bits: Uint8Array

  /** For a file of `count` chunks; `bits` as `toBytes` returned them. */
  constructor(count: number, bits?: Uint8Array) {
    this.count = count
    this.#bits = new Uint8Array(Math.ceil(count / 8))
    if (bits === undefined || bits.length !== this.#bits.length) return
    for (let index = 0; index < count; index++) if (isSet(bits, index)) this.add(index)
  }

  /** How many there are. */
  get held(): number {
    return this.#held
  }

  get isWhole(): boolean {
    return this.#held === this.count
  }

  has(index: number): boolean {
    return isSet(this.#bits, index)
  }

  add(index: number): void {
    if (index < 0 || index >= this.count || this.has(index)) return
    this.#bits[index >> 3] = (this.#bits[index >> 3] ?? 0) | (1 << (index & 7))
    this.#held++
  }

  toBytes(): Uint8Array {
    return this.#bits.slice()
  }
}

/** The fewest ranges that hold these chunks. */
export function rangesOf(indices: readonly number[]): Range[] {
  const ranges: [number, number][] = []
  for (const index of [...indices].sort((one, other) => one - other)) {
    const last = ranges.at(-1)
    if (last !== undefined && last[1] === index) last[1]++
    else ranges.push([index, index + 1])
  }
  return ranges
}

/** The chunks of these ranges, `max` at most. */
export function chunksIn(ranges: readonly Range[], max: number): number[] {
  const indices: number[] = []
  for (const [from, to] of ranges)
    for (let index = from; index < to && indices.length < max; index++) indices.push(index)
  return indices
}

function isSet(bits: Uint8Array, index: number): boolean {
  return ((bits[index >> 3] ?? 0) & (1 << (index & 7))) !== 0
}
