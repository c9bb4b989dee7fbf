// Packets that are too large for a NATS message (the server's max_payload, 1 MiB by default, including all headers) go
// in parts, one after the other. Pure.

/** Which part of how many, as the header says. */
export interface PartName {
  readonly index: number
  readonly count: number
}

/** More than a packet of 64 MiB needs if a message may have 1 MiB. */
const MAX_PARTS = 128
/** Packets that lack parts. A guess: several bridges send theirs at one time. */
const MAX_PARTIALS = 64

/** The body in pieces of at most `maxBytes`; at least one. Views of it. */
export function partsOf(body: Uint8Array, maxBytes: number): Uint8Array[] {
  const count = Math.max(1, Math.ceil(body.length / maxBytes))
  return Array.from({ length: count }, (_, index) => body.subarray(index * maxBytes, (index + 1) * maxBytes))
}

export function partText({ index, count }: PartName): string {
  return `${index + 1}/${count}`
}

/** '2/3'; null for anything else. */
export function partNameIn(text: string): PartName | null {
  const match = /^(\d{1,3})\/(\d{1,3})$/.exec(text)
  if (match === null) return null
  const [index, count] = [Number(match[1]) - 1, Number(match[2])]
  return index >= 0 && index < count && count <= MAX_PARTS ? { index, count } : null
}

interface Partial {
  readonly count: number
  readonly parts: Map<number, Uint8Array>
}

/** Joins parts, within bounds: if there are too many, it gives up the packet that was begun first. */
export class PartJoiner {
  /** Packets of which parts never came. */
  incomplete = 0
  readonly #maxBytes: number
  readonly #partials = new Map<string, Partial>()
  #bytes = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** Bytes that wait for the other parts. */
  get bytes(): number {
    return this.#bytes
  }

  /** The whole body if this was its last part; null if others are missing. */
  add(id: string, { index, count }: PartName, part: Uint8Array): Uint8Array | null {
    // Another bridge may cut the same packet differently.
    const key = `${id}/${count}`
    const partial = this.#partials.get(key) ?? { count, parts: new Map<number, Uint8Array>() }
    if (partial.parts.has(index)) return null
    this.#partials.set(key, partial)
    partial.parts.set(index, part)
    this.#bytes += part.length
    if (partial.parts.size === count) return this.#take(key, partial)
    while (this.#bytes > this.#maxBytes || this.#partials.size > MAX_PARTIALS) this.#giveUpFirst()
    return null
  }

  #take(key: string, { count, parts }: Partial): Uint8Array {
    this.#forget(key)
    return Buffer.concat(Array.from({ length: count }, (_, index) => parts.get(index) ?? new Uint8Array()))
  }

  #giveUpFirst(): void {
    const [key] = this.#partials.keys()
    if (key === undefined) return
    this.#forget(key)
    this.incomplete++
  }

  #forget(key: string): void {
    for (const part of this.#partials.get(key)?.parts.values() ?? []) this.#bytes -= part.length
    this.#partials.delete(key)
  }
}
