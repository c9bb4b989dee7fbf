// Messages larger than a packet: cut into fragments with consecutive sequence numbers, and put together at the reader
// within limits. A fragment's body is its index (4 bytes), the count of all (4 bytes) and its bytes; all but the last
// are full.
import { concatBytes } from '../bytes.ts'
import { viewOf } from '../wire/header.ts'
import { MAX_PACKET_BODY_BYTES } from '../wire/layout.ts'

export const FRAGMENT_PREFIX_BYTES = 8
export const FRAGMENT_PAYLOAD_BYTES = MAX_PACKET_BODY_BYTES - FRAGMENT_PREFIX_BYTES

/**
 * A message that lacks fragments is given up this long after its last fragment came. A guess: far above any stall that
 * heals.
 */
export const REASSEMBLY_TIMEOUT_MS = 30_000

/**
 * Unfinished messages kept at one time; besides its bytes, each costs a slot for each fragment. A guess: some for each
 * of many authors.
 */
const MAX_PARTIALS = 1_024
/** How many of these one author may have, so that nobody can take every place. A guess. */
const MAX_PARTIALS_OF_ORIGIN = 32

/** The number of fragments of a message of `bytes`. */
export function fragmentCount(bytes: number): number {
  return Math.ceil(bytes / FRAGMENT_PAYLOAD_BYTES)
}

/** The outcome of a fragment: part of an unfinished message, the whole message, or a reason why its message is lost. */
export type FragmentOutcome =
  | { kind: 'kept' }
  | { kind: 'whole'; payload: Uint8Array; seq: number }
  | { kind: 'lost'; reason: 'malformed-fragment' | 'message-too-large' | 'reassembly-full' }

interface Partial {
  readonly author: string
  readonly parts: (Uint8Array | undefined)[]
  missing: number
  bytes: number
  lastMs: number
  /** Given up and counted. Kept without its bytes, so that later fragments of it do not start a new message. */
  lost: boolean
}

/**
 * Unfinished messages of all authors, bounded in bytes and count. Beyond these bounds the message that is cheapest to
 * lose gives way, not the newcomer. If places run out, the one with the fewest bytes goes, because places that somebody
 * only holds have few. If bytes run out, the one that has waited longest goes.
 */
export class Reassembler {
  readonly #maxMessageBytes: number
  readonly #maxBytes: number
  readonly #partials = new Map<string, Partial>()
  readonly #byAuthor = new Map<string, number>()
  /** Messages that gave way: later fragments of them start nothing new. The oldest are forgotten. */
  readonly #givenUp = new Set<string>()
  #evicted = 0
  #bytes = 0

  constructor(maxMessageBytes: number, maxBytes: number) {
    this.#maxMessageBytes = maxMessageBytes
    this.#maxBytes = maxBytes
  }

  get bytes(): number {
    return this.#bytes
  }

  get size(): number {
    return this.#partials.size
  }

  /** How many messages gave way to others since the last call. */
  takeEvicted(): number {
    const evicted = this.#evicted
    this.#evicted = 0
    return evicted
  }

