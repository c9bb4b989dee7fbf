// Which sequence numbers of one author have been seen: the sliding bit window of RFC 6479 (the IPsec anti-replay
// window), exact within its span. Hot: guarded by the benchmark core.window.
import { MAX_SEQ } from '../wire/layout.ts'

/** Smallest span, in packets: for an author who speaks now and then. 256 bits are 32 bytes. */
export const MIN_WINDOW_PACKETS = 256
/** Largest span: covers 650 ms of skew between two paths at 100,000 packets a second, in 8 KiB. */
export const MAX_WINDOW_PACKETS = 65_536
/**
 * A window grows if half of it is passed in less than this time, so that it spans at least as long: for that long,
 * recent frames hold what a neighbour may ask for.
 */
const GROW_WITHIN_MS = 30_000

/**
 * A window grows up to this to span a hole: a neighbour may be asked for this many numbers (MAX_GRAFT_PACKETS), and the
 * window must still recognise the answers. 512 bytes, because a stranger gets them for two packets.
 */
const MAX_HOLE_PACKETS = 4_096

const WORD_BITS = 32

export type WindowVerdict = 'fresh' | 'duplicate' | 'stale'

// A window's numbers: three words, which its owner may keep beside others.
/** Highest number committed; 0: none. */
export const HIGHEST_WORD = 0
/**
 * The bits cover the numbers up to this one. All numbers above it, up to the highest, were seen: packets mostly come in
 * order, and then no bit is touched.
 */
const WRITTEN_WORD = 1
/** Up to this number the window need not check whether it has to grow. */
export const CALM_WORD = 2
export const WINDOW_WORDS = 3

/**
 * The window of one author's incarnation. `check` never changes it; `commit` must follow only once the packet is proven
 * genuine. An owner that keeps the numbers may commit the number after the highest itself, as long as it is no higher
 * than the calm one.
 */
export class ReplayWindow {
  #numbers: Uint32Array
  #at: number
  #bits = new Uint32Array(MIN_WINDOW_PACKETS / WORD_BITS)
  #mask = MIN_WINDOW_PACKETS - 1
  #markSeq = 0
  #markMs = 0
  /** The lowest number committed; 0 if they began with 1. */
  #first = 0

  /** Its numbers lie at `numbers[at]` and in the words after it; they are set to those of an empty window. */
  constructor(numbers: Uint32Array = new Uint32Array(WINDOW_WORDS), at = 0) {
    this.#numbers = numbers
    this.#at = at
    numbers.fill(0, at, at + WINDOW_WORDS)
    numbers[at + CALM_WORD] = this.#mask >>> 1
  }

  /** The owner has moved the numbers. */
  moved(numbers: Uint32Array, at: number): void {
    this.#numbers = numbers
    this.#at = at
  }

  /** Takes the numbers along, because another window needs their place. */
  detach(): void {
    this.moved(this.#numbers.slice(this.#at, this.#at + WINDOW_WORDS), 0)
  }

  /** Highest sequence number committed; 0: none. */
  get highest(): number {
    return this.#numbers[this.#at + HIGHEST_WORD]!
  }

  /** Packets that the window can tell apart, without the word that is being cleared ahead. */
  get span(): number {
    return this.#mask + 1 - WORD_BITS
  }

  /** The number up to which everything was seen, from the first one committed on, as far back as MAX_HOLE_PACKETS. */
  get contiguous(): number {
    const { highest } = this
    for (let seq = Math.max(1, this.#first, highest - MAX_HOLE_PACKETS); seq < highest; seq++)
      if (this.check(seq) === 'fresh') return seq - 1
    return highest
  }

  /** Sequence numbers start at 1; 0 is always stale. */
  check(seq: number): WindowVerdict {
    const { highest } = this
    if (seq > highest) return 'fresh'
    if (highest - seq >= this.span || seq === 0) return 'stale'
    return seq > this.#numbers[this.#at + WRITTEN_WORD]! || this.#has(seq) ? 'duplicate' : 'fresh'
  }

  /** Marks `seq`, which `check` called fresh, as seen. */
  commit(seq: number, nowMs: number): void {
    if (seq > this.#numbers[this.#at + CALM_WORD]!) this.#mark(seq, nowMs)
    if (seq === this.highest + 1) this.#numbers[this.#at + HIGHEST_WORD] = seq
    else this.#commitOutOfOrder(seq)
  }

  #has(seq: number): boolean {
    const position = seq & this.#mask
    return (this.#bits[position >>> 5]! & (1 << (position & 31))) !== 0
  }

  #commitOutOfOrder(seq: number): void {
    this.#settle()
    if (this.highest === 0 || seq < this.#first) this.#first = seq
    else this.#spanHole(seq)
    if (seq > this.highest) this.#advance(seq)
    this.#set(seq)
  }

  /** Sets the bits of the numbers that came in order since the last call. */
  #settle(): void {
    const { highest } = this
    const written = this.#numbers[this.#at + WRITTEN_WORD]!
    for (let seq = Math.max(written + 1, highest - this.#mask); seq <= highest; seq++) {
      if (seq % WORD_BITS === 0) this.#bits[(seq & this.#mask) >>> 5] = 0
      this.#set(seq)
    }
    this.#numbers[this.#at + WRITTEN_WORD] = highest
  }

  /** What is missing below `seq` may still come after as many packets again. */
  #spanHole(seq: number): void {
    const hole = seq - this.highest
    while (hole > this.span / 2 && this.#mask < MAX_HOLE_PACKETS - 1) this.#grow()
  }

  #advance(seq: number): void {
    const words = this.#bits.length
    const from = this.highest >>> 5
    const steps = Math.min((seq >>> 5) - from, words)
    for (let step = 1; step <= steps; step++) this.#bits[(from + step) & (words - 1)] = 0
    this.#numbers[this.#at + HIGHEST_WORD] = seq
    this.#numbers[this.#at + WRITTEN_WORD] = seq
  }

  #mark(seq: number, nowMs: number): void {
    if (nowMs - this.#markMs < GROW_WITHIN_MS && this.#mask + 1 < MAX_WINDOW_PACKETS && this.#markSeq > 0) this.#grow()
    this.#markSeq = seq
    this.#markMs = nowMs
    this.#numbers[this.#at + CALM_WORD] = Math.min(MAX_SEQ, seq + (this.#mask >>> 1))
  }

  /** Doubles the span and keeps what was seen; what the smaller window had already dropped counts as seen. */
  #grow(): void {
    this.#settle()
    const { highest } = this
    const old = this.#bits
    const oldMask = this.#mask
    const oldest = Math.max(1, highest - this.span + 1)
    this.#mask = oldMask * 2 + 1
    this.#bits = new Uint32Array((this.#mask + 1) / WORD_BITS)
    const before = Math.max(1, highest - this.span + 1)
    for (let seq = before; seq < oldest; seq++) this.#set(seq)
    for (let seq = oldest; seq <= highest; seq++) {
      const position = seq & oldMask
      if ((old[position >>> 5]! & (1 << (position & 31))) !== 0) this.#set(seq)
    }
  }

  #set(seq: number): void {
    const position = seq & this.#mask
    this.#bits[position >>> 5] = this.#bits[position >>> 5]! | (1 << (position & 31))
  }
}