  /** Adds the fragment in `body`, which the caller gives away. `seq` is the fragment's own packet number. */
  add(origin: string, incarnation: number, seq: number, body: Uint8Array, nowMs: number): FragmentOutcome {
    if (body.length <= FRAGMENT_PREFIX_BYTES || body.length > MAX_PACKET_BODY_BYTES)
      return { kind: 'lost', reason: 'malformed-fragment' }
    const view = viewOf(body)
    const index = view.getUint32(0)
    const count = view.getUint32(4)
    if (index >= count || count < 2 || seq <= index) return { kind: 'lost', reason: 'malformed-fragment' }
    if (count > fragmentCount(this.#maxMessageBytes)) return { kind: 'lost', reason: 'message-too-large' }
    // All but the last are full, so what we keep is worth its slot.
    if (index < count - 1 && body.length !== MAX_PACKET_BODY_BYTES)
      return { kind: 'lost', reason: 'malformed-fragment' }
    const first = seq - index
    const key = `${origin}/${incarnation}/${first}`
    return this.#keep(key, origin, first, index, count, body.subarray(FRAGMENT_PREFIX_BYTES), nowMs)
  }

  /** Gives up messages whose fragments stopped coming. Returns how many. */
  expire(nowMs: number): number {
    let expired = 0
    for (const [key, partial] of this.#partials) {
      // Insertion order is age order, because a partial moves to the end whenever a fragment comes.
      if (nowMs - partial.lastMs < REASSEMBLY_TIMEOUT_MS) break
      this.#forget(key, partial)
      if (!partial.lost) expired++
    }
    return expired
  }

  #keep(
    key: string,
    author: string,
    first: number,
    index: number,
    count: number,
    part: Uint8Array,
    nowMs: number
  ): FragmentOutcome {
    if (this.#givenUp.has(key)) return { kind: 'kept' }
    const partial = this.#partials.get(key) ?? this.#begin(author, count, part.length)
    if (partial === null) return { kind: 'lost', reason: 'reassembly-full' }
    if (partial.lost) return { kind: 'kept' }
    if (partial.parts.length !== count || partial.parts[index] !== undefined)
      return { kind: 'lost', reason: 'malformed-fragment' }
    this.#partials.delete(key)
    this.#partials.set(key, partial)
    partial.parts[index] = part
    partial.missing--
    partial.bytes += part.length
    partial.lastMs = nowMs
    this.#bytes += part.length
    if (partial.bytes > this.#maxMessageBytes) return this.#lose(partial, 'message-too-large')
    if (this.#bytes > this.#maxBytes && !this.#makeRoom(partial)) return this.#lose(partial, 'reassembly-full')
    if (partial.missing > 0) return { kind: 'kept' }
    this.#forget(key, partial)
    return { kind: 'whole', payload: concatBytes(partial.parts as Uint8Array[], partial.bytes), seq: first }
  }

  /** Null: this author has too many unfinished messages, or all others have more bytes than `bytes`. */
  #begin(author: string, count: number, bytes: number): Partial | null {
    if ((this.#byAuthor.get(author) ?? 0) >= MAX_PARTIALS_OF_ORIGIN) return null
    if (this.#partials.size >= MAX_PARTIALS && !this.#evictCheapest(bytes)) return null
    this.#byAuthor.set(author, (this.#byAuthor.get(author) ?? 0) + 1)
    return { author, parts: new Array(count), missing: count, bytes: 0, lastMs: 0, lost: false }
  }

  /** The one with the fewest bytes, and among equals the one that has waited longest. */
  #evictCheapest(bytes: number): boolean {
    let victim: [string, Partial] | null = null
    for (const entry of this.#partials) if (victim === null || entry[1].bytes < victim[1].bytes) victim = entry
    if (victim === null || victim[1].bytes > bytes) return false
    this.#evict(...victim)
    return true
  }

  /** Drops those that have waited longest, but not `partial` itself. False: it alone is too large. */
  #makeRoom(partial: Partial): boolean {
    for (const [key, other] of this.#partials) {
      if (other !== partial && other.bytes > 0) this.#evict(key, other)
      if (this.#bytes <= this.#maxBytes) return true
    }
    return false
  }

  #evict(key: string, partial: Partial): void {
    this.#forget(key, partial)
    if (!partial.lost) this.#evicted++
    this.#givenUp.add(key)
    const [oldest] = this.#givenUp
    if (this.#givenUp.size > MAX_PARTIALS && oldest !== undefined) this.#givenUp.delete(oldest)
  }

  #lose(partial: Partial, reason: 'message-too-large' | 'reassembly-full'): FragmentOutcome {
    this.#bytes -= partial.bytes
    partial.bytes = 0
    partial.parts.length = 0
    partial.lost = true
    return { kind: 'lost', reason }
  }

  #forget(key: string, partial: Partial): void {
    this.#partials.delete(key)
    this.#bytes -= partial.bytes
    const others = (this.#byAuthor.get(partial.author) ?? 1) - 1
    if (others > 0) this.#byAuthor.set(partial.author, others)
    else this.#byAuthor.delete(partial.author)
  }
}
